import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseIdOf, caseNumberOf, filingNodeOf } from './identifiers.ts';
import { anyPlace } from '../testing/arbitraries.ts';
import { VILLAGE } from '../testing/fixtures.ts';
import { refusal } from '../testing/refusals.ts';

describe('case ids and numbers', () => {
  test('begin with the node that took the case in', () => {
    expect(caseIdOf(VILLAGE, '0198c0de-0000-7000-8000-000000000001')).toBe(
      `${VILLAGE}-0198c0de-0000-7000-8000-000000000001`,
    );
    expect(caseNumberOf(VILLAGE, '2026-11-22', 17)).toBe('331022103201-20261122-00017');
    expect(filingNodeOf(caseNumberOf('331022Z01', '2026-11-22', 17))).toBe('331022Z01');
  });

  test('have a serial of five digits that may grow', () => {
    expect(caseNumberOf(VILLAGE, '2026-11-22', 99_999)).toMatch(/-99999$/);
    expect(caseNumberOf(VILLAGE, '2026-11-22', 100_000)).toMatch(/-100000$/);
  });

  test('name their node to whoever holds one', () => {
    fc.assert(
      fc.property(anyPlace, fc.uuid(), fc.integer({ min: 1, max: 1_000_000 }), (node, uuid, serial) => {
        expect(filingNodeOf(caseIdOf(node, uuid))).toBe(node);
        expect(filingNodeOf(caseNumberOf(node, '2026-11-22', serial), 'number')).toBe(node);
      }),
    );
  });

  test('are never the same for two nodes, days or serials', () => {
    const parts = fc.tuple(anyPlace, fc.constantFrom('2026-11-22', '2026-11-23'), fc.integer({ min: 1, max: 200_000 }));
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        fc.pre(a.join() !== b.join());
        expect(caseNumberOf(...a)).not.toBe(caseNumberOf(...b));
      }),
    );
  });

  test.each(['', '-', 'x', '331022103201', '33102-20261122-00017', '-331022-1', 'abc-331022', '3310 22-1'])(
    '%j is refused as no id',
    (id) => {
      expect(refusal(() => filingNodeOf(id))).toMatchObject({ code: 'BAD_INPUT', field: 'id' });
      expect(refusal(() => filingNodeOf(id, 'number'))).toMatchObject({ code: 'BAD_INPUT', field: 'number' });
    },
  );
});
