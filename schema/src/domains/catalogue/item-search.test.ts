import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, divisions, items, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { ProblemError } from '../../kernel/errors.ts';
import { mayTakeIn, route } from '../../case/competence.ts';
import { competenceKeyOf, ownCompetenceKeys } from './item-search.ts';

describe('an item is a desk’s own', () => {
  test.each([CITY, COUNTY, TOWNSHIP, VILLAGE])('at %s exactly when competence says so of the item itself', (node) => {
    const keys = new Set(ownCompetenceKeys(node, divisions));
    for (const item of items) {
      let own = divisions.atTier(node, item.decidingTier)?.code === node;
      try {
        const found = route(item, node, divisions);
        own ||= found.acceptor === node || mayTakeIn(item, node, found, divisions);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
      }
      expect([item.code, keys.has(competenceKeyOf(item))]).toEqual([item.code, own]);
    }
  });

  test('where it decides, and not where it only lies between', () => {
    const elements = { decidingTier: 'COUNTY', acceptingTiers: ['TOWNSHIP'], proxyAllowed: false } as const;
    const key = competenceKeyOf({ ...elements, acceptingTiers: ['TOWNSHIP'] });
    expect(ownCompetenceKeys(COUNTY, divisions)).toContain(key);
    expect(ownCompetenceKeys(TOWNSHIP, divisions)).toContain(key);
    expect(ownCompetenceKeys(CITY, divisions)).not.toContain(key);
    expect(ownCompetenceKeys(VILLAGE, divisions)).not.toContain(key);
  });

  test('with a key that does not depend on the order of its tiers', () => {
    const of = (acceptingTiers: ('TOWNSHIP' | 'VILLAGE')[]) =>
      competenceKeyOf({ decidingTier: 'COUNTY', acceptingTiers, proxyAllowed: true });
    expect(of(['VILLAGE', 'TOWNSHIP'])).toBe(of(['TOWNSHIP', 'VILLAGE']));
    expect(of(['VILLAGE'])).not.toBe(of(['TOWNSHIP']));
  });
});
