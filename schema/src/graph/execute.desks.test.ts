import { describe, expect, test } from 'vitest';
import { problem, ProblemError } from '../kernel/errors.ts';
import { ARTICLES } from '../kernel/articles.ts';
import { COUNTY, NEIGHBOUR_VILLAGE, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { person } from '../testing/people.ts';
import type { Ran } from '../testing/run-role.ts';
import { atTownship, atVillage, errorsOf, run, SECRET } from '../testing/run-role.ts';
import { contextOf, doing, handlingView } from '../testing/services.ts';
import { figures } from '../domains/figures/operations.ts';
import type { Figures, RollupView, Watermark } from '../domains/figures/views.ts';
import type { catalogue } from '../domains/catalogue/operations.ts';
import { performing } from '../operation/handlers.ts';
import { handling } from '../domains/handling/operations.ts';
import type { FileCaseInput } from '../domains/filing/operations.ts';
import { filing } from '../domains/filing/operations.ts';
import type { FilingView } from '../domains/filing/views.ts';
import type { PageRequest } from '../operation/answers.ts';
import type { RoleContext } from './services.ts';

describe('mutations', () => {
  const query = `mutation($input: CaseStepInput!) {
    acceptCase(input: $input) { case { id state } errors { code article field node { code } custodian { code } } } }`;
  const refusing = (thrown: unknown) =>
    contextOf({ [VILLAGE]: doing(handling, { acceptCase: () => Promise.reject(thrown as Error) }) }, VILLAGE);

  test('that are done give the case and no error', async () => {
    const seen: unknown[] = [];
    const viewer = person(VILLAGE, 'CLERK');
    const acceptCase = (by: unknown, input: unknown) => {
      seen.push([by, input]);
      return Promise.resolve(handlingView(atVillage, VILLAGE));
    };
    const context = contextOf({ [VILLAGE]: doing(handling, { acceptCase }) }, VILLAGE, viewer);
    const { result } = await run('handling', query, context, { input: { id: atVillage.id, note: ' ' } });
    expect(result).toEqual({ data: { acceptCase: { case: { id: atVillage.id, state: 'FILED' }, errors: [] } } });
    expect(seen).toEqual([[viewer, { id: atVillage.id, note: null, idempotencyKey: null }]]);
  });

  test('that a rule refuses answer with its code, article and node as data', async () => {
    const options = { article: ARTICLES.oneTimeNotice, field: 'materials' };
    const context = refusing(problem('MATERIALS_MISSING', 'No.', options));
    const { result, reported } = await run('handling', query, context, { input: { id: 'x' } });
    expect(result).toEqual({
      data: {
        acceptCase: {
          case: null,
          errors: [{ code: 'MATERIALS_MISSING', ...options, node: { code: VILLAGE }, custodian: null }],
        },
      },
    });
    expect(reported).toEqual([]);
  });

  test('that are refused for several faults name them all', async () => {
    const faults = new ProblemError([
      problem('CONSENT_MISSING', 'a', { field: 'consent' }).problem,
      problem('NOT_CUSTODIAN', 'b', { custodian: TOWNSHIP, node: OTHER_TOWNSHIP }).problem,
    ]);
    const { result } = await run('handling', query, refusing(faults), { input: { id: 'x' } });
    expect(result.data).toMatchObject({
      acceptCase: {
        errors: [
          { code: 'CONSENT_MISSING', node: { code: VILLAGE } },
          { code: 'NOT_CUSTODIAN', node: { code: OTHER_TOWNSHIP }, custodian: { code: TOWNSHIP } },
        ],
      },
    });
  });

  test('with faulty input name every fault and never reach the node', async () => {
    const context = refusing(new Error('It was reached.'));
    const input = { id: ' ', note: 'x'.repeat(1001), idempotencyKey: 'x' };
    const { result, reported } = await run('handling', query, context, { input });
    expect(result.data).toMatchObject({
      acceptCase: {
        case: null,
        errors: [
          { code: 'BAD_INPUT', field: 'id' },
          { code: 'BAD_INPUT', field: 'note' },
          { code: 'BAD_INPUT', field: 'idempotencyKey' },
        ],
      },
    });
    expect(reported).toEqual([]);
  });

  test('that break answer INTERNAL as an error and not as data', async () => {
    const ran = await run('handling', query, refusing(new Error(SECRET)), { input: { id: 'x' } });
    expect(errorsOf(ran)).toEqual([{ path: 'acceptCase', code: 'INTERNAL' }]);
    expect(JSON.stringify(ran.result)).not.toContain(SECRET);
    expect(ran.reported).toHaveLength(1);
  });

  test('that name no node are MISROUTED', async () => {
    const ran = await run('handling', query, contextOf({}), { input: { id: 'x' } });
    expect(errorsOf(ran)).toEqual([{ path: 'acceptCase', code: 'MISROUTED' }]);
  });

  test.each([
    ['acceptCase', ''],
    ['forwardCase', ''],
    ['refuseCase', ', reason: "r"'],
    ['returnCase', ', reason: "r"'],
    ['withdrawCase', ', reason: "r"'],
    ['reviewCase', ', opinion: APPROVE'],
    ['decideCase', ', outcome: GRANTED'],
    ['requestSupplement', ', missing: [{material: "m", reason: "r"}]'],
  ] as const)('%s does its own operation and no other', async (field, input) => {
    const done = () => Promise.resolve(handlingView(atVillage, VILLAGE));
    const context = contextOf({ [VILLAGE]: doing(handling, { [field]: done }) }, VILLAGE);
    const { result } = await run(
      'handling',
      `mutation { ${field}(input: {id: "x"${input}}) { errors { code } } }`,
      context,
    );
    expect(result).toEqual({ data: { [field]: { errors: [] } } });
  });
});

describe('filing', () => {
  const view: FilingView = {
    id: atVillage.id,
    number: atVillage.number,
    item: atVillage.item,
    filedAt: atVillage.filedAt,
    late: null,
    filedBy: '代办员',
    filingNode: VILLAGE,
    place: VILLAGE,
    acceptor: TOWNSHIP,
    decider: COUNTY,
    power: COUNTY,
    custodian: VILLAGE,
    applicant: { name: '张三', idType: 'RESIDENT_ID', idNumber: '110105********002X', phone: '138****0001' },
    consent: { givenBy: '张三', way: 'SIGNATURE', scope: '代办低保', givenAt: new Date('2026-03-02T01:00:00.000Z') },
    form: [],
    bundle: null,
    materials: atVillage.materials,
    answeredBy: VILLAGE,
    staleSince: null,
  };
  const input = (givenAt: string, phone = '13858600001') => `{
    item: "3310-MZ-001", materials: [],
    applicant: { name: "张三", idType: RESIDENT_ID, idNumber: "${SECRET}", phone: "${phone}" },
    consent: { givenBy: "张三", way: SIGNATURE, scope: "代办低保", givenAt: "${givenAt}" } }`;
  const fileCase = (text: string) =>
    `mutation { fileCase(input: ${text}) { trackingCode errors { code field article }
       case { number filedAt applicant { idNumber } consent { way givenAt } _custodian item { code _via } } } }`;

  function desk(filed: FileCaseInput[] = []): RoleContext {
    const fileCase = (_: unknown, given: FileCaseInput) => {
      filed.push(given);
      return Promise.resolve({ filing: view, trackingCode: '4711' });
    };
    const supplementCase = () => Promise.resolve(view);
    return contextOf({ [VILLAGE]: doing(filing, { fileCase, supplementCase }) }, VILLAGE);
  }

  test('answers with the case and the code on the slip', async () => {
    const filed: FileCaseInput[] = [];
    const { result } = await run('filing', fileCase(input('2026-03-02T09:00:00+08:00')), desk(filed));
    expect(result).toEqual({
      data: {
        fileCase: {
          trackingCode: '4711',
          errors: [],
          case: {
            number: view.number,
            filedAt: view.filedAt.toISOString(),
            applicant: { idNumber: '110105********002X' },
            consent: { way: 'SIGNATURE', givenAt: '2026-03-02T01:00:00.000Z' },
            _custodian: VILLAGE,
            item: { code: '3310-MZ-001', _via: VILLAGE },
          },
        },
      },
    });
    expect(filed).toMatchObject([
      { item: '3310-MZ-001', place: null, consent: { givenAt: '2026-03-02T01:00:00.000Z' } },
    ]);
  });

  test('with a faulty phone is refused as data and files nothing', async () => {
    const filed: FileCaseInput[] = [];
    const { result } = await run('filing', fileCase(input('2026-03-02T01:00:00Z', '12')), desk(filed));
    expect(result.data).toMatchObject({
      fileCase: { case: null, trackingCode: null, errors: [{ code: 'BAD_INPUT', field: 'applicant.phone' }] },
    });
    expect(filed).toEqual([]);
  });

  test.each(['yesterday', '2026-13-01T00:00:00Z', ''])('with a consent given at %j is BAD_INPUT', async (givenAt) => {
    const filed: FileCaseInput[] = [];
    const ran = await run('filing', fileCase(input(givenAt)), desk(filed));
    expect(errorsOf(ran)).toEqual([{ path: undefined, code: 'BAD_INPUT' }]);
    expect(filed).toEqual([]);
  });

  test('of a supplement without a material is refused as data', async () => {
    const text = 'mutation { supplementCase(input: {id: "x", materials: []}) { case { id } errors { code field } } }';
    expect((await run('filing', text, desk())).result.data).toEqual({
      supplementCase: { case: null, errors: [{ code: 'BAD_INPUT', field: 'materials' }] },
    });
  });

  test('of a supplement answers with the case', async () => {
    const material = '{name: "户口簿", fileName: "a.pdf", mediaType: "application/pdf", content: "JVBERi0="}';
    const text = `mutation { supplementCase(input: {id: "x", materials: [${material}]}) { case { id } errors { code } } }`;
    expect((await run('filing', text, desk())).result.data).toEqual({
      supplementCase: { case: { id: view.id }, errors: [] },
    });
  });
});

describe('lists', () => {
  /** The pages a node was asked for. */
  async function ask(args: string): Promise<{ ran: Ran; asked: PageRequest[] }> {
    const asked: PageRequest[] = [];
    const list = (_: unknown, __: unknown, page: PageRequest) => {
      asked.push(page);
      const nodes = [handlingView(atVillage, VILLAGE), handlingView(atTownship, VILLAGE)];
      return Promise.resolve({ nodes, cursors: ['c1', 'c2'], hasNextPage: true, hasPreviousPage: false });
    };
    const context = contextOf({ [VILLAGE]: doing(handling, { cases: list }) }, VILLAGE);
    const text = `{ cases${args} { nodes { id } edges { cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    return { ran: await run('handling', text, context), asked };
  }

  test.each([
    ['', { first: 20, after: null }],
    ['(first: 1)', { first: 1, after: null }],
    ['(first: 200, after: "c")', { first: 200, after: 'c' }],
  ])('%s come page by page', async (args, page) => {
    const { ran, asked } = await ask(args);
    expect(asked).toEqual([page]);
    expect(ran.result.data).toMatchObject({
      cases: {
        nodes: [{ id: atVillage.id }, { id: atTownship.id }],
        edges: [{ cursor: 'c1' }, { cursor: 'c2' }],
        pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'c1', endCursor: 'c2' },
      },
    });
  });

  test.each(['(first: 0)', '(first: -1)', '(first: 201)'])('%s are refused', async (args) => {
    const { ran, asked } = await ask(args);
    expect(ran.result.errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'first' } }]);
    expect(asked).toEqual([]);
  });

  test('without anything have no cursor', async () => {
    const perform = performing<typeof catalogue>(
      { catalog: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }) },
      () => Promise.reject(new Error('nothing else is asked')),
    );
    const context = contextOf({ [VILLAGE]: { perform } }, VILLAGE);
    const { result } = await run(
      'catalogue',
      `{ catalog(division: "${VILLAGE}") { nodes { takenInHere } pageInfo { startCursor endCursor } } }`,
      context,
    );
    expect(result).toEqual({ data: { catalog: { nodes: [], pageInfo: { startCursor: null, endCursor: null } } } });
  });
});

describe('the coverage of figures', () => {
  const none: Figures = {
    FILED: 0,
    SUPPLEMENT_REQUESTED: 0,
    ACCEPTED: 0,
    NOT_ACCEPTED: 0,
    GRANTED: 0,
    REFUSED: 0,
    ANSWERED: 0,
    REPORTED: 0,
    FORWARDED_CLOSED: 0,
    DELIVERED: 0,
    WITHDRAWN: 0,
    TERMINATED: 0,
    VOIDED: 0,
    CLOSED: 0,
    CLOSED_IN_TIME: 0,
  };
  const mark = (node: string, behind: number, asOf: string | null): Watermark => ({
    node,
    seq: 7,
    behind,
    asOf: asOf === null ? null : new Date(asOf),
  });

  async function coverage(watermarks: Watermark[]): Promise<unknown> {
    const view: RollupView = {
      division: TOWNSHIP,
      from: '2026-03-01',
      to: '2026-03-02',
      figures: { ...none, FILED: 3 },
      proxy: { filed: 0, closed: 0, closedDays: 0 },
      items: [{ item: '3310-MZ-001', figures: none }],
      nodes: [],
      watermarks,
      answeredBy: TOWNSHIP,
    };
    const context = contextOf({ [TOWNSHIP]: doing(figures, { rollup: () => Promise.resolve(view) }) }, TOWNSHIP);
    const { result } = await run(
      'figures',
      `{ rollup(division: "${TOWNSHIP}", from: "2026-03-01", to: "2026-03-02") {
           figures { filed } coverage { expected covered complete asOf } } }`,
      context,
    );
    expect(result.data).toMatchObject({ rollup: { figures: { filed: 3 } } });
    return (result.data?.rollup as { coverage: unknown } | undefined)?.coverage;
  }

  test('is complete when every node was heard of without a gap, up to the oldest word', async () => {
    const marks = [mark(TOWNSHIP, 0, '2026-03-02T02:00:00.000Z'), mark(VILLAGE, 0, '2026-03-02T01:00:00.000Z')];
    expect(await coverage(marks)).toEqual({
      expected: 2,
      covered: 2,
      complete: true,
      asOf: '2026-03-02T01:00:00.000Z',
    });
  });

  test('is not complete while a node is behind', async () => {
    const marks = [mark(TOWNSHIP, 0, '2026-03-02T02:00:00.000Z'), mark(VILLAGE, 1, '2026-03-02T03:00:00.000Z')];
    expect(await coverage(marks)).toMatchObject({ expected: 2, covered: 1, complete: false });
  });

  test('is not complete, and as of no moment, while a node was never heard of', async () => {
    const marks = [
      mark(TOWNSHIP, 0, '2026-03-02T02:00:00.000Z'),
      mark(VILLAGE, 0, null),
      mark(NEIGHBOUR_VILLAGE, 0, '2026-03-02T02:00:00.000Z'),
    ];
    expect(await coverage(marks)).toEqual({ expected: 3, covered: 2, complete: false, asOf: null });
  });
});
