import { readFile } from 'node:fs/promises';
import type { CatalogueEntryJson, Item } from '@liandong/schema/domains/catalogue';
import { AUDIENCES, entryOf, readCatalogueFile } from '@liandong/schema/domains/catalogue';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE_FILE } from '../testing/test-federation.ts';
import { readStrictCsv } from '../testing/strict-csv.ts';
import { catalogueCsv, parseCatalogueCsv } from './catalogue-csv.ts';

const sample = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as { issuer: string; items: CatalogueEntryJson[] };
const read = (content: unknown) => readCatalogueFile(content, '2026-01-01');
const itemsOf = (content: unknown): Omit<Item, 'version'>[] => read(content).file?.items ?? [];
const entries = itemsOf(sample).map(entryOf);
const csv = catalogueCsv(sample.issuer, entries);

/** Every fault of a file, each at its place. */
function faultsOf(text: string): string[] {
  const parsed = parseCatalogueCsv(text);
  const { faults } = parsed.content === null ? { faults: [] } : read(parsed.content);
  return [...parsed.faults.map((f) => f.place), ...faults.map((f) => parsed.placeOf(f.place))];
}

/** Text with the signs that separate cells, lines and JSON. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.stringMatching(/^[户,"'\n\r\t[\]{};:=+|]{1,8}$/),
  )
  .map((text) => text.trim())
  .filter((text) => text !== '');
const anyNames = fc.uniqueArray(anyText, { minLength: 1, maxLength: 4 });
const anyMaterial = fc.oneof(
  anyText,
  fc.record({
    name: anyText,
    required: fc.boolean(),
    providedBy: fc.constantFrom('sharing', 'agency'),
    held: fc.boolean(),
  }),
);
const anyEntry = fc
  .record(
    {
      base: fc.constantFrom(...entries.filter((entry) => !entry.bundle)),
      name: anyText,
      legalBasis: anyText,
      department: anyText,
      note: fc.option(anyText),
      audiences: fc.subarray(AUDIENCES.map((audience) => audience.toLowerCase() as Lowercase<typeof audience>)),
      lifeEvents: fc.array(anyText, { maxLength: 3 }),
      conditions: fc.array(anyText, { maxLength: 3 }),
      materials: fc.oneof(
        anyNames,
        fc.uniqueArray(anyMaterial, {
          minLength: 1,
          maxLength: 4,
          selector: (m) => (typeof m === 'string' ? m : m.name),
        }),
      ),
      window: anyText,
      hierarchy: fc.record({ main: fc.record({ code: anyText, name: anyText }), sub: fc.constant(null) }),
      signOff: fc.record({ level: fc.constantFrom('window', 'head'), maxLayers: fc.integer({ min: 1, max: 9 }) }),
      collectiveDecision: fc.boolean(),
      crossDistrict: fc.constantFrom('city', 'nation'),
      crossDistrictWays: fc.subarray(['online' as const, 'collected' as const, 'joint' as const]),
      promisedDays: fc.constant(0),
      greenChannel: fc.constant({ days: 0, unit: 'workday' as const }),
      urgent: fc.constant({ days: 0, unit: 'workday' as const }),
    },
    {
      requiredKeys: ['base', 'name', 'legalBasis', 'department', 'note', 'materials'],
    },
  )
  .map(({ base: { greenChannel: _green, urgent: _urgent, ...base }, ...elements }) => ({ ...base, ...elements }));

describe('a catalogue as CSV', () => {
  test('comes back as it was written, bundles and all', () => {
    const { content, faults } = parseCatalogueCsv(csv);
    expect(faults).toEqual([]);
    expect(read(content)).toEqual({ file: { issuer: '331000', items: itemsOf(sample) }, faults: [] });
  });

  test('loses nothing of any entry, whatever its texts hold', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const given = { issuer: '331000', items: [entry] };
        expect(read(given).faults).toEqual([]);
        const parsed = parseCatalogueCsv(catalogueCsv('331000', [entry]));
        expect(parsed.faults).toEqual([]);
        expect(itemsOf(parsed.content)).toEqual(itemsOf(given));
      }),
    );
  });

  test('begins with a byte-order mark, and is read without one too', () => {
    expect(csv.startsWith('\uFEFFissuer,code,name')).toBe(true);
    expect(parseCatalogueCsv(csv.slice(1)).faults).toEqual([]);
  });

  test('may leave out columns that need not be given, in any order', () => {
    const wanted = [
      'name,code,issuer,kind,processingClass,decidingTier,acceptingTiers,statutoryDays,promisedDays,statutoryUnit',
      'legalBasis,materials,department,proxyAllowed,maxVisits,verified,delegableTo,feeSchedule,note',
    ].join(',');
    const row =
      '低保,3310-MZ-001,331000,payment,reported,county,township,20,0.5,workday,依据,户口簿,民政,true,1,true,,,';
    expect(itemsOf(parseCatalogueCsv(`${wanted}\n${row}\n`).content)).toMatchObject([
      { code: '3310-MZ-001', powerSource: 'STATUTORY', standard: { promised: { days: 0.5, unit: 'WORKDAY' } } },
    ]);
  });
});

describe('another program', () => {
  const table = readStrictCsv(csv);

  test('finds a row an entry in the CSV, with every cell as it is here', () => {
    expect(table).toHaveLength(entries.length + 1);
    const [head = [], ...rows] = table;
    expect(rows.map((row) => row.length)).toEqual(rows.map(() => head.length));
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column('name')).toEqual(entries.map((entry) => entry.name));
    expect(column('conditions')).toEqual(entries.map((entry) => (entry.conditions ?? []).join('\n')));
    expect(table.flat().some((cell) => cell.includes('\n'))).toBe(true);
  });

  test('finds the cells of any entry, whatever its texts hold', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const [head = [], row = []] = readStrictCsv(catalogueCsv('331000', [entry]));
        expect(row[head.indexOf('legalBasis')]).toBe(entry.legalBasis);
        expect(row).toHaveLength(head.length);
      }),
    );
  });

  /** As a spreadsheet saves what it showed: dates and truths its own way, rows and columns of nothing. */
  const saved = (separator: string, lineEnd: string) => {
    const shown = table.map((row) => {
      const cells = row.map((cell) =>
        cell
          .replace(/^(true|false)$/, (truth) => truth.toUpperCase())
          .replace(/^(\d{4})-0?(\d+)-0?(\d+)$/, (_, year, month, day) => `${year}/${month}/${day}`),
      );
      return [...cells, '', ''];
    });
    const nothing = shown[0]?.map(() => '') ?? [];
    const rows = [...shown.slice(0, 7), nothing, ...shown.slice(7), nothing, nothing];
    const written = rows.map((row) =>
      row.map((cell) => (/[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(separator),
    );
    return `\uFEFF${written.join(lineEnd)}${lineEnd}${lineEnd}`;
  };

  test.each([
    ['commas', ',', '\r\n'],
    ['commas and bare line ends', ',', '\n'],
    ['semicolons', ';', '\r\n'],
    ['tabs', '\t', '\r\n'],
  ])(
    'may have saved it with %s, its own dates, TRUE and FALSE, and rows and columns of nothing',
    (_, separator, end) => {
      const text = saved(separator, end);
      expect(text).toMatch(/TRUE/);
      expect(text).toMatch(/2026\/\d/);
      const { content, faults } = parseCatalogueCsv(text);
      expect(faults).toEqual([]);
      expect(read(content)).toEqual(read(sample));
    },
  );

  test('may have saved it, and a fault is still named by its line', () => {
    const text = saved(',', '\r\n');
    const code = entries[20]?.code ?? '';
    const line = text.slice(0, text.indexOf(`331000,${code}`)).split('\n').length;
    expect(faultsOf(text.replace(`331000,${code}`, `331000x,${code}`))).toEqual([`line ${line}, issuer`]);
  });
});

describe('a faulty CSV names the line and the column', () => {
  const change = (index: number, elements: object) =>
    catalogueCsv(
      '331000',
      entries.map((entry, i) => (i === index ? { ...entry, ...elements } : entry)),
    );
  /** Lists take a line a member, so a record may begin far below its number. */
  const lineOf = (index: number) =>
    csv.slice(0, csv.indexOf(`331000,${entries[index]?.code ?? ''}`)).split('\n').length;

  test.each([
    ['a number that is none', { promisedDays: 'three' }, 'promisedDays'],
    ['an empty number', { maxVisits: '' }, 'maxVisits'],
    ['a yes or no that is neither', { verified: 'ja' }, 'verified'],
    ['a word that is none', { kind: 'permit' }, 'kind'],
    ['a member of a list that is none', { acceptingTiers: ['township', 'hamlet'] }, 'acceptingTiers[1]'],
    ['an empty list', { materials: [] }, 'materials'],
    ['an object that is none', { signOff: 'chief' }, 'signOff'],
  ])('of %s', (_, elements, column) => {
    expect(faultsOf(change(4, elements))).toEqual([`line ${lineOf(4)}, ${column}`]);
  });

  test('of an unknown column, and of one that stands there twice', () => {
    expect(faultsOf(csv.replace('supervisionWay', 'colour'))).toContain('line 1, colour');
    expect(faultsOf(csv.replace('supervisionWay', 'window'))).toContain('line 1, window');
  });

  test('of another issuer', () => {
    const place = csv.indexOf('331000,3310-MZ-003');
    const other = `${csv.slice(0, place)}331100${csv.slice(place + 6)}`;
    expect(faultsOf(other)).toEqual([`line ${lineOf(2)}, issuer`]);
  });

  test('of a row with too few cells, and of a quote that is never closed', () => {
    expect(faultsOf('issuer,code\n331000\n')).toEqual(['line 2']);
    expect(faultsOf('issuer,code\n331000,"3310')).toHaveLength(1);
    expect(faultsOf('issuer,code\n331000,3310,x\n331000\n')).toEqual(['line 2', 'line 3']);
  });
});
