import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Item } from '@liandong/schema/domains/catalogue';
import { problem } from '@liandong/schema/kernel';
import { readCatalogueFile } from '@liandong/schema/domains/catalogue';

export const DATA = fileURLToPath(new URL('../../../data/', import.meta.url));

/** Copies of the sample catalogue under other codes and names, up to this number of items. */
export async function manyItems(items: number): Promise<Item[]> {
  const { file } = readCatalogueFile(
    JSON.parse(await readFile(join(DATA, 'catalog-sample.json'), 'utf8')),
    '2025-01-01',
  );
  if (!file) throw problem('CATALOGUE_INVALID', 'The sample catalogue is faulty.');
  const samples = file.items;
  return Array.from({ length: items }, (_, i): Item => {
    const sample = samples[i % samples.length];
    if (!sample) throw problem('CATALOGUE_INVALID', 'The sample catalogue is empty.');
    const round = Math.floor(i / samples.length);
    if (round === 0) return { ...sample, version: 1 };
    const code = sample.code.replace(/\d{3}$/, (serial) => String(Number(serial) + round * 100).padStart(6, '0'));
    return { ...sample, code, name: `${sample.name}(${round})`, version: 1 };
  });
}
