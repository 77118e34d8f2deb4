import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CaseFile } from '../../case/case-file.ts';
import {
  CITY,
  COUNTY,
  divisions,
  itemOf,
  OTHER_COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { NO_ROSTER } from '../roster/rules.ts';
import { person } from '../../testing/people.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { ROLES, TIERS } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { DataAsking, DataOffer } from './rules.ts';
import {
  dataOfferSchema,
  grantFaults,
  isOffered,
  mayAsk,
  offeringNodeOf,
  replacedMaterial,
  requireDataAsker,
  requireLightsReader,
} from './rules.ts';

const ITEM = '3310-MZ-001';

const offer: DataOffer = {
  id: `${COUNTY}-household`,
  version: 1,
  node: COUNTY,
  register: '户籍登记',
  name: '户口簿',
  kind: 'REGISTER',
  fields: [
    { name: 'householdNumber', label: '户号', essential: true },
    { name: 'holder', label: '户主姓名', essential: true },
    { name: 'address', label: '户籍地址', essential: false },
  ],
  askers: { tiers: ['TOWNSHIP', 'VILLAGE'], divisions: [COUNTY] },
  purposes: [ITEM],
  consentNeeded: true,
  validFrom: '2026-01-01',
  validTo: '2027-01-01',
};
const asking: DataAsking = {
  node: VILLAGE,
  item: ITEM,
  consented: true,
  fields: ['householdNumber', 'holder'],
  today: '2026-03-02',
};
const faults = (change: Partial<DataAsking>, of: Partial<DataOffer> = {}) =>
  grantFaults({ ...offer, ...of }, { ...asking, ...change }, divisions).map((fault) => fault.field);

describe('a request within its grant', () => {
  test('has no fault', () => {
    expect(faults({})).toEqual([]);
  });

  test.each<[string, Partial<DataAsking>, Partial<DataOffer>]>([
    ['on the first day of the offer', { today: '2026-01-01' }, {}],
    ['on the last day of the offer', { today: '2026-12-31' }, {}],
    ['of an offer without an end', { today: '2099-01-01' }, { validTo: null }],
    ['without consent, where none is needed', { consented: false }, { consentNeeded: false }],
    ['for one field alone', { fields: ['address'] }, {}],
    ['from a tier in any division', { node: OTHER_TOWNSHIP }, { askers: { tiers: ['TOWNSHIP'], divisions: [] } }],
    ['from a division of any tier', { node: COUNTY }, { askers: { tiers: [], divisions: [COUNTY] } }],
  ])('may come %s', (_name, change, of) => {
    expect(faults(change, of)).toEqual([]);
  });
});

describe('a request outside its grant', () => {
  test.each<[string, Partial<DataAsking>, string, string]>([
    ['a tier that may not ask', { node: COUNTY }, 'asker', ARTICLES.statutoryDuty],
    ['a division that may not ask', { node: OTHER_COUNTY }, 'asker', ARTICLES.statutoryDuty],
    ['an item it is not offered for', { item: '3310-RS-001' }, 'purpose', ARTICLES.statutoryDuty],
    ['a case without the consent it needs', { consented: false }, 'consent', ARTICLES.toldAndAgreed],
    ['a field that is not offered', { fields: ['holder', 'members'] }, 'fields', ARTICLES.leastData],
    ['no field at all', { fields: [] }, 'fields', ARTICLES.leastData],
    ['the day before it begins', { today: '2025-12-31' }, 'dates', ARTICLES.statutoryDuty],
    ['the day it ends', { today: '2027-01-01' }, 'dates', ARTICLES.statutoryDuty],
  ])('is refused for %s, with its code and article', (_name, change, field, article) => {
    const found = grantFaults(offer, { ...asking, ...change }, divisions);
    expect(found).toMatchObject([{ code: 'DATA_OUT_OF_GRANT', field, article }]);
  });

  test('is refused when nothing is offered under its id', () => {
    expect(grantFaults(null, asking, divisions)).toMatchObject([{ code: 'DATA_OUT_OF_GRANT', field: 'offer' }]);
  });

  test('is told everything that is wrong at once', () => {
    const wrong = { node: CITY, item: '3310-ZJ-001', consented: false, fields: ['x'], today: '2030-01-01' };
    expect(faults(wrong)).toEqual(['asker', 'purpose', 'consent', 'fields', 'dates']);
  });

  test('is refused to everybody when the offer names nobody', () => {
    for (const node of [CITY, COUNTY, TOWNSHIP, VILLAGE]) {
      expect(mayAsk({ tiers: [], divisions: [] }, node, divisions)).toBe(false);
    }
  });

  test('is not widened by a division nobody knows', () => {
    expect(mayAsk({ tiers: [], divisions: ['999999'] }, VILLAGE, divisions)).toBe(false);
  });
});

const places = [CITY, COUNTY, OTHER_COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE];
const grants = fc.record({
  askers: fc.record({ tiers: fc.subarray([...TIERS]), divisions: fc.subarray(places) }),
  purposes: fc.subarray([ITEM, '3310-RS-001', '3310-ZJ-001'], { minLength: 1 }),
  consentNeeded: fc.boolean(),
  validFrom: fc.constantFrom('2026-01-01', '2026-03-02', '2026-03-03'),
  validTo: fc.constantFrom(null, '2026-03-02', '2026-03-03'),
});
const askings = fc.record({
  node: fc.constantFrom(...places),
  item: fc.constantFrom(ITEM, '3310-RS-001', '3310-ZJ-001'),
  consented: fc.boolean(),
  fields: fc.subarray(['householdNumber', 'holder', 'address', 'members']),
  today: fc.constantFrom('2026-03-01', '2026-03-02'),
});

describe('whatever is offered and asked', () => {
  test('a request is answered only when every rule allows it', () => {
    fc.assert(
      fc.property(grants, askings, (grant, asked) => {
        const given = { ...offer, ...grant };
        const allowed =
          mayAsk(given.askers, asked.node, divisions) &&
          given.purposes.includes(asked.item) &&
          (asked.consented || !given.consentNeeded) &&
          asked.fields.length > 0 &&
          asked.fields.every((name) => offer.fields.some((f) => f.name === name)) &&
          isOffered(given, asked.today);
        expect(grantFaults(given, asked, divisions).length === 0).toBe(allowed);
      }),
    );
  });

  test('asking for less never turns an allowed request into a refused one', () => {
    fc.assert(
      fc.property(grants, askings, fc.nat(), (grant, asked, drop) => {
        const given = { ...offer, ...grant };
        fc.pre(asked.fields.length > 1 && grantFaults(given, asked, divisions).length === 0);
        const fewer = asked.fields.filter((_, i) => i !== drop % asked.fields.length);
        expect(grantFaults(given, { ...asked, fields: fewer }, divisions)).toEqual([]);
      }),
    );
  });

  test('a narrower list of tiers and divisions lets nobody new ask, unless it is empty', () => {
    const tiers = fc.subarray([...TIERS], { minLength: 1 });
    const where = fc.subarray(places, { minLength: 1 });
    fc.assert(
      fc.property(tiers, where, fc.constantFrom(...places), (some, there, node) => {
        const narrow = mayAsk({ tiers: some, divisions: there }, node, divisions);
        const wide = mayAsk({ tiers: [...TIERS], divisions: there }, node, divisions);
        expect(narrow && !wide).toBe(false);
      }),
    );
  });
});

describe('a material', () => {
  test('is replaced once every essential field is given', () => {
    expect(replacedMaterial(offer, ['householdNumber', 'holder'])).toBe('户口簿');
  });

  test('is still to be handed in while an essential field is left out', () => {
    expect(replacedMaterial(offer, ['holder', 'address'])).toBeNull();
  });
});

describe('an offer', () => {
  test('names its node by its id', () => {
    expect(offeringNodeOf(offer.id)).toBe(COUNTY);
  });

  test.each(['', 'household', '331022', '331022-', '33102-x'])('with the id %j names none', (id) => {
    expect(refusal(() => offeringNodeOf(id))).toMatchObject({ code: 'BAD_INPUT', field: 'offer' });
  });

  test.each([
    ['an id without a node', { id: 'household' }],
    ['no field', { fields: [] }],
    ['no purpose', { purposes: [] }],
    ['a day that is none', { validFrom: '2026-02-30' }],
    ['a word nobody knows', { secret: true }],
  ])('with %s is none', (_name, change) => {
    expect(dataOfferSchema.safeParse({ ...offer, ...change }).success).toBe(false);
    expect(dataOfferSchema.safeParse(offer).success).toBe(true);
  });
});

describe('the desk that asks', () => {
  const item = itemOf(ITEM);
  const file = {
    id: `${VILLAGE}-1`,
    state: 'FILED',
    custodian: VILLAGE,
    inTransitTo: null,
    acceptor: TOWNSHIP,
    decider: COUNTY,
    decision: null,
  } as CaseFile;
  const at = (node: string, viewer = person(node, 'CLERK')) => ({
    node,
    viewer,
    divisions,
    item,
    standIns: [],
    roster: NO_ROSTER,
    now: new Date('2026-03-03T02:00:00Z'),
  });

  test.each([
    [VILLAGE, person(VILLAGE, 'AGENT')],
    [TOWNSHIP, person(TOWNSHIP, 'CLERK')],
    [COUNTY, person(COUNTY, 'CLERK', '民政')],
  ])('%s may, while it holds the case', (node, viewer) => {
    const [role] = viewer.roles;
    expect(requireDataAsker(at(node, viewer), { ...file, custodian: node })).toBe(role);
  });

  test('may not while another desk holds the case, and is told which', () => {
    expect(refusal(() => requireDataAsker(at(VILLAGE), { ...file, custodian: TOWNSHIP }))).toMatchObject({
      code: 'NOT_CUSTODIAN',
      custodian: TOWNSHIP,
    });
  });

  test('may not while the case is under way', () => {
    expect(refusalCode(() => requireDataAsker(at(VILLAGE), { ...file, inTransitTo: TOWNSHIP }))).toBe(
      'CASE_IN_TRANSIT',
    );
  });

  test.each(['GRANTED', 'REFUSED', 'NOT_ACCEPTED', 'WITHDRAWN'] as const)('may not once the case is %s', (state) => {
    expect(refusalCode(() => requireDataAsker(at(VILLAGE), { ...file, state }))).toBe('ILLEGAL_STEP');
  });

  test('is worked by its own people', () => {
    expect(refusalCode(() => requireDataAsker(at(VILLAGE, person(TOWNSHIP, 'CLERK')), file))).toBe('FORBIDDEN');
  });

  test('asks by the window of the department the item belongs to', () => {
    const held = { ...file, custodian: COUNTY };
    expect(refusalCode(() => requireDataAsker(at(COUNTY, person(COUNTY, 'CLERK', '住建')), held))).toBe(
      'WRONG_DEPARTMENT',
    );
  });

  test.each(ROLES.map((role) => ({ role, allowed: role === 'AGENT' || role === 'CLERK' })))(
    'lets a township’s $role ask: $allowed',
    ({ role, allowed }) => {
      const asked = () => requireDataAsker(at(TOWNSHIP, person(TOWNSHIP, role)), { ...file, custodian: TOWNSHIP });
      expect(codeOrDone(asked)).toBe(allowed ? null : 'FORBIDDEN');
    },
  );
});

describe('lights', () => {
  test.each([COUNTY, TOWNSHIP, VILLAGE])('of %s are open to the county’s supervisor', (node) => {
    expect(codeOrDone(() => requireLightsReader(person(COUNTY, 'SUPERVISOR'), node, divisions))).toBeNull();
  });

  test.each([CITY, OTHER_COUNTY])('of %s are not', (node) => {
    expect(refusalCode(() => requireLightsReader(person(COUNTY, 'SUPERVISOR'), node, divisions))).toBe('FORBIDDEN');
  });

  test.each(ROLES.filter((role) => role !== 'SUPERVISOR'))('are not open to a %s', (role) => {
    expect(refusalCode(() => requireLightsReader(person(COUNTY, role), COUNTY, divisions))).toBe('FORBIDDEN');
  });
});
