import type { Viewer } from '@liandong/schema/operation';
import type { SignalKind } from '@liandong/schema/domains/signals';
import { MOST_COUNTED } from '@liandong/schema/domains/signals';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { SignalRow } from './tables.ts';
import { signalPreferencesTable, signalsTable } from './tables.ts';

/** A reader of signals: a person, and whose they are shown. */
export interface SignalReader extends Pick<Viewer, 'issuer' | 'sub' | 'department'> {
  /** Their own subject, and those of people they stand in for. */
  subs: readonly string[];
}

/** A signal with its number, and when the reader read it. */
export type NumberedSignal = SignalRow & { seq: number; readAt: Date | null };

/** Parameters 2 to 5: the reader; what is shown to them, without kinds they turned off. `r`: their reading of it. */
const SHOWN = `signals s LEFT JOIN signal_reads r ON r.node = s.node AND r.id = s.id AND r.issuer = $3 AND r.sub = $4
  WHERE s.node = $1 AND s.seq IS NOT NULL
    AND ((s.sub = ANY ($2) AND (s.issuer IS NULL OR s.issuer = $3))
      OR (s.sub IS NULL AND ($5::text IS NULL OR s.department IN ('', $5)) AND s.by_sub IS DISTINCT FROM $4))
    AND NOT EXISTS (SELECT 1 FROM signal_preferences p
      WHERE p.node = s.node AND p.issuer = $3 AND p.sub = $4 AND s.kind = ANY (p.off_kinds))` as const;

const parametersOf = ({ subs, issuer, sub, department }: SignalReader) => [subs, issuer, sub, department];

/** Signals behind a number, in order. @param unread only those the reader has not read */
export async function listSignals(
  queries: NodeQueries,
  reader: SignalReader,
  { after, unread }: { after: number; unread: boolean },
  limit: number,
): Promise<NumberedSignal[]> {
  return queries.query<NumberedSignal>(
    `SELECT ${signalsTable.select('s')}, r.read_at AS "readAt" FROM ${SHOWN}
       AND s.seq > $6 AND (r.id IS NULL OR NOT $7) ORDER BY s.seq LIMIT $8`,
    [...parametersOf(reader), after, unread, limit],
  );
}

/** How many signals the reader has not read; not more than are counted. */
export async function countUnread(queries: NodeQueries, reader: SignalReader): Promise<number> {
  const [row] = await queries.query<{ count: number }>(
    `SELECT count(*) AS count FROM (SELECT 1 FROM ${SHOWN} AND r.id IS NULL LIMIT ${MOST_COUNTED}) AS unread`,
    parametersOf(reader),
  );
  return row?.count ?? 0;
}

/** The number of the node's last signal; 0 if it has none. */
export async function findHead(queries: NodeQueries): Promise<number> {
  const [row] = await queries.query<{ head: number }>(`SELECT head FROM signal_heads WHERE node = $1`);
  return row?.head ?? 0;
}

/** Marks signals the reader is shown as read: those with these ids, or all up to a number. */
export async function markRead(
  tx: SharedTx,
  reader: SignalReader,
  which: { ids: readonly string[] } | { upTo: number },
  now: Date,
): Promise<void> {
  const [ids, upTo] = 'ids' in which ? [which.ids, null] : [null, which.upTo];
  await tx.query(
    `INSERT INTO signal_reads (node, id, issuer, sub, read_at)
     SELECT $1, s.id, $3, $4, $6 FROM ${SHOWN} AND r.id IS NULL AND (s.id = ANY ($7::uuid[]) OR s.seq <= $8)
     ON CONFLICT DO NOTHING`,
    [...parametersOf(reader), now, ids, upTo],
  );
}

/** Kinds a person has turned off. */
export async function findOff(queries: NodeQueries, { issuer, sub }: Pick<Viewer, 'issuer' | 'sub'>) {
  const [row] = await queries.query<{ off: SignalKind[] }>(
    `SELECT off_kinds AS off FROM signal_preferences WHERE node = $1 AND issuer = $2 AND sub = $3`,
    [issuer, sub],
  );
  return row?.off ?? [];
}

export async function saveOff(
  tx: SharedTx,
  { issuer, sub }: Pick<Viewer, 'issuer' | 'sub'>,
  offKinds: readonly SignalKind[],
): Promise<void> {
  await insert(tx, signalPreferencesTable, [{ issuer, sub, offKinds }], 'REPLACE');
}
