import type { Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import { calendarMark } from '../calendar/index.ts';
import type { HostDb } from '../db/index.ts';
import { inBatches } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { datesOf } from './case-saving.ts';
import { lockCase } from './case-store.ts';

const SETTING = 'calendar';
const BATCH = 200;

export interface RecountParts {
  db: HostDb;
  divisions: Divisions;
  failures: Failures;
}

/**
 * Counts the dates of a node's cases again that are provisional or still run, if the calendar has changed since they
 * were counted: a notice may be corrected, too. A case that can't be read keeps its dates.
 * @returns how many cases were looked at
 */
export async function recountDates(
  { db, divisions, failures }: RecountParts,
  node: string,
  calendar: OfficialCalendar,
): Promise<number> {
  const mark = calendarMark(calendar);
  const queries = db.queries(node);
  const [setting] = await queries.query<{ value: string }>(
    `SELECT value FROM node_settings WHERE node = $1 AND key = $2`,
    [SETTING],
  );
  if (setting?.value === mark) return 0;
  const counted = inBatches(BATCH, (after: { id: string } | null) =>
    queries.query<{ id: string }>(
      `SELECT id FROM cases WHERE node = $1 AND (provisional OR closed_at IS NULL) AND id > $2 ORDER BY id LIMIT ${BATCH}`,
      [after?.id ?? ''],
    ),
  );
  let looked = 0;
  const subjectOf = ({ id }: { id: string }) => ({ node, case: id });
  await failures.each('recounting due dates', counted, subjectOf, async ({ id }) => {
    looked++;
    await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, id);
      if (!stored) return;
      const dates = datesOf(stored.file, node, calendar, divisions);
      await tx.query(
        `UPDATE cases SET acceptance_due_at = $3, due_at = $4, provisional = $5, next_due_at = $6, paused_days = $7
         WHERE node = $1 AND id = $2`,
        [id, dates.acceptanceDueAt, dates.dueAt, dates.provisional, dates.nextDueAt, dates.pausedDays],
      );
    });
  });
  await db.transact(node, (tx) =>
    tx.query(
      `INSERT INTO node_settings (node, key, value) VALUES ($1, $2, $3)
       ON CONFLICT (node, key) DO UPDATE SET value = excluded.value`,
      [SETTING, mark],
    ),
  );
  return looked;
}
