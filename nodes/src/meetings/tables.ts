import type { Handler } from '@liandong/schema/domains/caseload';
import type { MeetingKind, MeetingOutcome, MeetingState, Seat } from '@liandong/schema/domains/meetings';
import type { RowOf } from '../db/table.ts';
import {
  boolean,
  day,
  generated,
  instant,
  integer,
  jsonOf,
  nullable,
  sealed,
  table,
  text,
  textOf,
  uuid,
} from '../db/table.ts';

/** 会议 of this node's desk. */
export const meetingsTable = table('meetings', ['id'], {
  id: uuid,
  kind: textOf<MeetingKind>(),
  department: nullable(text),
  day,
  begins: text,
  place: text,
  seats: jsonOf<readonly Seat[]>(),
  state: textOf<MeetingState>(),
  plannedAt: instant,
  plannedBy: jsonOf<Handler>(),
  /** The last number of the agenda. */
  lastItem: integer,
  /** Number of the minutes, and its serial in the year. */
  number: nullable(text),
  serial: nullable(integer),
  closedAt: nullable(instant),
  closedBy: nullable(text),
  digest: nullable(text),
  minutes: sealed(nullable(text)),
  cancelledAt: nullable(instant),
  cancelledBy: nullable(text),
  cancelReason: sealed(nullable(text)),
});
export type MeetingRow = RowOf<typeof meetingsTable>;

/** 议题. */
export const meetingItemsTable = table('meeting_items', ['meeting', 'number'], {
  meeting: uuid,
  number: integer,
  caseId: text,
  caseNumber: text,
  item: text,
  question: sealed(text),
  outcome: nullable(textOf<MeetingOutcome>()),
  /** JSON: reason and conditions of the outcome. */
  found: sealed(nullable(text)),
});
export type MeetingItemRow = RowOf<typeof meetingItemsTable>;

/** 会议任务. */
export const meetingTasksTable = table('meeting_tasks', ['id'], {
  id: uuid,
  meeting: uuid,
  text: sealed(text),
  person: nullable(jsonOf<Handler>()),
  department: nullable(text),
  due: day,
  givenAt: instant,
  givenBy: text,
  /** Whether who has it was told that it is due. */
  told: generated(boolean),
  doneAt: nullable(instant),
  doneBy: nullable(text),
  result: sealed(nullable(text)),
});
export type MeetingTaskRow = RowOf<typeof meetingTasksTable>;
