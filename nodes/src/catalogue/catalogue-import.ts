import { basename, extname } from 'node:path';
import { readText } from '@liandong/runtime';
import type { CatalogueFault, CatalogueFile, Item } from '@liandong/schema/domains/catalogue';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { ElementChange } from '@liandong/schema/domains/item-life';
import type { LegalBasis, RepealedCitation } from '@liandong/schema/domains/legal-bases';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { citationsOf, repealedCitations } from '@liandong/schema/domains/legal-bases';
import { diffElements, draftState } from '@liandong/schema/domains/item-life';
import { formsKept, readCatalogueFile } from '@liandong/schema/domains/catalogue';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { DUTIES } from '../tiers/index.ts';
import { parseCatalogueCsv } from './catalogue-csv.ts';
import { insertItems } from './catalogue-store.ts';
import type { Authorship } from './item-file.ts';
import { deleteDraft, lockItem, recordChanges, sameContent } from './item-file.ts';

/** What an import changed, or would. */
export interface ImportReport {
  added: string[];
  changed: string[];
  unchanged: number;
  /** Of each changed item what differs from the last version, or from the draft it replaces. */
  diffs: { code: string; elements: ElementChange[] }[];
  /** Faults that do not keep an entry out, but that a person should look at. */
  warnings: ImportWarning[];
}

/** An entry that rests on a law that is repealed or will be. */
export interface ImportWarning extends RepealedCitation {
  code: string;
  field: 'legalBasis';
}

export interface ImportOptions {
  /** The author of the changes of published items; the desks must be other people. */
  author?: { sub: string; name: string } | null;
  /** Only reports the changes. */
  dryRun?: boolean;
  /** Legal bases of these titles; without it the import can't warn of a repealed one. */
  basesByTitle?: (queries: NodeQueries, titles: readonly string[]) => Promise<LegalBasis[]>;
}

/** The author of a first import: any person who may run commands on the city's host. */
const COMMAND = { author: 'liandong-command', authorName: '命令行' };

/**
 * Imports a catalogue file into the city's node as drafts. Every entry is checked; with one fault nothing is imported.
 * Changes of published items need an author: the desks must know which person may not review them.
 * @throws {ProblemError} CATALOGUE_INVALID with every fault and its place
 */
export async function importCatalogue(
  db: HostDb,
  node: DivisionCode,
  divisions: Divisions,
  path: string,
  now: Date,
  { author = null, dryRun = false, basesByTitle = async () => [] }: ImportOptions = {},
): Promise<ImportReport> {
  if (!DUTIES[divisions.get(node).tier].publishesCatalogue) {
    throw problem(
      'NOT_COMPETENT',
      `The basic catalogue belongs to ${divisions.city.code} ${divisions.city.name}, not to ${node}.`,
    );
  }
  const file = await readEntries(path, dayOf(now));
  if (file.issuer !== node)
    throw invalid(path, [{ place: 'issuer', message: `is ${file.issuer}, the city is ${node}.` }]);
  const by = author ? { author: author.sub, authorName: author.name } : COMMAND;
  const reason = `导入 ${basename(path)}`;
  return db.transact(node, async (tx) => {
    const report = await draftEntries(tx, file.items, { ...by, reason }, author !== null, dryRun, now);
    const titles = file.items.flatMap((item) => citationsOf(item.legalBasis).map(({ title }) => title));
    return { ...report, warnings: warningsOf(file.items, await basesByTitle(tx, [...new Set(titles)])) };
  });
}

function warningsOf(entries: readonly Omit<Item, 'version'>[], known: readonly LegalBasis[]): ImportWarning[] {
  return entries.flatMap(({ code, legalBasis }) =>
    repealedCitations(legalBasis, known).map((repealed) => ({ code, field: 'legalBasis' as const, ...repealed })),
  );
}

async function draftEntries(
  tx: SharedTx,
  entries: readonly Omit<Item, 'version'>[],
  by: Authorship,
  authored: boolean,
  dryRun: boolean,
  now: Date,
): Promise<Omit<ImportReport, 'warnings'>> {
  const report: Omit<ImportReport, 'warnings'> = { added: [], changed: [], unchanged: 0, diffs: [] };
  const drafts: { seq: number; before: Item | null; item: Item }[] = [];
  // always in the same order, so that two imports wait for each other and do not deadlock
  for (const read of entries.toSorted((a, b) => (a.code < b.code ? -1 : 1))) {
    const { published, draft, seq } = await lockItem(tx, read.code);
    const [newest = null] = published;
    const known = draft?.item ?? newest;
    // a catalogue file says nothing of forms: they stay, with the materials they are for
    const forms = formsKept(known?.forms, read.standard.materials);
    const entry = forms ? { ...read, forms } : read;
    if (known && sameContent(known, entry)) {
      report.unchanged++;
      continue;
    }
    if (newest && !authored && !dryRun) {
      throw problem(
        'BAD_INPUT',
        `${entry.code} is published; name the author of its change, who may not review it at any desk.`,
        {
          field: 'author',
        },
      );
    }
    if (known)
      report.diffs.push({
        code: entry.code,
        elements: diffElements(
          { ...known, version: 0, effectiveFrom: '' },
          { ...entry, version: 0, effectiveFrom: '' },
        ),
      });
    // a draft under way is replaced and reviewed again; a published version is kept, and the next one follows it
    if (!dryRun) await deleteDraft(tx, entry.code);
    const item = { ...entry, version: draft?.item.version ?? (newest?.version ?? 0) + 1 };
    drafts.push({ seq: seq + 1, before: newest, item });
    (known ? report.changed : report.added).push(entry.code);
  }
  if (dryRun) return report;
  await insertItems(
    tx,
    drafts.map(({ item }) => ({ item, publishedAt: null })),
  );
  await recordChanges(tx, 'DRAFTED', by, now, drafts);
  return report;
}

/** The items a command published, and those it left to the desks. */
export interface PublicationReport {
  /** Codes, in order. */
  published: string[];
  /** Codes of changed items that three desks have not approved yet. */
  waiting: string[];
}

/**
 * Publishes the city's drafts: they go down to every node by the catalogue feed. An item that was never published needs
 * no approval by the desks, since the first import takes over a list that was published on paper. Every later version
 * waits for their approval.
 */
export async function publishCatalogue(
  db: HostDb,
  node: DivisionCode,
  appender: FeedAppender,
  now: Date,
): Promise<PublicationReport> {
  return db.transact(node, async (tx) => {
    const rows = await tx.query<{ code: string }>(
      `SELECT code FROM items WHERE node = $1 AND published_at IS NULL ORDER BY code`,
    );
    const waiting: string[] = [];
    const ready: { seq: number; before: Item | null; item: Item }[] = [];
    for (const { code } of rows) {
      const { published, draft, seq } = await lockItem(tx, code);
      if (!draft) continue;
      const [before = null] = published;
      if (before && draftState(draft) !== 'APPROVED') {
        waiting.push(code);
        continue;
      }
      // a waiting draft takes effect when it is published, not when it was written
      const today = dayOf(now);
      const late = before !== null && draft.item.effectiveFrom < today;
      ready.push({ seq: seq + 1, before, item: late ? { ...draft.item, effectiveFrom: today } : draft.item });
    }
    const items = ready.map(({ item }) => item);
    await tx.query(`DELETE FROM items WHERE node = $1 AND code = ANY ($2) AND published_at IS NULL`, [
      items.map((item) => item.code),
    ]);
    await insertItems(
      tx,
      items.map((item) => ({ item, publishedAt: now })),
    );
    await recordChanges(tx, 'PUBLISHED', { ...COMMAND, reason: '发布' }, now, ready);
    await appender.append(
      tx,
      'CATALOGUE',
      items.map((item) => ({ kind: 'ITEM', item })),
    );
    return { published: items.map((item) => item.code), waiting };
  });
}

/** @throws {ProblemError} CATALOGUE_INVALID with every fault and its place; for a CSV file, line and column */
async function readEntries(path: string, today: Day): Promise<CatalogueFile> {
  const text = await readText(path, 'CATALOGUE_INVALID');
  if (extname(path).toLowerCase() === '.csv') {
    const csv = parseCatalogueCsv(text);
    const { file, faults } = readCatalogueFile(csv.content, today);
    const all = [...csv.faults, ...faults.map((fault) => ({ ...fault, place: csv.placeOf(fault.place) }))];
    if (!file || all.length > 0) throw invalid(path, all);
    return file;
  }
  const { file, faults } = readCatalogueFile(parseJson(path, text), today);
  if (!file) throw invalid(path, faults);
  return file;
}

function parseJson(path: string, text: string): unknown {
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
