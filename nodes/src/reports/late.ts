import type { DivisionCode } from '@liandong/schema/kernel';
import { reportLateSignal } from '@liandong/schema/domains/signals';
import { findCase } from '../cases/index.ts';
import type { HostDb, NodeQueries } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { SignalBook } from '../signals/index.ts';

/** Most cases told of in one run. */
const MOST = 200;

export interface LateParts {
  node: DivisionCode;
  db: HostDb;
  signals: SignalBook;
  failures: Failures;
  now: () => Date;
}

/**
 * Tells of every case here that an organ outside has not answered by its day, once for each such day.
 * @returns how many were told of
 */
export async function tellLateReports({ node, db, signals, failures, now }: LateParts): Promise<number> {
  const late = await findLate(db.queries(node), now());
  const failed = await failures.each(
    'telling of late organs outside',
    late,
    ({ id }) => ({ node, case: id }),
    ({ id, dueAt }) =>
      db.transact(node, async (tx) => {
        const stored = await findCase(tx, id);
        if (!stored) return;
        await signals.write(tx, reportLateSignal({ node, file: stored.file, handler: stored.handler }, dueAt, now()));
      }),
  );
  return late.length - failed;
}

/** Cases held here whose organ outside is past its day, and that nobody was told of. */
function findLate(queries: NodeQueries, now: Date): Promise<{ id: string; dueAt: Date }[]> {
  return queries.query(
    `SELECT id, report_due_at AS "dueAt" FROM cases c
     WHERE node = $1 AND custody = 'HELD' AND report_due_at < $2
       AND NOT EXISTS (SELECT 1 FROM signals s WHERE s.node = c.node AND s.case_id = c.id
         AND s.due_at = c.report_due_at AND s.kind = 'REPORT_LATE')
     ORDER BY report_due_at, id LIMIT ${MOST}`,
    [now],
  );
}
