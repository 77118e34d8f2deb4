import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importCatalogue } from '../catalogue/index.ts';
import { FeedAppender } from '../feeds/index.ts';
import { importRegisters } from '../sharing/index.ts';
import { CATALOGUE_FILE, CITY, COUNTY, DIVISIONS_FILE, TestFederation } from '../testing/test-federation.ts';
import { readTopology } from '../topology/index.ts';
import { generateNodeKey, readKeys, writeKey } from '../trust/index.ts';
import { generateDataKey, readDataKeys, writeDataKeys } from '../vault/index.ts';
import { readJson } from '@liandong/runtime';

const REGISTERS_FILE = fileURLToPath(new URL('../../../data/registers-sample.json', import.meta.url));
let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY], catalogue: false });
});
afterAll(() => federation.stop());

/** Saves the file as an editor does that puts a byte-order mark before every text. */
async function saveMarked(file: string, as = file, encoding: 'utf8' | 'utf16le' = 'utf8'): Promise<string> {
  await writeFile(as, Buffer.from(`\uFEFF${await readFile(file, 'utf8')}`, encoding));
  return as;
}
const marked = (file: string, name: string) => saveMarked(file, join(federation.dir, name));
const wide = (file: string, name: string) => saveMarked(file, join(federation.dir, name), 'utf16le');
const saidOf = (file: string) => ({ message: expect.stringMatching(`${file} is UTF-16. Save it as UTF-8`) });

test('a host starts whose every file begins with a byte-order mark', async () => {
  const { topologyFile, trustFile, issuersFile, keysDir } = federation.config(COUNTY);
  await federation.stopHost(COUNTY);
  for (const file of [topologyFile, trustFile, issuersFile]) await saveMarked(file ?? '');
  for (const name of await readdir(keysDir)) await saveMarked(join(keysDir, name));
  const calendarFile = join(federation.dir, 'calendar.json');
  await writeFile(calendarFile, JSON.stringify({ years: [2027], restDays: ['2027-01-01'], makeUpDays: [] }));
  federation.reconfigure(COUNTY, {
    calendarFile: await saveMarked(calendarFile),
    divisionsFile: await marked(DIVISIONS_FILE, 'divisions.csv'),
  });
  await federation.startHost(COUNTY);
  expect(federation.host(COUNTY).nodes).toEqual([COUNTY]);
});

test('plain key files are read behind a byte-order mark', async () => {
  const dir = join(federation.dir, 'plain');
  await mkdir(dir);
  const key = await generateNodeKey(COUNTY);
  await writeKey(dir, key, null);
  const dataKey = generateDataKey(COUNTY, new Date(1_000));
  await writeDataKeys(dir, [dataKey], null);
  for (const name of await readdir(dir)) await saveMarked(join(dir, name));
  expect((await readKeys(dir, [COUNTY], null)).map((found) => found.kid)).toEqual([key.kid]);
  expect(await readDataKeys(dir, [COUNTY], null)).toEqual([dataKey]);
});

test('a catalogue, registers and a topology are read behind a byte-order mark', async () => {
  const { divisions } = federation;
  const now = new Date();
  const catalogue = await marked(CATALOGUE_FILE, 'catalogue.json');
  expect((await importCatalogue(federation.db(CITY), CITY, divisions, catalogue, now)).added).toHaveLength(42);
  const registers = await marked(REGISTERS_FILE, 'registers.json');
  const report = await importRegisters(federation.db(COUNTY), COUNTY, divisions, registers, new FeedAppender(), now);
  expect(report.rows).toBeGreaterThan(0);
  const { topologyFile } = federation.config(CITY);
  const topology = await marked(topologyFile ?? '', 'topology.yaml');
  expect((await readTopology(topology)).hosts).toHaveLength(2);
});

test('a file in UTF-16 is refused with how to save it, whoever reads it', async () => {
  const { divisions } = federation;
  const now = new Date();
  const catalogue = await wide(CATALOGUE_FILE, 'wide-catalogue.json');
  const table = await wide(CATALOGUE_FILE, 'wide-catalogue.csv');
  for (const file of [catalogue, table]) {
    await expect(importCatalogue(federation.db(CITY), CITY, divisions, file, now)).rejects.toMatchObject({
      code: 'CATALOGUE_INVALID',
      ...saidOf(file),
    });
  }
  const registers = await wide(REGISTERS_FILE, 'wide-registers.json');
  await expect(
    importRegisters(federation.db(COUNTY), COUNTY, divisions, registers, new FeedAppender(), now),
  ).rejects.toMatchObject({ code: 'REGISTER_INVALID', ...saidOf(registers) });
  await expect(readJson(catalogue)).rejects.toMatchObject({ code: 'BAD_CONFIG', ...saidOf(catalogue) });
  await expect(readTopology(catalogue)).rejects.toMatchObject(saidOf(catalogue));
});
