import type { DivisionCode, OfficialCalendar } from '@liandong/schema/kernel';
import { taskDueSignals } from '@liandong/schema/domains/signals';
import { dayOf, endOfNextWorkday } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';
import type { SignalBook } from '../signals/index.ts';
import { takeDueTasks } from './task-store.ts';

/** Most tasks told of in one run. */
const MOST = 200;

interface DueTasksParts {
  node: DivisionCode;
  db: HostDb;
  calendar: () => OfficialCalendar;
  signals: SignalBook;
  now: () => Date;
}

/**
 * Tells of every open task that is due by the next workday, once.
 * @returns how many were told of
 */
export function tellDueTasks({ node, db, calendar, signals, now }: DueTasksParts): Promise<number> {
  return db.transact(node, async (tx) => {
    const at = now();
    const due = await takeDueTasks(tx, dayOf(endOfNextWorkday(at, calendar())), MOST);
    await signals.write(
      tx,
      due.flatMap((task) => taskDueSignals(task, at)),
    );
    return due.length;
  });
}
