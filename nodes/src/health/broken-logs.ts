import { ProblemError } from '@liandong/schema/kernel';
import { foldLog } from '@liandong/schema/case';
import type { NodeQueries } from '../db/index.ts';
import { inBatches } from '../db/index.ts';
import { requireChain } from '../case-log/index.ts';
import { readLines } from '../cases/index.ts';

/** Logs read at a time. */
const BATCH = 200;

/** A case whose log can't be followed. */
export interface BrokenLog {
  id: string;
  /** The reason, in words that name no person. */
  reason: string;
}

/**
 * Follows the logs of a node's open cases, line by line, without opening sealed values. @returns the cases that can't
 * be followed
 */
export async function findBrokenLogs(queries: NodeQueries): Promise<BrokenLog[]> {
  const open = inBatches(BATCH, (after: { id: string; head: string } | null) =>
    queries.query<{ id: string; head: string }>(
      `SELECT id, head FROM cases WHERE node = $1 AND closed_at IS NULL AND id > $2 ORDER BY id LIMIT ${BATCH}`,
      [after?.id ?? ''],
    ),
  );
  const broken: BrokenLog[] = [];
  for await (const { id, head } of open) {
    try {
      const lines = await readLines(queries, id);
      requireChain(lines, null);
      foldLog(lines.map(({ line }) => line));
      if (lines.at(-1)?.hash !== head) broken.push({ id, reason: 'Its last line is not the one its row names.' });
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'DATABASE_UNAVAILABLE') throw error;
      broken.push({ id, reason: error instanceof ProblemError ? error.message : 'A line of it cannot be read.' });
    }
  }
  return broken;
}

/** The lines behind gaps at a node: the number of cases and lines, and since when the oldest waits. */
export interface WaitingSummary {
  cases: number;
  lines: number;
  since: Date;
}

/** Lines that wait since before a moment; null if there are none. */
export async function findLongWaiting(queries: NodeQueries, before: Date): Promise<WaitingSummary | null> {
  const [row] = await queries.query<{ cases: number; lines: number; since: Date | null }>(
    `SELECT count(DISTINCT case_id) AS cases, count(*) AS lines, min(came_at) AS since
     FROM waiting_lines WHERE node = $1 AND came_at < $2`,
    [before],
  );
  return row && row.since !== null ? { ...row, since: row.since } : null;
}
