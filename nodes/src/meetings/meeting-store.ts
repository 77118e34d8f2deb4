import type {
  AgendaItem,
  CitableMeeting,
  CaseMeetingView,
  ItemResult,
  Meeting,
} from '@liandong/schema/domains/meetings';
import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { MeetingItemRow, MeetingRow } from './tables.ts';
import { meetingItemsTable, meetingsTable } from './tables.ts';
import { findTasksOf } from './task-store.ts';

const MEETINGS = `SELECT ${meetingsTable.selectAll('m')} FROM meetings m`;
const ITEMS = `SELECT ${meetingItemsTable.selectAll('i')} FROM meeting_items i`;

/** A meeting with what only the store needs. */
export interface StoredMeeting extends Meeting {
  /** The last number of its agenda. */
  lastItem: number;
}

/** One meeting, locked until the transaction ends. @throws {ProblemError} NOT_FOUND */
export async function lockMeeting(tx: SharedTx, id: string): Promise<StoredMeeting> {
  const rows = await tx.query<MeetingRow>(`${MEETINGS} WHERE m.node = $1 AND m.id = $2 FOR UPDATE`, [id]);
  return one(tx, rows);
}

/** @throws {ProblemError} NOT_FOUND */
export async function getMeeting(queries: NodeQueries, id: string): Promise<StoredMeeting> {
  const rows = await queries.query<MeetingRow>(`${MEETINGS} WHERE m.node = $1 AND m.id = $2`, [id]);
  return one(queries, rows);
}

async function one(queries: NodeQueries, rows: readonly MeetingRow[]): Promise<StoredMeeting> {
  const [meeting] = await whole(queries, rows);
  if (meeting) return meeting;
  throw problem('NOT_FOUND', `${queries.node} has no such meeting.`, { node: queries.node });
}

/** Which meetings of a desk are listed. */
export interface MeetingFilter {
  from: string | null;
  until: string | null;
  state: string | null;
  /** The department whose meetings, and those it is invited to, are listed; null for all. */
  department: string | null;
  /** The person who sees those they planned or are invited to. */
  person: Pick<Viewer, 'issuer' | 'sub'>;
}

/** Meetings by day, the latest first, behind the one at `after`. */
export async function listMeetings(
  queries: NodeQueries,
  { from, until, state, department, person: { issuer, sub } }: MeetingFilter,
  after: readonly [day: string, id: string] | null,
  limit: number,
): Promise<StoredMeeting[]> {
  const rows = await queries.query<MeetingRow>(
    `${MEETINGS} WHERE m.node = $1 AND ($2::date IS NULL OR m.day >= $2) AND ($3::date IS NULL OR m.day <= $3)
       AND ($4::text IS NULL OR m.state = $4) AND ($7::date IS NULL OR (m.day, m.id) < ($7, $8::uuid))
       AND ($5::text IS NULL OR m.department IS NULL OR m.department = $5 OR m.planned_by @> $6::jsonb
         OR EXISTS (SELECT 1 FROM jsonb_array_elements(m.seats) s
           WHERE s->>'department' = $5 OR s->'person' @> $6::jsonb))
     ORDER BY m.day DESC, m.id DESC LIMIT $9`,
    [from, until, state, department, JSON.stringify({ issuer, sub }), after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  return whole(queries, rows);
}

/** Stores a meeting as it is now, without its agenda and tasks. */
export async function saveMeeting(
  tx: SharedTx,
  meeting: Meeting,
  { lastItem, serial }: { lastItem: number; serial: number | null },
): Promise<void> {
  const { agenda: _agenda, tasks: _tasks, minutes, cancelled, ...row } = meeting;
  const closing = {
    number: minutes?.number ?? null,
    serial,
    closedAt: minutes?.at ?? null,
    closedBy: minutes?.by ?? null,
    digest: minutes?.digest ?? null,
    minutes: minutes?.text ?? null,
  };
  const ending = {
    cancelledAt: cancelled?.at ?? null,
    cancelledBy: cancelled?.by ?? null,
    cancelReason: cancelled?.reason ?? null,
  };
  await insert(tx, meetingsTable, [{ ...row, lastItem, ...closing, ...ending }], 'REPLACE');
}

/** The next serial of minutes in a year; closings of the node wait for each other until the transaction ends. */
export async function nextSerial(tx: SharedTx, year: string): Promise<number> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('minutes'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
  const [row] = await tx.query<{ last: number }>(
    `SELECT coalesce(max(serial), 0) AS last FROM meetings
     WHERE node = $1 AND to_char(closed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY') = $2`,
    [year],
  );
  return (row?.last ?? 0) + 1;
}

export async function saveItem(tx: SharedTx, meeting: string, { result, ...item }: AgendaItem): Promise<void> {
  const { outcome, ...found } = result ?? { outcome: null };
  const row = { ...item, meeting, outcome, found: result && JSON.stringify(found) };
  await insert(tx, meetingItemsTable, [row], 'REPLACE');
}

export async function dropItem(tx: SharedTx, meeting: string, number: number): Promise<void> {
  await tx.query(`DELETE FROM meeting_items WHERE node = $1 AND meeting = $2 AND number = $3`, [meeting, number]);
}

/** Where an item was put off: the minutes of the meeting that did so. */
export type DeferredItem = AgendaItem & { meeting: string; minutes: string; day: string };

/**
 * Items that a closed meeting put off, of cases that stand on no agenda since, the longest waiting first.
 * @param caseId of this case; null for all
 */
export async function findDeferred(
  queries: NodeQueries,
  { caseId, department, limit }: { caseId: string | null; department: string | null; limit: number },
): Promise<DeferredItem[]> {
  type Row = MeetingItemRow & { minutes: string; day: string };
  const rows = await queries.query<Row>(
    `SELECT ${meetingItemsTable.selectAll('i')}, m.number AS minutes, m.day FROM meeting_items i
     JOIN meetings m ON m.node = i.node AND m.id = i.meeting
     WHERE i.node = $1 AND i.outcome = 'DEFERRED' AND m.state = 'HELD' AND ($2::text IS NULL OR i.case_id = $2)
       AND ($3::text IS NULL OR m.department IS NULL OR m.department = $3)
       AND NOT EXISTS (SELECT 1 FROM meeting_items n JOIN meetings l ON l.node = n.node AND l.id = n.meeting
         WHERE n.node = i.node AND n.case_id = i.case_id AND n.meeting <> i.meeting
           AND (l.state = 'PLANNED' OR (l.state = 'HELD' AND l.closed_at > m.closed_at)))
     ORDER BY m.closed_at, i.number LIMIT $4`,
    [caseId, department, limit],
  );
  return (await opened(queries, meetingItemsTable, rows)).map((row) => ({
    ...itemOf(row),
    meeting: row.meeting,
    minutes: row.minutes,
    day: row.day,
  }));
}

/** The meetings a case was on, the latest first; cancelled ones are left out. */
export async function findMeetingsOf(queries: NodeQueries, caseId: string): Promise<CaseMeetingView[]> {
  return queries.query<CaseMeetingView>(
    `SELECT m.id, m.kind, m.day, m.state, m.number, i.outcome FROM meeting_items i
     JOIN meetings m ON m.node = i.node AND m.id = i.meeting
     WHERE i.node = $1 AND i.case_id = $2 AND m.state <> 'CANCELLED' ORDER BY m.day DESC, m.id`,
    [caseId],
  );
}

/**
 * A closed meeting by the number of its minutes, with what it found on a case.
 * @throws {ProblemError} NOT_FOUND where the desk has no such closed meeting, or the case was not on its agenda
 */
export async function getCitable(queries: NodeQueries, number: string, caseId: string): Promise<CitableMeeting> {
  const [row] = await queries.query<CitableMeeting>(
    `SELECT m.kind, m.number, m.day, m.digest, i.outcome FROM meetings m
     JOIN meeting_items i ON i.node = m.node AND i.meeting = m.id AND i.case_id = $3
     WHERE m.node = $1 AND m.number = $2 AND m.state = 'HELD' AND i.outcome IS NOT NULL`,
    [number, caseId],
  );
  if (row) return row;
  const { node } = queries;
  const why = `${node} closed no meeting with minutes ${number} on whose agenda this case stood.`;
  throw problem('NOT_FOUND', why, { node, field: 'meeting' });
}

async function whole(queries: NodeQueries, rows: readonly MeetingRow[]): Promise<StoredMeeting[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const found = await queries.query<MeetingItemRow>(
    `${ITEMS} WHERE i.node = $1 AND i.meeting = ANY ($2::uuid[]) ORDER BY i.number`,
    [ids],
  );
  const [items, tasks, meetings] = await Promise.all([
    opened(queries, meetingItemsTable, found),
    findTasksOf(queries, ids),
    opened(queries, meetingsTable, rows),
  ]);
  return meetings.map((row) =>
    meetingOf(row, {
      agenda: items.filter(({ meeting }) => meeting === row.id).map(itemOf),
      tasks: tasks.filter(({ meeting }) => meeting === row.id),
    }),
  );
}

function meetingOf(row: MeetingRow, parts: Pick<Meeting, 'agenda' | 'tasks'>): StoredMeeting {
  const { number, serial: _serial, closedAt, closedBy, digest, minutes, ...rest } = row;
  const { cancelledAt, cancelledBy, cancelReason, ...meeting } = rest;
  const closed = number !== null && closedAt !== null && digest !== null && minutes !== null;
  return {
    ...meeting,
    ...parts,
    minutes: closed ? { number, at: closedAt, by: closedBy ?? '', digest, text: minutes } : null,
    cancelled: cancelledAt && { at: cancelledAt, by: cancelledBy ?? '', reason: cancelReason ?? '' },
  };
}

function itemOf({ number, caseId, caseNumber, item, question, outcome, found }: MeetingItemRow): AgendaItem {
  // written by saveItem
  const said = found === null ? null : (JSON.parse(found) as Omit<ItemResult, 'outcome'>);
  return { number, caseId, caseNumber, item, question, result: outcome && said && { outcome, ...said } };
}
