import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { CatalogueFault, DivisionCode, Divisions, Item } from '@liandong/schema';
import { ProblemError, dayOf, itemSchema, problem, readCatalogueFile } from '@liandong/schema';
import type { HostDb } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { DUTIES } from '../tiers/index.ts';
import { insertItems } from './catalogue-store.ts';

/** What an import changed. */
export interface ImportReport {
  added: string[];
  changed: string[];
  unchanged: number;
}

/**
 * Imports a catalogue file into the city's node as drafts. Every entry is checked; with one fault nothing is imported.
 * @throws {ProblemError} CATALOGUE_INVALID with every fault and its place
 */
export async function importCatalogue(
  db: HostDb,
  node: DivisionCode,
  divisions: Divisions,
  path: string,
  now: Date,
): Promise<ImportReport> {
  if (!DUTIES[divisions.get(node).tier].publishesCatalogue) {
    throw problem(
      'NOT_COMPETENT',
      `The basic catalogue belongs to ${divisions.city.code} ${divisions.city.name}, not to ${node}.`,
    );
  }
  const { file, faults } = readCatalogueFile(await readJson(path), dayOf(now));
  if (!file) throw invalid(path, faults);
  if (file.issuer !== node)
    throw invalid(path, [{ place: 'issuer', message: `is ${file.issuer}, the city is ${node}.` }]);
  const report: ImportReport = { added: [], changed: [], unchanged: 0 };
  await db.transact(node, async (tx) => {
    const rows = await tx.query<{ code: string; body: unknown; published_at: Date | null }>(
      `SELECT DISTINCT ON (code) code, body, published_at FROM items WHERE node = $1 ORDER BY code, version DESC`,
    );
    const newest = new Map(rows.map((row) => [row.code, row]));
    const drafts: { item: Item; publishedAt: null }[] = [];
    for (const entry of file.items) {
      const known = newest.get(entry.code);
      const before = known ? itemSchema.parse(known.body) : null;
      if (before && sameContent(before, entry)) {
        report.unchanged++;
        continue;
      }
      // a draft that nobody has seen is replaced; a published version is kept and followed by the next
      if (known && known.published_at === null) {
        await tx.query(`DELETE FROM items WHERE node = $1 AND code = $2 AND published_at IS NULL`, [entry.code]);
      }
      const version = (before?.version ?? 0) + (known?.published_at === null ? 0 : 1);
      drafts.push({ item: { ...entry, version }, publishedAt: null });
      (before ? report.changed : report.added).push(entry.code);
    }
    await insertItems(tx, drafts);
  });
  return report;
}

/**
 * Publishes the city's drafts: they go down to every node by the catalogue feed.
 * @returns codes of the items published
 */
export async function publishCatalogue(
  db: HostDb,
  node: DivisionCode,
  appender: FeedAppender,
  now: Date,
): Promise<string[]> {
  return db.transact(node, async (tx) => {
    const rows = await tx.query<{ body: unknown }>(
      `UPDATE items SET published_at = $2 WHERE node = $1 AND published_at IS NULL RETURNING body`,
      [now],
    );
    const items = rows.map((row) => itemSchema.parse(row.body)).sort((a, b) => (a.code < b.code ? -1 : 1));
    await appender.append(
      tx,
      'CATALOGUE',
      items.map((item) => ({ kind: 'ITEM', item })),
    );
    return items.map((item) => item.code);
  });
}

function sameContent(before: Item, entry: Omit<Item, 'version'>): boolean {
  // the day of import is no change of the item
  const { version: _, ...content } = before;
  return isDeepStrictEqual({ ...content, effectiveFrom: '' }, { ...entry, effectiveFrom: '' });
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw problem('CATALOGUE_INVALID', `The catalogue file ${path} can't be read.`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem('CATALOGUE_INVALID', `The catalogue file ${path} is no JSON: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

function invalid(path: string, faults: readonly CatalogueFault[]): ProblemError {
  const [first, ...rest] = faults.map(({ place, message }) => ({
    code: 'CATALOGUE_INVALID' as const,
    message: `${place}: ${message}`,
    article: null,
    field: place,
    node: null,
  }));
  if (!first) throw problem('INTERNAL', `${path} was refused without a fault.`);
  return new ProblemError([first, ...rest]);
}
