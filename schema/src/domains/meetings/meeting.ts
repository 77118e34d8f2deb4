import type { Day } from '../../kernel/calendar.ts';
import type { Handler } from '../caseload/rules.ts';
import type { MeetingKind, MeetingOutcome, MeetingState, Presence } from './words.ts';

/** One who is invited: a person, or a department that sends somebody. Seat 1 is the chair's (主持人). */
export interface Seat {
  number: number;
  /** Null for a department. */
  person: Handler | null;
  /** Null for a person. */
  department: string | null;
  /** Null until attendance is recorded. */
  presence: Presence | null;
  /** Who came for the department, or in the person's place; null where the person came, or none came. */
  by: string | null;
}

/** What the meeting found on one case. */
export interface ItemResult {
  outcome: MeetingOutcome;
  reason: string | null;
  /** 附条件: what an agreement depends on; empty for the other outcomes. */
  conditions: readonly string[];
}

/** 议题: one case on the agenda. */
export interface AgendaItem {
  /** Its place; the number of one that was taken off is not given again. */
  number: number;
  caseId: string;
  caseNumber: string;
  /** Code of the case's item. */
  item: string;
  question: string;
  result: ItemResult | null;
}

/** 会议任务: what somebody has to do until a day. */
export interface MeetingTask {
  /** Random UUID. */
  id: string;
  meeting: string;
  text: string;
  /** The person or the department that has it; one of both. */
  person: Handler | null;
  department: string | null;
  /** The last day for it. */
  due: Day;
  givenAt: Date;
  /** Name of the person who gave it. */
  givenBy: string;
  done: { at: Date; by: string; result: string | null } | null;
}

/** 会议纪要 of a meeting that was closed. */
export interface Minutes {
  /** In the series of the desk and the year, for example 会纪〔2026〕7号. */
  number: string;
  at: Date;
  by: string;
  /** SHA-256 of `text` in UTF-8. */
  digest: string;
  /** As they were fixed at closing. */
  text: string;
}

/** 会议 of a desk. */
export interface Meeting {
  /** Random UUID. */
  id: string;
  kind: MeetingKind;
  /** The department whose meeting it is; null for one of the whole desk. */
  department: string | null;
  day: Day;
  /** `HH:MM` in Asia/Shanghai. */
  begins: string;
  place: string;
  seats: readonly Seat[];
  agenda: readonly AgendaItem[];
  tasks: readonly MeetingTask[];
  state: MeetingState;
  plannedAt: Date;
  plannedBy: Handler;
  /** Null until it is closed. */
  minutes: Minutes | null;
  /** Null unless it was cancelled. */
  cancelled: { at: Date; by: string; reason: string } | null;
}

/** How people name it before it has a number. */
export const titleOf = ({ day, begins }: Pick<Meeting, 'day' | 'begins'>) => `the meeting of ${day} ${begins}`;
