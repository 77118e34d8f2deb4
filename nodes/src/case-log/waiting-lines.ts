import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb, SharedTx } from '../db/index.ts';
import { coalesced } from '../db/index.ts';
import type { SignedLine } from './case-lines.ts';
import { signedOf } from './case-lines.ts';

/** Most bytes of signed lines that wait here for one case. */
const MOST_OF_CASE = 256 * 1024;
/** Most bytes that wait here from one node. */
const MOST_OF_SENDER = 1024 * 1024;
/** A line further behind the log than this does not wait here. */
const MOST_BEHIND = 1_000;

/** A line that came ahead of earlier ones; only its signature was checked then. */
export interface WaitingLine extends SignedLine {
  /** The node that brought it; empty for lines from before senders were recorded. */
  sender: DivisionCode;
}

/** The waiting lines of a case, in order; several lines may claim one number. */
export const readWaiting = coalesced(async (tx: SharedTx, ids: readonly string[]): Promise<WaitingLine[][]> => {
  const rows = await tx.query<{ case_id: string; jws: string; hash: string; sender: string }>(
    `SELECT case_id, jws, hash, sender FROM waiting_lines WHERE node = $1 AND case_id = ANY ($2)
     ORDER BY case_id, seq, came_at, hash`,
    [ids],
  );
  return ids.map((id) =>
    rows.filter((row) => row.case_id === id).map((row) => ({ ...signedOf(row), sender: row.sender })),
  );
});

/**
 * Keeps lines behind a gap, apart from the log, until the log reaches them. Each case and each sender has a limit in
 * bytes, so that no sender can fill the disk.
 * @param place.held how many lines the log has
 * @returns false where there are more than may wait; none of them is kept then, and their sender keeps them
 */
export async function keepWaiting(
  tx: SharedTx,
  { case: id, sender, held }: { case: string; sender: DivisionCode; held: number },
  lines: readonly SignedLine[],
): Promise<boolean> {
  if (lines.some(({ line }) => line.seq > held + MOST_BEHIND)) return false;
  const bytes = lines.reduce((sum, { jws }) => sum + Buffer.byteLength(jws), 0);
  const kept = await tx.query(
    `INSERT INTO waiting_lines (node, case_id, seq, hash, jws, sender)
     SELECT $1, $2, seq, hash, jws, $3 FROM json_to_recordset($4) AS l (seq int, hash text, jws text)
     WHERE $5 + (SELECT coalesce(sum(octet_length(jws)), 0) FROM waiting_lines WHERE node = $1 AND case_id = $2)
         <= ${MOST_OF_CASE}
       AND $5 + (SELECT coalesce(sum(octet_length(jws)), 0) FROM waiting_lines WHERE node = $1 AND sender = $3)
         <= ${MOST_OF_SENDER}
     ON CONFLICT (node, case_id, seq, hash) DO NOTHING RETURNING 1`,
    [id, sender, JSON.stringify(lines.map(({ line, hash, jws }) => ({ seq: line.seq, hash, jws }))), bytes],
  );
  return kept.length === lines.length;
}

/** Removes lines that need not wait any more. */
export async function dropWaiting(tx: SharedTx, id: string, lines: readonly WaitingLine[]): Promise<void> {
  await tx.query(`DELETE FROM waiting_lines WHERE node = $1 AND case_id = $2 AND hash = ANY ($3)`, [
    id,
    lines.map(({ hash }) => hash),
  ]);
}

/** A waiting line whose number the log has filled with another line. */
export interface PassedLine {
  node: DivisionCode;
  case: string;
  seq: number;
  sender: DivisionCode;
}

/**
 * Removes waiting lines whose numbers the logs have reached: steps at the desk itself do not look at them.
 * @param told called for each line that does not belong to the log
 */
export async function dropPassedLines(
  db: HostDb,
  nodes: readonly DivisionCode[],
  told: (line: PassedLine) => void,
): Promise<void> {
  const passed = await db.queryHost<PassedLine & { same: boolean }>(
    `DELETE FROM waiting_lines w USING cases c
     WHERE w.node = ANY ($1) AND c.node = w.node AND c.id = w.case_id AND w.seq <= c.seq
     RETURNING w.node, w.case_id AS "case", w.seq, w.sender, EXISTS (
       SELECT 1 FROM case_log l
       WHERE l.node = w.node AND l.case_id = w.case_id AND l.seq = w.seq AND l.hash = w.hash) AS same`,
    [nodes],
  );
  for (const { same, ...line } of passed) if (!same) told(line);
}
