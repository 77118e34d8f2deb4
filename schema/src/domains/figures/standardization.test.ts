import { describe, expect, test } from 'vitest';
import { implementationOf, itemOf } from '../../testing/fixtures.ts';
import { standardizationOf, standardizationSchema } from './standardization.ts';

const aid = itemOf('3310-MZ-001'); // 20 working days by statute, 18 promised, 4 materials
const standard = { item: aid, implementation: implementationOf(aid) };
const better = {
  item: aid,
  implementation: {
    ...standard.implementation,
    promised: { days: 5, unit: 'WORKDAY' as const },
    materials: standard.implementation.materials.slice(2),
    maxVisits: 0,
  },
};

describe('the figures of standardization', () => {
  test('add up the days cut from the statute and their average', () => {
    expect(standardizationOf([standard, better]).daysCut).toEqual({ sum: 17, items: 2, average: 8.5 });
  });

  test('leave out what names no statute or counts in another unit', () => {
    const none = { ...standard, item: { ...aid, statutory: null } };
    const other = { ...standard, item: { ...aid, statutory: { days: 20, unit: 'DAY' as const } } };
    expect(standardizationOf([none, other, better]).daysCut).toEqual({ sum: 15, items: 1, average: 15 });
    expect(standardizationOf([none]).daysCut).toEqual({ sum: 0, items: 0, average: null });
  });

  test('count a promise beyond the statute against the node', () => {
    const worse = {
      ...standard,
      implementation: { ...standard.implementation, promised: { days: 25, unit: 'WORKDAY' as const } },
    };
    expect(standardizationOf([worse]).daysCut.sum).toBe(-5);
  });

  test('count the materials of the standard that are asked for no more, not those that are new', () => {
    expect(standardizationOf([standard, better]).materialsDropped).toBe(2);
    const more = {
      ...standard.implementation,
      materials: [
        ...standard.implementation.materials,
        { name: '新', required: true, providedBy: 'APPLICANT' as const, held: false },
      ],
    };
    expect(standardizationOf([{ item: aid, implementation: more }]).materialsDropped).toBe(0);
  });

  test('count the items by handling class, and the share within one visit', () => {
    const instant = {
      item: { ...aid, processingClass: 'INSTANT' as const },
      implementation: { ...standard.implementation, maxVisits: 2 },
    };
    const found = standardizationOf([standard, better, instant]);
    expect(found.byClass).toMatchObject({ INSTANT: 1, FORWARDED: 2, COMMITTED: 0, JOINT: 0 });
    expect([found.items, found.withinOneVisitShare]).toEqual([3, 0.6667]);
  });

  test('tell the share online where every implementation says how far it goes, else that it is not known', () => {
    const at = (onlineDepth: string) => ({ item: aid, implementation: { ...standard.implementation, onlineDepth } });
    expect(
      standardizationOf([at('LEVEL_4'), at('LEVEL_3'), at('LEVEL_2'), at('LEVEL_1')] as (typeof standard)[])
        .onlineShare,
    ).toBe(0.5);
    expect(
      standardizationOf([
        at('LEVEL_4') as typeof standard,
        {
          ...standard,
          implementation: { ...standard.implementation, onlineDepth: null },
        },
      ]).onlineShare,
    ).toBeNull();
    expect(standardizationOf([]).onlineShare).toBeNull();
  });

  test('of a node that carries nothing out are zeros and unknown shares, and can be kept as JSON', () => {
    const found = standardizationOf([]);
    expect(found).toMatchObject({ items: 0, materialsDropped: 0, withinOneVisitShare: null });
    expect(standardizationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  });
});
