import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, divisions, implementationOf, itemOf, TOWNSHIP } from '../testing/fixtures.ts';
import type { CatalogueEntry } from '../domains/catalogue/entry.ts';
import { publisherFault } from './entry-publisher.ts';

type Body = CatalogueEntry['body'];

const item = itemOf('3310-MZ-001');
const offer = (node: string, id: string): Body => ({
  kind: 'OFFER',
  offer: {
    id,
    version: 1,
    node,
    register: '户籍登记',
    name: '户口簿',
    kind: 'REGISTER',
    fields: [{ name: 'holder', label: '户主姓名', essential: true }],
    askers: { tiers: [], divisions: [COUNTY] },
    purposes: [item.code],
    consentNeeded: true,
    validFrom: '2026-01-01',
    validTo: null,
  },
});
const change: Body = {
  kind: 'LEGAL_BASIS',
  change: {
    id: '0af76519-16cd-43dd-8448-eb211c80319c',
    kind: 'CHANGED',
    basis: '《社会救助暂行办法》',
    bases: [],
    effectiveOn: '2026-05-01',
    reason: '修改',
    announcedOn: '2026-03-02',
    confirmBy: '2026-04-01',
    items: [item.code],
    tiers: ['COUNTY'],
  },
};
const fault = (publisher: string, body: Body) => publisherFault(body, publisher, divisions);

describe('an entry of the catalogue', () => {
  test('is an item or a change of the law only where the city publishes it', () => {
    for (const body of [{ kind: 'ITEM', item } as const, change]) {
      expect(fault(CITY, body)).toBeNull();
      for (const other of [COUNTY, TOWNSHIP]) expect(fault(other, body)).toContain(`${CITY} alone`);
    }
  });

  test('is an implementation only of the node that publishes it', () => {
    const of = (node: string): Body => ({ kind: 'IMPLEMENTATION', implementation: implementationOf(item, node) });
    for (const publisher of [CITY, COUNTY, TOWNSHIP]) {
      for (const node of [CITY, COUNTY, TOWNSHIP]) {
        expect([publisher, node, fault(publisher, of(node)) === null]).toEqual([publisher, node, publisher === node]);
      }
    }
  });

  test('is an offer only of the node that publishes it, under an id of its own', () => {
    expect(fault(COUNTY, offer(COUNTY, `${COUNTY}-household`))).toBeNull();
    expect(fault(COUNTY, offer(CITY, `${CITY}-household`))).not.toBeNull();
    expect(fault(COUNTY, offer(COUNTY, `${CITY}-household`))).not.toBeNull();
    // the id begins with the county's code and names the township
    expect(fault(COUNTY, offer(COUNTY, `${TOWNSHIP}-household`))).not.toBeNull();
  });

  test('is a document about a key whoever passes it on: it proves itself', () => {
    expect(fault(TOWNSHIP, { kind: 'KEY', document: 'jws' })).toBeNull();
  });
});
