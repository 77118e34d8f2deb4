import type { Divisions, OfficialCalendar } from '@liandong/schema';
import { calendarMark } from '../calendar/index.ts';
import type { HostDb } from '../db/index.ts';
import { datesOf, lockCase } from './case-store.ts';

const SETTING = 'calendar';
const BATCH = 200;

/**
 * Counts the dates of a node’s cases again that are provisional or still run, when the calendar is another than they were
 * counted with: a notice may be corrected, too.
 * @returns how many cases were looked at
 */
export async function recountDates(
  db: HostDb,
  node: string,
  calendar: OfficialCalendar,
  divisions: Divisions,
): Promise<number> {
  const mark = calendarMark(calendar);
  const [setting] = await db
    .queries(node)
    .query<{ value: string }>(`SELECT value FROM node_settings WHERE node = $1 AND key = $2`, [SETTING]);
  if (setting?.value === mark) return 0;
  let looked = 0;
  for (let after = ''; ;) {
    const rows = await db
      .queries(node)
      .query<{ id: string }>(
        `SELECT id FROM cases WHERE node = $1 AND (provisional OR closed_at IS NULL) AND id > $2 ORDER BY id LIMIT ${BATCH}`,
        [after],
      );
    for (const { id } of rows) {
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
    }
    looked += rows.length;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) break;
    after = last.id;
  }
  await db.transact(node, (tx) =>
    tx.query(
      `INSERT INTO node_settings (node, key, value) VALUES ($1, $2, $3)
       ON CONFLICT (node, key) DO UPDATE SET value = excluded.value`,
      [SETTING, mark],
    ),
  );
  return looked;
}
