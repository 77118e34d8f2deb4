import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handling } from '../domains/handling/operations.ts';
import { problem, ProblemError } from '../kernel/errors.ts';
import { codeOrDone } from '../testing/refusals.ts';
import type { BulkOperation, EachAsked } from './bulk.ts';
import { bulksOf, doEach, eachOf, MOST_IN_BULK } from './bulk.ts';

const NODE = '331022103';
const entry = (n: number) => ({ id: `case-${n}`, idempotencyKey: `key-of-${n}` });
const entries = (count: number) => Array.from({ length: count }, (_, n) => entry(n));
const accepting = (): BulkOperation => {
  const [bulk] = bulksOf(handling.operations.acceptCase);
  if (!bulk) throw new Error('acceptCase is not done in bulk');
  return bulk;
};
const codes = (given: object) => codeOrDone(() => eachOf(accepting(), given, []));

describe('an operation for many', () => {
  test('is derived from one that says so, with its permission and article, and is always the same value', () => {
    const { acceptCase, refuseCase } = handling.operations;
    expect(accepting()).toMatchObject({ name: 'acceptCases', by: acceptCase.by, article: acceptCase.article });
    expect(accepting()).toBe(accepting());
    expect(bulksOf(refuseCase)).toEqual([]);
  });

  test('takes 1 to 200 cases, and refuses more or none', () => {
    expect(codes({ each: entries(MOST_IN_BULK) })).toBeNull();
    expect(codes({ each: entries(MOST_IN_BULK + 1) })).toBe('BAD_INPUT');
    expect(codes({ each: [] })).toBe('BAD_INPUT');
  });

  test('refuses a case or a key that comes twice, and names its place', () => {
    const twice = (second: object) => {
      try {
        eachOf(accepting(), { each: [entry(0), entry(1), second] }, []);
        return null;
      } catch (error) {
        return error instanceof ProblemError ? error.problem.field : error;
      }
    };
    expect(twice({ ...entry(2), id: 'case-0' })).toBe('each.2');
    expect(twice({ ...entry(2), id: ' case-0 ' })).toBe('each.2');
    expect(twice({ ...entry(2), idempotencyKey: 'key-of-1' })).toBe('each.2');
    expect(twice(entry(2))).toBeNull();
  });

  test('refuses a key that is missing or too short, since the request could not be sent again', () => {
    expect(codes({ each: [{ id: 'x' }] })).toBe('BAD_INPUT');
    expect(codes({ each: [{ id: 'x', idempotencyKey: 'short' }] })).toBe('BAD_INPUT');
  });

  test('asks for each what would be asked for one alone, with the inputs all have in common', () => {
    const { input } = handling.operations.deliverCase;
    const [bulk] = bulksOf(handling.operations.deliverCase);
    const asked = bulk && eachOf(bulk, { each: entries(2), way: 'AGENT', note: ' 口头 ' }, []);
    const alone = (n: number) => input.parse({ ...entry(n), way: 'AGENT', note: ' 口头 ' });
    // keys are stored with a hash of the input as text
    expect(JSON.stringify(asked?.map((each) => each.input))).toBe(JSON.stringify([alone(0), alone(1)]));
  });
});

describe('many at once', () => {
  const asked = (count: number): EachAsked[] => entries(count).map((input) => ({ id: input.id, input }));
  const numberOf = (input: object) => Number((input as { id: string }).id.slice('case-'.length));

  test('have one outcome each, in order, whichever of them are refused or fail', async () => {
    const kind = fc.constantFrom('done', 'refused', 'broken');
    await fc.assert(
      fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 80 }), async (kinds) => {
        const work = async (input: object) => {
          const is = kinds[numberOf(input)];
          if (is === 'refused') throw problem('ILLEGAL_STEP', 'No.', { article: '第一条' });
          if (is === 'broken') throw new Error('a fault of the program');
          return 'done';
        };
        const outcomes = await doEach(asked(kinds.length), { node: NODE, deadline: Infinity, work });
        const seen = outcomes.map((outcome) => {
          if (outcome instanceof Error) return outcome.message;
          const { id, done, problems, node } = outcome;
          return { id, done, codes: problems.map((p) => [p.code, p.article, p.node]), node };
        });
        const expected = kinds.map((is, n) => {
          const at = { id: `case-${n}`, node: NODE };
          if (is === 'broken') return 'a fault of the program';
          return is === 'done'
            ? { ...at, done: 'done', codes: [] }
            : { ...at, done: null, codes: [['ILLEGAL_STEP', '第一条', NODE]] };
        });
        expect(seen).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('are under way in a bounded number at a time', async () => {
    let underWay = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
    };
    await doEach(asked(MOST_IN_BULK), { node: NODE, deadline: Infinity, work });
    expect(most).toBe(32);
  });

  test('that the time of the request did not reach say that they were not begun, and none of them was', async () => {
    const begun: number[] = [];
    const work = async (input: object) => void begun.push(numberOf(input));
    const outcomes = await doEach(asked(100), { node: NODE, deadline: performance.now(), work });
    expect(begun).toHaveLength(32);
    const codesOf = outcomes.map((o) => (o instanceof Error ? 'error' : (o.problems[0]?.code ?? 'done')));
    expect(codesOf).toEqual([...Array<string>(32).fill('done'), ...Array<string>(68).fill('NOT_BEGUN')]);
  });
});
