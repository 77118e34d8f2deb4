import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { entryOf, itemSchema } from '@liandong/schema/domains/catalogue';
import type { HostDb } from '../db/index.ts';
import { catalogueCsv } from './catalogue-csv.ts';
import type { ImportReport, ImportWarning } from './catalogue-import.ts';

/**
 * The last published version of every item a node knows, in the form an import reads: reading it again changes nothing.
 */
export async function exportCatalogue(
  db: HostDb,
  node: DivisionCode,
  divisions: Divisions,
  format: 'json' | 'csv',
): Promise<string> {
  const rows = await db
    .queries(node)
    .query<{ body: unknown }>(
      `SELECT DISTINCT ON (code) body FROM items WHERE node = $1 AND published_at IS NOT NULL ORDER BY code, version DESC`,
    );
  const entries = rows.map((row) => entryOf(itemSchema.parse(row.body)));
  const issuer = divisions.city.code;
  return format === 'csv' ? catalogueCsv(issuer, entries) : `${JSON.stringify({ issuer, items: entries }, null, 1)}\n`;
}

/** What an import would change, for people: a line for each item and each element. */
export function describeImport({ added, unchanged, diffs, warnings }: ImportReport): string {
  const lines = [
    ...added.map((code) => `+ ${code}`),
    ...diffs.flatMap(({ code, elements }) => [
      `~ ${code}`,
      ...elements.map(({ path, before, after }) => `    ${path}: ${before ?? '(none)'} → ${after ?? '(none)'}`),
    ]),
    ...warnings.map(describeWarning),
    `${added.length} new, ${diffs.length} changed, ${unchanged} unchanged; nothing was imported.`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A warning of an import as one line. */
export function describeWarning({ code, field, citation, repealedOn, supersededBy }: ImportWarning): string {
  const instead = supersededBy === null ? '' : `, superseded by ${supersededBy}`;
  return `! ${code}: ${field} cites ${citation}, repealed on ${repealedOn}${instead}`;
}
