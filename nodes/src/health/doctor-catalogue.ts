import type { CatalogueEntry } from '@liandong/schema/domains/catalogue';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { catalogueEntrySchema } from '@liandong/schema/domains/catalogue';
import { publisherFault } from '@liandong/schema/wire';
import { sameData } from '@liandong/schema/domains/item-life';
import type { HostDb } from '../db/index.ts';
import { findFeeds, readEntries } from '../feeds/index.ts';
import { payloadOf } from '../trust/index.ts';
import type { Finding } from './doctor-check.ts';
import { bad, ok, warn } from './doctor-check.ts';

/** Entries read at a time, at most. */
const PAGE = { entries: 500, bytes: 4 * 1024 * 1024 };
/** An invalid entry is reported for this long after its date, ms. */
const RECENT_MS = 30 * 86_400_000;
/** Most entries named one by one. */
const NAMED = 10;

/** The parts that the check examines. */
export interface CatalogueSubject {
  config: { nodes: readonly DivisionCode[] };
  db: HostDb;
  divisions: Promise<Divisions>;
  now: () => Date;
}

interface WrongEntry {
  entry: CatalogueEntry;
  reason: string;
}

/**
 * Checks that each catalogue entry in effect here comes from the node that may publish it: a node took in others before
 * it checked that.
 */
export async function examineCatalogue({ config, db, divisions, now }: CatalogueSubject): Promise<Finding[]> {
  const register = await divisions;
  const wrong: WrongEntry[] = [];
  for (const [publisher, node] of await holders(db, config.nodes)) {
    wrong.push(...(await wrongEntries(db, node, publisher, register)));
  }
  const stored: string[] = [];
  for (const { entry } of wrong) stored.push(...(await storedOf(db, config.nodes, entry)));
  const findings: Finding[] = [];
  if (stored.length > 0) {
    const remedy =
      'Ask the publisher’s people how that came about, and whether its key was stolen (liandong keys). Then stop the host and delete these rows; what rightful publishers say has its own versions and stays.';
    findings.push(bad('catalogue', `What its publisher may not say counts here: ${listed(stored)}. ${remedy}`));
  }
  const recent = wrong.filter(({ entry }) => now().getTime() - Date.parse(entry.at) < RECENT_MS);
  if (recent.length > 0) {
    const reasons = recent.map(({ reason }) => reason);
    const remedy = 'New ones count nothing. Ask its people how that came about, and whether its key was stolen.';
    findings.push(warn('catalogue', `Entries of the last 30 days that nobody may say: ${listed(reasons)} ${remedy}`));
  }
  if (findings.length > 0) return findings;
  return [ok('catalogue', 'Items and implementations come from those who may publish them.')];
}

/** For each publisher, the node of this host that holds most of its catalogue. */
async function holders(db: HostDb, nodes: readonly DivisionCode[]): Promise<Map<DivisionCode, DivisionCode>> {
  const best = new Map<DivisionCode, { node: DivisionCode; head: number }>();
  for (const node of nodes) {
    for (const { publisher, head } of await findFeeds(db.queries(node), 'CATALOGUE')) {
      if (head > (best.get(publisher)?.head ?? 0)) best.set(publisher, { node, head });
    }
  }
  return new Map([...best].map(([publisher, { node }]) => [publisher, node]));
}

async function wrongEntries(
  db: HostDb,
  node: DivisionCode,
  publisher: DivisionCode,
  divisions: Divisions,
): Promise<WrongEntry[]> {
  const wrong: WrongEntry[] = [];
  for (let after = 0; ;) {
    const page = await readEntries(db.queries(node), 'CATALOGUE', publisher, after, PAGE);
    if (page.length === 0) return wrong;
    for (const jws of page) {
      const entry = catalogueEntrySchema.safeParse(payloadOf(jws));
      const reason = entry.success ? publisherFault(entry.data.body, publisher, divisions) : null;
      if (entry.success && reason !== null) wrong.push({ entry: entry.data, reason });
    }
    after += page.length;
  }
}

/** Where an invalid entry is stored all the same: how to find its rows in the database. */
async function storedOf(db: HostDb, nodes: readonly DivisionCode[], { body, publisher }: CatalogueEntry) {
  type Row = { node: DivisionCode; body: unknown };
  if (body.kind === 'ITEM') {
    const { code, version } = body.item;
    const rows = await db.queryHost<Row>(
      `SELECT node, body FROM items WHERE node = ANY ($1) AND code = $2 AND version = $3 AND published_at IS NOT NULL`,
      [nodes, code, version],
    );
    const items = rows.filter((row) => sameData(row.body, body.item)).map(({ node }) => node);
    // rows made by following the entry
    const followed = await db.queryHost<{ node: DivisionCode; version: number }>(
      `SELECT node, version FROM implementations WHERE node = ANY ($1) AND decider = node AND item = $2 AND item_version = $3`,
      [items, code, version],
    );
    return [
      ...items.map((node) => `items of ${node}, code ${code}, version ${version}, from ${publisher}`),
      ...followed.map(
        (row) =>
          `implementations of ${row.node}, item ${code}, decider ${row.node}, version ${row.version}, which follows it`,
      ),
    ];
  }
  if (body.kind === 'IMPLEMENTATION') {
    const { item, node: decider, version } = body.implementation;
    const rows = await db.queryHost<Row>(
      `SELECT node, body FROM implementations WHERE node = ANY ($1) AND item = $2 AND decider = $3 AND version = $4`,
      [nodes, item, decider, version],
    );
    return rows
      .filter((row) => sameData(row.body, body.implementation))
      .map(
        ({ node }) =>
          `implementations of ${node}, item ${item}, decider ${decider}, version ${version}, from ${publisher}`,
      );
  }
  // offers and changes of the law were always accepted from their publishers only; grants and keys prove themselves
  return [];
}

function listed(all: readonly string[]): string {
  const more = all.length > NAMED ? `; and ${all.length - NAMED} more` : '';
  return `${all.slice(0, NAMED).join('; ')}${more}`;
}
