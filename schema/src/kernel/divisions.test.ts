import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Division } from './divisions.ts';
import { Divisions, isDivisionCode, isZoneCode, parseDivisions } from './divisions.ts';
import { anyPlace } from '../testing/arbitraries.ts';
import { CITY, COUNTY, divisions, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import { TIERS } from './words.ts';

const HEADER = 'code,name,tier,parent';
const SMALL = `${HEADER}\n331000,台州市,city,\n331022,三门县,county,331000\n331022103,亭旁镇,township,331022\n`;

describe('division codes', () => {
  test.each(['331000', '331022', '331022103', '331022103201', '331022Z01'])('%s has the form of one', (code) => {
    expect(isDivisionCode(code)).toBe(true);
  });

  test.each([
    '',
    '33',
    '33102',
    '3310221',
    '33102210320',
    '331022103201001',
    '33102A',
    '331022Z1',
    '331022z01',
    '331022Z001',
    '331022103Z01',
    ' 331022',
    '331022\n',
    '３３１０２２',
  ])('%j has not', (code) => {
    expect(isDivisionCode(code)).toBe(false);
  });
});

describe('the register of Taizhou', () => {
  test('has 1 city, 9 counties, 136 townships and 3,429 villages', () => {
    const counts = TIERS.map((tier) => [...divisions.all()].filter((d) => d.tier === tier).length);
    expect(counts).toEqual([1, 9, 136, 3429]);
    expect(divisions.size).toBe(3575);
    expect(divisions.city.code).toBe(CITY);
  });

  test('knows the parents of a village, nearest first', () => {
    expect(divisions.lineage(VILLAGE).map((d) => d.code)).toEqual([VILLAGE, TOWNSHIP, COUNTY, CITY]);
    expect(divisions.ancestors(VILLAGE).map((d) => d.name)).toEqual(['亭旁镇', '三门县', '台州市']);
    expect(divisions.ancestors(CITY)).toEqual([]);
  });

  test('knows the parent of a place at a tier, and none above the place', () => {
    expect(divisions.atTier(VILLAGE, 'COUNTY')?.code).toBe(COUNTY);
    expect(divisions.atTier(COUNTY, 'COUNTY')?.code).toBe(COUNTY);
    expect(divisions.atTier(COUNTY, 'VILLAGE')).toBeUndefined();
  });

  test('knows what lies in what', () => {
    expect(divisions.isWithin(VILLAGE, COUNTY)).toBe(true);
    expect(divisions.isWithin(VILLAGE, VILLAGE)).toBe(true);
    expect(divisions.isWithin(COUNTY, VILLAGE)).toBe(false);
    expect(divisions.isWithin(VILLAGE, OTHER_TOWNSHIP)).toBe(false);
  });

  test('gives everything below a place, parents before children', () => {
    const below = divisions.subtree(COUNTY).map((d) => d.code);
    expect(below[0]).toBe(COUNTY);
    expect(below.filter((code) => code.length === 9)).toHaveLength(10);
    expect(below.indexOf(TOWNSHIP)).toBeLessThan(below.indexOf(VILLAGE));
    expect(divisions.subtree(CITY)).toHaveLength(divisions.size);
    expect(divisions.subtree(VILLAGE).map((d) => d.code)).toEqual([VILLAGE]);
  });

  test('may miss when a place is looked for, and refuses when it is demanded', () => {
    expect(divisions.find('339999')).toBeUndefined();
    expect(refusal(() => divisions.get('339999'))).toMatchObject({ code: 'UNKNOWN_DIVISION', field: 'division' });
    expect(refusalCode(() => divisions.lineage('339999'))).toBe('UNKNOWN_DIVISION');
    expect(divisions.children('339999')).toEqual([]);
  });

  test('has every place in the subtree of each of its parents and in no other of the same tier', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, (code, other) => {
        const lineage = divisions.lineage(code);
        expect(lineage.at(-1)?.code).toBe(CITY);
        expect(lineage.map((d) => d.tier)).toEqual(TIERS.toReversed().slice(-lineage.length));
        expect(divisions.isWithin(code, other)).toBe(lineage.some((d) => d.code === other));
        const [place, parent] = lineage;
        expect(parent ? divisions.children(parent.code) : [divisions.city]).toContain(place);
      }),
    );
  });
});

describe('a register from a file', () => {
  test('is read from CSV text, with or without a byte order mark and with either line end', () => {
    expect(parseDivisions(SMALL).size).toBe(3);
    expect(parseDivisions(`\uFEFF${SMALL.replaceAll('\n', '\r\n')}`).get('331022103').parent).toBe('331022');
    const filledUp = `${SMALL.trimEnd().replaceAll('\n', ',,\n')},,\n,,,,,\n`;
    expect(parseDivisions(filledUp).size).toBe(3);
    expect(parseDivisions(filledUp).get('331022103').parent).toBe('331022');
  });

  test.each([
    ['without its header', SMALL.slice(HEADER.length + 1), '1'],
    ['with a column too many', `${SMALL}331022103201,包家村,village,331022103,x`, '5'],
    ['with a column too few', `${SMALL}331022103201,包家村`, '5'],
    ['with a tier that is none', `${SMALL}331022103201,包家村,hamlet,331022103`, '5'],
    ['with a place that has no name', `${SMALL}331022103201,,village,331022103`, '5'],
    ['with a code that is none', `${SMALL}33102210320,包家村,village,331022103`, '33102210320'],
    ['with a code twice', `${SMALL}331022103,亭旁,township,331022`, '331022103'],
    ['with a parent that is missing', `${SMALL}331022104201,某村,village,331022104`, '331022104201'],
    ['with a village right below a county', `${SMALL}331022103201,包家村,village,331022`, '331022103201'],
    ['with a county that has no parent', `${SMALL}331023,天台县,county,`, '331023'],
    ['with two cities', `${SMALL}331100,丽水市,city,`, 'parent'],
    ['without a city', HEADER, 'parent'],
  ])('is refused %s', (_, csv, field) => {
    expect(refusal(() => parseDivisions(csv))).toMatchObject({ code: 'BAD_INPUT', field });
  });

  test('is refused when places are each other the parent', () => {
    const rows: Division[] = [
      { code: '331000', name: '台州市', tier: 'CITY', parent: null },
      { code: '331022103', name: '甲', tier: 'TOWNSHIP', parent: '331022104' },
      { code: '331022104', name: '乙', tier: 'TOWNSHIP', parent: '331022103' },
    ];
    expect(refusalCode(() => new Divisions(rows))).toBe('BAD_INPUT');
  });

  test('takes a zone with a local code below the county it is told to lie in', () => {
    const zone = parseDivisions(`${SMALL}331099001,开发区,township,331022\n`);
    expect(zone.isWithin('331099001', '331022')).toBe(true);
  });
});

describe('a zone', () => {
  const ZONE = '331022Z01';
  const COUNTIES = `${SMALL}331023,天台县,county,331000\n`;
  const moving = `${COUNTIES}${ZONE},浦坝港园区,township,331022;2027-01-01:331023;2030-07-01:331022\n`;

  test('has a code of its own form', () => {
    expect(isZoneCode(ZONE)).toBe(true);
    expect(isZoneCode(TOWNSHIP)).toBe(false);
  });

  test.each([
    ['2026-12-31', '331022'],
    ['2027-01-01', '331023'],
    ['2030-06-30', '331023'],
    ['2030-07-01', '331022'],
  ])('lies on %s in %s, under the same code', (day, parent) => {
    const register = parseDivisions(moving, day);
    expect(register.get(ZONE).parent).toBe(parent);
    expect(register.lineage(ZONE).map((d) => d.code)).toEqual([ZONE, parent, CITY]);
    expect(register.children(parent).map((d) => d.code)).toContain(ZONE);
    expect(['331022', '331023'].filter((county) => register.isWithin(ZONE, county))).toEqual([parent]);
    expect(register.parentOn(ZONE, '2028-01-01')).toBe('331023');
  });

  test('lies in the parent of each day in the register as it was then', () => {
    const register = parseDivisions(moving, '2028-01-01');
    expect(register.asOf('2026-12-31').get(ZONE).parent).toBe('331022');
    expect(register.asOf('2027-01-01').get(ZONE).parent).toBe('331023');
    expect(register.asOf('2026-12-31')).toBe(register.asOf('2026-12-31'));
    expect(parseDivisions(SMALL).asOf('2026-12-31').get(TOWNSHIP).parent).toBe(COUNTY);
  });

  test('lies in its first parent where no day is asked for; other places in theirs on any day', () => {
    const register = parseDivisions(moving);
    expect(register.get(ZONE).parent).toBe('331022');
    expect(register.parentOn(TOWNSHIP, '2028-01-01')).toBe(COUNTY);
    expect(register.parentOn(CITY, '2028-01-01')).toBeNull();
    expect(refusalCode(() => register.parentOn('339999', '2028-01-01'))).toBe('UNKNOWN_DIVISION');
  });

  test.each([
    ['of a township that is no zone', `${COUNTIES}331022104,某镇,township,331022;2027-01-01:331023`, '6'],
    ['without a day', `${COUNTIES}${ZONE},园区,township,331022;331023`, '6'],
    ['on a day that is none', `${COUNTIES}${ZONE},园区,township,331022;2027-02-30:331023`, '6'],
    ['out of order', `${COUNTIES}${ZONE},园区,township,331022;2027-01-01:331023;2026-01-01:331022`, '6'],
    ['to a place that is missing', `${SMALL}${ZONE},园区,township,331022;2027-01-01:331023`, ZONE],
    ['to a place of the wrong tier', `${COUNTIES}${ZONE},园区,township,331022;2027-01-01:331000`, ZONE],
  ])('is refused a change of parent %s', (_, csv, field) => {
    expect(refusal(() => parseDivisions(csv, '2026-03-02'))).toMatchObject({ code: 'BAD_INPUT', field });
  });
});
