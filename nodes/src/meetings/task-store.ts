import type { MeetingTask } from '@liandong/schema/domains/meetings';
import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { MeetingTaskRow } from './tables.ts';
import { meetingTasksTable } from './tables.ts';

const TASKS = `SELECT ${meetingTasksTable.selectAll('t')} FROM meeting_tasks t`;

/** Stores a task as it is now. */
export async function saveTask(tx: SharedTx, { done, ...task }: MeetingTask): Promise<void> {
  const ended = { doneAt: done?.at ?? null, doneBy: done?.by ?? null, result: done?.result ?? null };
  await insert(tx, meetingTasksTable, [{ ...task, ...ended }], 'REPLACE');
}

/** One task, locked until the transaction ends. @throws {ProblemError} NOT_FOUND */
export async function lockTask(tx: SharedTx, id: string): Promise<MeetingTask> {
  const rows = await tx.query<MeetingTaskRow>(`${TASKS} WHERE t.node = $1 AND t.id = $2 FOR UPDATE`, [id]);
  const [task] = await tasks(tx, rows);
  if (task) return task;
  throw problem('NOT_FOUND', `${tx.node} has no such task.`, { node: tx.node, field: 'task' });
}

/** The tasks of some meetings, in the order they were given. */
export async function findTasksOf(queries: NodeQueries, meetings: readonly string[]): Promise<MeetingTask[]> {
  const rows = await queries.query<MeetingTaskRow>(
    `${TASKS} WHERE t.node = $1 AND t.meeting = ANY ($2::uuid[]) ORDER BY t.given_at, t.id`,
    [meetings],
  );
  return tasks(queries, rows);
}

/**
 * Tasks that are not done, of meetings that were not cancelled, by their day.
 * @param seen the department and the person who see theirs and those of their meetings; a null department sees all
 */
export async function findOpenTasks(
  queries: NodeQueries,
  { department, person: { issuer, sub } }: { department: string | null; person: Pick<Viewer, 'issuer' | 'sub'> },
  limit: number,
): Promise<MeetingTask[]> {
  const rows = await queries.query<MeetingTaskRow>(
    `${TASKS} JOIN meetings m ON m.node = t.node AND m.id = t.meeting
     WHERE t.node = $1 AND t.done_at IS NULL AND m.state <> 'CANCELLED'
       AND ($2::text IS NULL OR t.department = $2 OR m.department IS NULL OR m.department = $2 OR t.person @> $3::jsonb)
     ORDER BY t.due, t.id LIMIT $4`,
    [department, JSON.stringify({ issuer, sub }), limit],
  );
  return tasks(queries, rows);
}

/**
 * Open tasks that end by a day and whose holders were not told, which counts as told from now on.
 * @param until the last day
 */
export async function takeDueTasks(tx: SharedTx, until: string, limit: number): Promise<MeetingTask[]> {
  const rows = await tx.query<MeetingTaskRow>(
    `UPDATE meeting_tasks t SET told = true FROM meetings m
     WHERE t.node = $1 AND m.node = t.node AND m.id = t.meeting AND m.state <> 'CANCELLED'
       AND t.id IN (SELECT id FROM meeting_tasks WHERE node = $1 AND done_at IS NULL AND NOT told AND due <= $2::date
         ORDER BY due, id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING ${meetingTasksTable.selectAll('t')}`,
    [until, limit],
  );
  return tasks(tx, rows);
}

async function tasks(queries: Pick<NodeQueries, 'vault'>, rows: readonly MeetingTaskRow[]): Promise<MeetingTask[]> {
  return (await opened(queries, meetingTasksTable, rows)).map(
    ({ doneAt, doneBy, result, told: _told, ...task }): MeetingTask => ({
      ...task,
      done: doneAt && { at: doneAt, by: doneBy ?? '', result },
    }),
  );
}
