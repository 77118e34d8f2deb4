import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { VILLAGE } from '../testing/fixtures.ts';
import { refusal, refusals } from '../testing/refusals.ts';
import { filing } from '../domains/filing/operations.ts';
import { handling } from '../domains/handling/operations.ts';
import { parseInput } from './parse-input.ts';

const { acceptCase, decideCase, refuseCase, requestSupplement, reviewCase } = handling.operations;
const { fileCase, supplementCase } = filing.operations;
const material = { name: '户口簿', fileName: '户口簿.pdf', mediaType: 'application/pdf', content: 'JVBERi0=' };

/** The fields an input is refused for. */
const fieldsOf = (schema: z.ZodType, input: unknown) => refusals(() => parseInput(schema, input)).map((p) => p.field);

describe('steps', () => {
  const id = `${VILLAGE}-0198c0de`;

  test.each<[string, z.ZodType, Record<string, unknown>]>([
    ['a step', acceptCase.input, { id }],
    ['a step with a reason', refuseCase.input, { id, reason: '材料模糊' }],
    ['a notice', requestSupplement.input, { id, missing: [{ material: '户口簿', reason: '未提交' }] }],
    ['a supplement', supplementCase.input, { id, materials: [material] }],
    ['a review', reviewCase.input, { id, opinion: 'APPROVE' }],
    ['a decision', decideCase.input, { id, outcome: 'GRANTED' }],
  ])('%s is taken with what it needs, and refused without its case', (_, schema, input) => {
    expect(parseInput(schema, input)).toMatchObject({ ...input, idempotencyKey: null });
    expect(fieldsOf(schema, { ...input, id: ' ' })).toEqual(['id']);
    expect(fieldsOf(schema, { ...input, id: undefined })).toEqual(['id']);
    expect(fieldsOf(schema, { ...input, id: 'x'.repeat(101) })).toEqual(['id']);
    expect(fieldsOf(schema, { ...input, idempotencyKey: 'short' })).toEqual(['idempotencyKey']);
  });

  test('a note of nothing but spaces is none', () => {
    expect(parseInput(acceptCase.input, { id, note: '  ' }).note).toBeNull();
    expect(parseInput(acceptCase.input, { id, note: ' 齐全 ' }).note).toBe('齐全');
  });

  test.each<[string, z.ZodType, Record<string, unknown>, string]>([
    ['a note without end', acceptCase.input, { note: 'x'.repeat(1001) }, 'note'],
    ['a reason without end', refuseCase.input, { reason: 'x'.repeat(1001) }, 'reason'],
    ['no reason given at all', refuseCase.input, {}, 'reason'],
    [
      'a notice of 51 materials',
      requestSupplement.input,
      { missing: Array.from({ length: 51 }, () => missing()) },
      'missing',
    ],
    ['a notice without a reason', requestSupplement.input, { missing: [missing({ reason: ' ' })] }, 'missing.0.reason'],
    [
      'a notice of no material',
      requestSupplement.input,
      { missing: [missing({ material: '' })] },
      'missing.0.material',
    ],
    ['a supplement of nothing', supplementCase.input, { materials: [] }, 'materials'],
    ['an unknown opinion', reviewCase.input, { opinion: 'MAYBE' }, 'opinion'],
    ['a decision that is none', decideCase.input, { outcome: 'WITHDRAWN' }, 'outcome'],
    [
      'a decision with a reason without end',
      decideCase.input,
      { outcome: 'REFUSED', reason: 'x'.repeat(1001) },
      'reason',
    ],
  ])('%s is refused', (_, schema, input, field) => {
    expect(fieldsOf(schema, { id, ...input })).toEqual([field]);
  });

  test('an empty reason and an empty notice reach the rule, which cites its article', () => {
    expect(parseInput(refuseCase.input, { id, reason: '  ' }).reason).toBe('');
    expect(parseInput(requestSupplement.input, { id, missing: [] }).missing).toEqual([]);
    expect(parseInput(decideCase.input, { id, outcome: 'REFUSED', reason: '' }).reason).toBeNull();
  });
});

describe('an input', () => {
  test('that is none is refused, without a field', () => {
    for (const input of [null, undefined, 'x', 7, []]) {
      expect(refusals(() => parseInput(fileCase.input, input))).toMatchObject([{ code: 'BAD_INPUT', field: null }]);
    }
  });

  test('keeps nothing that was not asked for', () => {
    const padded = { id: 'c', note: 'n', custodian: '331000', __typename: 'CaseStepInput' };
    expect(parseInput(acceptCase.input, padded)).toEqual({ id: 'c', note: 'n', idempotencyKey: null });
  });

  test('is refused with an article only where the fault has one', () => {
    const faulty = z.string().superRefine((_, context) => {
      context.addIssue({ code: 'custom', message: 'no', params: { article: 7 } });
    });
    expect(refusal(() => parseInput(faulty, 'x')).article).toBeNull();
  });
});

function missing(changes: Record<string, unknown> = {}) {
  return { material: '户口簿', reason: '未提交', ...changes };
}
