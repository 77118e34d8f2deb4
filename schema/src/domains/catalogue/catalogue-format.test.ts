import fc from 'fast-check';
import { expect, test } from 'vitest';
import { items } from '../../testing/fixtures.ts';
import { anyFullItem } from '../../testing/item-arbitrary.ts';
import { itemFaults, readCatalogueFile } from './catalogue-file.ts';
import { entryOf } from './catalogue-format.ts';
import type { Item } from './catalogue.ts';

/** The items of a file that was written and read again. */
const roundTrip = (given: readonly Item[]) =>
  readCatalogueFile(JSON.parse(JSON.stringify({ issuer: '331000', items: given.map(entryOf) })), '2020-01-01');

function withoutVersion(item: Item): Omit<Item, 'version'> {
  const { version: _, ...rest } = item;
  return rest;
}

test('the sample catalogue comes back as it was written, bundles and all', () => {
  expect(roundTrip(items)).toEqual({ file: { issuer: '331000', items: items.map(withoutVersion) }, faults: [] });
});

test('any item comes back as it was written', () => {
  fc.assert(
    fc.property(anyFullItem, (item) => {
      expect(roundTrip([item])).toEqual({ file: { issuer: '331000', items: [withoutVersion(item)] }, faults: [] });
    }),
  );
});

test('an entry leaves out what is as usual', () => {
  const [plain] = items;
  expect(plain && Object.keys(entryOf(plain))).not.toContain('powerSource');
  expect(plain && entryOf(plain).materials[0]).toBe('最低生活保障申请书');
});

test('an item made by hand is checked by the rules of the file', () => {
  const [item] = items as [Item];
  const codes = items.map((i) => i.code);
  for (const sound of items) expect(itemFaults(sound, codes)).toEqual([]);
  const late = { ...item, standard: { ...item.standard, promised: { days: 21, unit: 'WORKDAY' as const } } };
  expect(itemFaults(late, codes).map((f) => f.place)).toEqual(['promisedDays']);
  expect(itemFaults({ ...item, processingClass: 'JOINT' }, codes).map((f) => f.place)).toEqual(['bundle']);
});
