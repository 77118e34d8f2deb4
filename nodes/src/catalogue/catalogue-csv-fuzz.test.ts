import { readFileSync } from 'node:fs';
import { readCatalogueFile } from '@liandong/schema/domains/catalogue';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCatalogueCsv } from './catalogue-csv.ts';

const CORPUS = JSON.parse(
  readFileSync(new URL('../../../test/hostile-inputs.json', import.meta.url), 'utf8'),
) as string[];
const RUNS = 12_000;
const HEADERS = ['issuer', 'code', 'name', 'acceptingTiers', 'materials', 'feeSchedule', 'statutoryDays', 'verified'];

test('any text for a CSV file is read or refused with its places, and nothing else happens', () => {
  const cell = fc.oneof(
    fc.constantFrom(...CORPUS),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.json({ maxDepth: 2 }),
    fc.stringMatching(/^[,"'\n\r;=+@\t]{0,6}$/),
  );
  const quoted = cell.map((text) => `"${text.replaceAll('"', '""')}"`);
  const row = fc.array(fc.oneof(cell, quoted), { maxLength: 9 }).map((cells) => cells.join(','));
  const file = fc
    .tuple(
      fc.oneof(
        fc.constant(HEADERS.join(',')),
        fc.subarray(HEADERS).map((h) => h.join(',')),
        row,
      ),
      fc.array(row, { maxLength: 5 }),
    )
    .map(([head, rows]) => [head, ...rows].join('\n'));
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(cell, file), (text) => {
      const parsed = parseCatalogueCsv(text);
      const { faults } = parsed.content === null ? { faults: [] } : readCatalogueFile(parsed.content, '2026-01-01');
      const places = [
        ...parsed.faults.map((fault) => fault.place),
        ...faults.map((fault) => parsed.placeOf(fault.place)),
      ];
      read++;
      return (
        places.every((place) => typeof place === 'string') && (parsed.content !== null || parsed.faults.length > 0)
      );
    }),
    { numRuns: RUNS },
  );
  expect(read).toBe(RUNS);
}, 120_000);
