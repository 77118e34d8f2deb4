import { describe, expect, test } from 'vitest';
import { parseInput } from '../../graph/parse-input.ts';
import { refusals } from '../../testing/refusals.ts';
import { implementationSchema, itemSchema } from '../catalogue/catalogue.ts';
import { reviseImplementation } from '../implementation/operations.ts';
import { cancelItem, draftItem, reviewItemDraft } from './operations.ts';

const fieldsOf = (act: () => unknown) => refusals(act).map((p) => [p.code, p.field]);

describe('a draft of an item', () => {
  test('keeps what is given, also an explicit null, and brings no default for what is left out but the key', () => {
    const given = { code: '3310-MZ-001', reason: '修订', window: null, maxVisits: 0 };
    const parsed = parseInput(draftItem.input, given);
    expect(parsed).toEqual({ ...given, idempotencyKey: null });
    expect(Object.keys(parsed).sort()).toEqual(['code', 'idempotencyKey', 'maxVisits', 'reason', 'window']);
  });

  test('needs its code and its reason', () => {
    expect(fieldsOf(() => parseInput(draftItem.input, { name: '低保' }))).toEqual([
      ['BAD_INPUT', 'code'],
      ['BAD_INPUT', 'reason'],
    ]);
  });
});

describe('idempotency keys are hashed with the input as text: its fields keep the order', () => {
  const setByItsLife = ['code', 'forms', 'version', 'status', 'effectiveFrom', 'effectiveTo', 'standard'];
  const ofNode = ['item', 'itemVersion', 'node', 'version'];
  const keysOf = ({ shape }: { shape: object }, without: readonly string[]) =>
    Object.keys(shape).filter((key) => !without.includes(key));

  test('of the item’s schema and then of its standard, in a draft', () => {
    const elements = [...keysOf(itemSchema, setByItsLife), ...Object.keys(itemSchema.shape.standard.shape)];
    expect(Object.keys(draftItem.input.shape)).toEqual(['code', 'reason', 'idempotencyKey', ...elements]);
  });

  test('of the implementation’s schema, in a revision', () => {
    const elements = keysOf(implementationSchema, ofNode);
    expect(Object.keys(reviseImplementation.input.shape)).toEqual(['item', 'reason', 'idempotencyKey', ...elements]);
  });
});

test('empty remarks of a desk are none', () => {
  const review = { code: '3310-MZ-001', desk: 'LEGALITY', opinion: 'APPROVE', remarks: '  ' };
  expect(parseInput(reviewItemDraft.input, review).remarks).toBeNull();
});

test('a cancellation names its day', () => {
  expect(
    fieldsOf(() => parseInput(cancelItem.input, { code: '3310-MZ-001', reason: '废止', effectiveTo: '2026-02-30' })),
  ).toEqual([['BAD_INPUT', 'effectiveTo']]);
});
