import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { divisions } from '../../testing/fixtures.ts';
import { readRegisterFile } from './register-file.ts';

interface Sample {
  node: string;
  registers: { name: string; rows: { idType: string; idNumber: string; fields: Record<string, string> }[] }[];
  offers: Record<string, unknown>[];
}

const sample = (): Sample =>
  JSON.parse(readFileSync(new URL('../../../../data/registers-sample.json', import.meta.url), 'utf8')) as Sample;
const placesOf = (spoil: (file: Sample) => void) => {
  const content = sample();
  spoil(content);
  return readRegisterFile(content, divisions).faults.map((fault) => fault.place);
};
const offer = (file: Sample, change: Record<string, unknown>, at = 0) => Object.assign(file.offers[at] ?? {}, change);

describe('a register file', () => {
  test('that is sound gives its registers, and its offers in the name of its node', () => {
    const { file, faults } = readRegisterFile(sample(), divisions);
    expect(faults).toEqual([]);
    expect(file?.registers.map((r) => [r.name, r.rows.length])).toEqual([
      ['户籍登记', 2],
      ['残疾人证核发记录', 1],
    ]);
    expect(file?.offers.map((o) => [o.id, o.node, o.name])).toEqual([
      ['331022-household', '331022', '户口簿'],
      ['331022-disability', '331022', '残疾人证'],
    ]);
  });

  test.each<[string, (file: Sample) => void, string[]]>([
    ['a division nobody knows', (f) => void (f.node = '999999'), ['node', 'offers[0].id', 'offers[1].id']],
    ['an offer in another node’s name', (f) => offer(f, { id: '331000-household' }), ['offers[0].id']],
    ['an id twice', (f) => offer(f, { id: '331022-household' }, 1), ['offers[1].id']],
    ['a register that is not there', (f) => offer(f, { register: '婚姻登记' }), ['offers[0].register']],
    ['nobody who may ask', (f) => offer(f, { askers: { tiers: [], divisions: [] } }), ['offers[0].askers']],
    [
      'an asker nobody knows',
      (f) => offer(f, { askers: { tiers: [], divisions: ['331022', '999999'] } }),
      ['offers[0].askers.divisions[1]'],
    ],
    ['an end before its beginning', (f) => offer(f, { validTo: '2026-01-01' }), ['offers[0].validTo']],
    [
      'no field that is essential, and one twice',
      (f) =>
        offer(f, {
          fields: [
            { name: 'holder', label: '户主', essential: false },
            { name: 'holder', label: '户主姓名', essential: false },
          ],
        }),
      ['offers[0].fields[1].name', 'offers[0].fields'],
    ],
    [
      'a wrong check digit',
      (f) => spoilRow(f, 0, { idNumber: '331022195203120029' }),
      ['registers[0].rows[0].idNumber'],
    ],
    [
      'the same person twice in a register',
      (f) => spoilRow(f, 1, { idNumber: '331022195203120028' }),
      ['registers[0].rows[1].idNumber'],
    ],
    [
      'a row without an offered field',
      (f) => spoilRow(f, 0, { fields: { holder: '王秀英' } }),
      ['registers[0].rows[0].fields'],
    ],
    ['a register twice', (f) => void f.registers.push({ name: '户籍登记', rows: [] }), ['registers[2].name']],
    ['an unknown word in an offer', (f) => offer(f, { open: true }), ['offers[0]']],
    ['an unknown word of its own', (f) => Object.assign(f, { open: true }), ['file']],
    ['a kind that is none', (f) => offer(f, { kind: 'RUMOUR' }), ['offers[0].kind']],
  ])('with %s is refused as a whole, and the place is named', (_name, spoil, places) => {
    expect(placesOf(spoil)).toEqual(places);
  });

  test('is told all of its faults at once, and none of its people', () => {
    const content = sample();
    spoilRow(content, 0, { idNumber: '331022195203120029' });
    offer(content, { register: '婚姻登记' });
    const { file, faults } = readRegisterFile(content, divisions);
    expect(file).toBeNull();
    expect(faults).toHaveLength(2);
    expect(JSON.stringify(faults)).not.toContain('33102219520312002');
  });

  test.each([null, [], 'x', {}])('%j is none', (content) => {
    expect(readRegisterFile(content, divisions).file).toBeNull();
  });
});

function spoilRow(file: Sample, row: number, change: Partial<Sample['registers'][number]['rows'][number]>): void {
  Object.assign(file.registers[0]?.rows[row] ?? {}, change);
}
