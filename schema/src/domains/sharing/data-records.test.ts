import { describe, expect, test } from 'vitest';
import type { DataRecord } from './messages.ts';
import { dataRecordSchema } from './messages.ts';
import { CaseLog } from '../../testing/case-log.ts';
import {
  CITY,
  COUNTY,
  divisions,
  NEIGHBOUR_VILLAGE,
  OTHER_COUNTY,
  OTHER_TOWNSHIP,
  sha256,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { isOwnOffer, offerOfRecord, partsShown, recordFault } from './data-records.ts';
import type { DataOffer } from './rules.ts';

const offer: DataOffer = {
  id: `${COUNTY}-household`,
  version: 2,
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
  purposes: ['3310-MZ-001'],
  consentNeeded: true,
  validFrom: '2026-01-01',
  validTo: null,
};
const recordOf = (change: Partial<DataRecord> = {}): DataRecord => ({
  request: '0198c0de-0000-4000-8000-000000000001',
  provider: COUNTY,
  asker: VILLAGE,
  actor: { sub: 'agent', name: '代办员', role: 'AGENT' },
  case: `${VILLAGE}-case`,
  item: '3310-MZ-001',
  offer: offer.id,
  fields: offer.fields.map(({ name, label }) => ({ name, label })),
  askedAt: '2026-03-02T01:00:00.000Z',
  at: '2026-03-02T01:00:01.000Z',
  outcome: 'ANSWERED',
  faults: [],
  replaces: '户口簿',
  values: sha256('values'),
  terms: offer,
  ...change,
});

describe('a record of shared data', () => {
  test('comes from the wire as it went, and in its earlier form without the offer', () => {
    const record = recordOf();
    expect(dataRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    const { terms: _, ...earlier } = record;
    expect(dataRecordSchema.parse(earlier)).toEqual(earlier);
  });

  test('says what its offer gives: the material, or none without an essential field', () => {
    expect(recordFault(recordOf(), offer)).toBeNull();
    const less = { fields: [{ name: 'address', label: '户籍地址' }], replaces: null };
    expect(recordFault(recordOf(less), offer)).toBeNull();
  });

  test.each<[string, Partial<DataRecord>]>([
    ['another material', { replaces: '身份证明' }],
    ['no material, where it replaces one', { replaces: null }],
    ['the material without an essential field', { fields: [{ name: 'address', label: '户籍地址' }] }],
    ['a field that is not offered', { fields: [{ name: 'income', label: '收入' }], replaces: null }],
    ['a material though it was refused', { outcome: 'REFUSED' }],
    ['a material though nothing was found', { outcome: 'NOT_FOUND', values: null }],
    ['values though it was refused', { outcome: 'REFUSED', replaces: null }],
  ])('is at fault where it gives %s', (_, change) => {
    expect(recordFault(recordOf(change), offer)).not.toBeNull();
  });

  test('that was not answered gives nothing, and needs no offer', () => {
    expect(recordFault(recordOf({ outcome: 'REFUSED', replaces: null, values: null }), null)).toBeNull();
    expect(recordFault(recordOf(), null)).not.toBeNull();
  });

  test('stands on an offer of the node that signed it, under its own id, and on no other', () => {
    expect(isOwnOffer(recordOf(), offer)).toBe(true);
    expect(isOwnOffer(recordOf({ provider: TOWNSHIP }), offer)).toBe(false);
    expect(isOwnOffer(recordOf({ offer: `${COUNTY}-land` }), offer)).toBe(false);
    const other = { ...offer, node: TOWNSHIP };
    expect(isOwnOffer(recordOf({ provider: TOWNSHIP }), other)).toBe(false);
  });
});

describe('the offer a record is judged by', () => {
  const older = { ...offer, version: 1 };
  const otherText = { ...offer, name: '身份证明' };

  test('is the one known here, or another version of it that the record carries', () => {
    expect(offerOfRecord(recordOf({ terms: undefined }), offer, false, divisions)).toBe(offer);
    expect(offerOfRecord(recordOf({ terms: older }), offer, false, divisions)).toBe(older);
    // a version has only one text: the published one
    expect(offerOfRecord(recordOf({ terms: otherText }), offer, false, divisions)).toBe(offer);
  });

  test.each([CITY, COUNTY, OTHER_COUNTY])('is the record’s own where %s offers and none is known here', (provider) => {
    expect(offerOfRecord(recordOf({ provider }), null, false, divisions)).toBe(offer);
  });

  test.each([TOWNSHIP, OTHER_TOWNSHIP, VILLAGE])('is none where %s offers and none is known here', (provider) => {
    expect(offerOfRecord(recordOf({ provider }), null, false, divisions)).toBeNull();
  });

  test('is the record’s own at the desk that asked a node whose offers do not come down to it', () => {
    expect(offerOfRecord(recordOf({ provider: OTHER_TOWNSHIP }), null, true, divisions)).toBe(offer);
    expect(offerOfRecord(recordOf({ provider: OTHER_TOWNSHIP, terms: undefined }), null, true, divisions)).toBeNull();
  });
});

describe('the parts of who asked and who brings the answer', () => {
  const filed = CaseLog.filed();
  const { file } = filed;

  test('are shown by the case, at whatever node', () => {
    expect(partsShown(file.id, file, VILLAGE, [VILLAGE, VILLAGE])).toBe('SHOWN');
    expect(partsShown(file.id, file, TOWNSHIP, [VILLAGE])).toBe('SHOWN');
  });

  test('are none for a node the case never came to, as its custodian knows', () => {
    expect(partsShown(file.id, file, VILLAGE, [VILLAGE, OTHER_TOWNSHIP])).toBe('NONE');
    expect(partsShown(file.id, file, VILLAGE, [NEIGHBOUR_VILLAGE, VILLAGE])).toBe('NONE');
  });

  test('may still be shown where the case is elsewhere or under way: lines may be missing here', () => {
    expect(partsShown(file.id, file, COUNTY, [TOWNSHIP])).toBe('NOT_YET');
    expect(partsShown(file.id, { ...file, inTransitTo: TOWNSHIP }, VILLAGE, [TOWNSHIP])).toBe('NOT_YET');
  });

  test('are known of the desk that took the case in alone, before the case comes', () => {
    expect(partsShown(`${VILLAGE}-case`, null, TOWNSHIP, [VILLAGE, VILLAGE])).toBe('SHOWN');
    expect(partsShown(`${VILLAGE}-case`, null, COUNTY, [TOWNSHIP, VILLAGE])).toBe('NOT_YET');
    expect(partsShown(`${VILLAGE}-case`, null, COUNTY, [VILLAGE, OTHER_TOWNSHIP])).toBe('NOT_YET');
  });
});
