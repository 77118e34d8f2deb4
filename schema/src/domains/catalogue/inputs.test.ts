import { isInputObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { refusalCode, refusals } from '../../testing/refusals.ts';
import { cancelItemInput, itemDraftInput, reviewItemDraftInput, reviseImplementationInput } from './inputs.ts';
import { parseInput } from '../../graph/inputs.ts';
import { roleSchema } from '../../graph/roles.ts';

const fieldsOf = (act: () => unknown) => refusals(act).map((p) => [p.code, p.field]);

describe('a draft of an item', () => {
  test('keeps what is given, also an explicit null, and brings no default for what is left out but the key', () => {
    const given = { code: '3310-MZ-001', reason: '修订', window: null, maxVisits: 0, name: undefined };
    expect(parseInput(itemDraftInput, given)).toEqual({
      code: '3310-MZ-001',
      reason: '修订',
      window: null,
      maxVisits: 0,
      idempotencyKey: null,
    });
  });

  test('and a revision can say every element of theirs through the graph', () => {
    const said = (role: 'catalogue' | 'implementation', type: string) => {
      const input = roleSchema(role).getType(type);
      return isInputObjectType(input) ? Object.keys(input.getFields()) : [];
    };
    const elements = (schema: typeof itemDraftInput | typeof reviseImplementationInput) =>
      Object.keys(schema.out.shape).sort();
    expect(said('catalogue', 'ItemDraftInput').sort()).toEqual(elements(itemDraftInput));
    expect(said('implementation', 'ReviseImplementationInput').sort()).toEqual(elements(reviseImplementationInput));
  });

  test('needs its code and its reason', () => {
    expect(fieldsOf(() => parseInput(itemDraftInput, { name: '低保' }))).toEqual([
      ['BAD_INPUT', 'code'],
      ['BAD_INPUT', 'reason'],
    ]);
  });

  test.each(['version', 'status', 'effectiveFrom', 'effectiveTo'])('does not set the %s: its life does', (key) => {
    const given = { code: '3310-MZ-001', reason: '修订', [key]: 1 };
    expect(refusalCode(() => parseInput(itemDraftInput, given))).toBe('BAD_INPUT');
  });
});

test('a revision of an implementation does not set its node, version or item version', () => {
  const sound = { item: '3310-MZ-001', reason: '优化', maxVisits: 0 };
  expect(parseInput(reviseImplementationInput, sound)).toEqual({ ...sound, idempotencyKey: null });
  for (const key of ['node', 'version', 'itemVersion']) {
    expect(refusalCode(() => parseInput(reviseImplementationInput, { ...sound, [key]: 1 }))).toBe('BAD_INPUT');
  }
});

test('empty remarks of a desk are none', () => {
  const review = { code: '3310-MZ-001', desk: 'LEGALITY', opinion: 'APPROVE', remarks: '  ' };
  expect(parseInput(reviewItemDraftInput, review).remarks).toBeNull();
});

test('a cancellation names its day', () => {
  expect(
    fieldsOf(() => parseInput(cancelItemInput, { code: '3310-MZ-001', reason: '废止', effectiveTo: '2026-02-30' })),
  ).toEqual([['BAD_INPUT', 'effectiveTo']]);
});
