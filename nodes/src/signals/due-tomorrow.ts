import type { DivisionCode, OfficialCalendar } from '@liandong/schema/kernel';
import { endOfNextWorkday } from '@liandong/schema/kernel';
import { dueSignal, questionDueSignal } from '@liandong/schema/domains/signals';
import { findCase } from '../cases/index.ts';
import type { HostDb, NodeQueries } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { SignalBook } from './signal-book.ts';

/** Most cases told of in one run. */
const MOST = 200;

export interface DueParts {
  node: DivisionCode;
  db: HostDb;
  calendar: () => OfficialCalendar;
  signals: SignalBook;
  failures: Failures;
  now: () => Date;
}

/**
 * Tells of every case held here whose limit ends by the next workday, once for each limit; and the departments here of
 * every answer they owe by then, also to other nodes, once for each deadline.
 * @returns how many were told of
 */
export async function tellDue(parts: DueParts): Promise<number> {
  const { now, calendar } = parts;
  const until = endOfNextWorkday(now(), calendar());
  return (await tellDueCases(parts, until)) + (await tellDueAnswers(parts, until));
}

async function tellDueAnswers({ node, db, signals, now }: DueParts, until: Date): Promise<number> {
  const due = await findDueAnswers(db.queries(node), now(), until);
  if (due.length === 0) return 0;
  const drafts = due.map(({ department, dueAt, ...asked }) => questionDueSignal(asked, department, dueAt, now()));
  await db.transact(node, (tx) => signals.write(tx, drafts));
  return due.length;
}

async function tellDueCases({ node, db, signals, failures, now }: DueParts, until: Date): Promise<number> {
  const due = await findDue(db.queries(node), now(), until);
  const failed = await failures.each(
    'telling of limits',
    due,
    ({ id }) => ({ node, case: id }),
    ({ id, dueAt }) =>
      db.transact(node, async (tx) => {
        const stored = await findCase(tx, id);
        if (!stored) return;
        await signals.write(tx, dueSignal({ node, file: stored.file, handler: stored.handler }, dueAt, now()));
      }),
  );
  return due.length - failed;
}

/** Open cases held here whose limit runs and ends soon, and that nobody was told of. */
function findDue(queries: NodeQueries, from: Date, until: Date): Promise<{ id: string; dueAt: Date }[]> {
  return queries.query(
    `SELECT id, next_due_at AS "dueAt" FROM cases c
     WHERE node = $1 AND custody = 'HELD' AND closed_at IS NULL AND paused_days IS NULL
       AND next_due_at > $2 AND next_due_at <= $3
       AND NOT EXISTS (SELECT 1 FROM signals s WHERE s.node = c.node AND s.case_id = c.id
         AND s.due_at = c.next_due_at AND s.kind = 'DUE_TOMORROW')
     ORDER BY next_due_at, id LIMIT ${MOST}`,
    [from, until],
  );
}

interface DueAnswer {
  caseId: string;
  number: string;
  item: string;
  department: string;
  dueAt: Date;
}

/** Questions to departments here that wait for an answer, are due soon, and whose deadline was not told of. */
function findDueAnswers(queries: NodeQueries, from: Date, until: Date): Promise<DueAnswer[]> {
  return queries.query(
    `SELECT case_id AS "caseId", number, item, department, due_at AS "dueAt" FROM opinion_requests r
     WHERE node = $1 AND waiting AND due_at > $2 AND due_at <= $3
       AND NOT EXISTS (SELECT 1 FROM signals s WHERE s.node = r.node AND s.case_id = r.case_id
         AND s.due_at = r.due_at AND s.department = r.department AND s.kind = 'DUE_TOMORROW')
     ORDER BY due_at, case_id, party LIMIT ${MOST}`,
    [from, until],
  );
}
