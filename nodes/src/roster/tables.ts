import type { LogActor } from '@liandong/schema/case';
import type { CaseAgent } from '@liandong/schema/domains/proxy';
import type { Employment, PassedOn, PostChange, Role } from '@liandong/schema/kernel';
import type { RowOf } from '../db/index.ts';
import { bigInteger, day, generated, instant, jsonOf, nullable, table, text, textOf, texts } from '../db/index.ts';

/** An agent of a place, with the agent's own B; the last term replaces the one before. */
export const rosterAgentsTable = table('roster_agents', ['sub'], {
  sub: text,
  name: text,
  employment: textOf<Employment>(),
  /** Codes of items the agent does not handle. */
  withheld: texts,
  fromDay: day,
  untilDay: nullable(day),
  standIn: nullable(text),
  standInName: nullable(text),
});
export type AgentRow = RowOf<typeof rosterAgentsTable>;

/** A training that an agent of the roster passed. */
export const rosterTrainingsTable = table('roster_trainings', ['id'], {
  id: text,
  sub: text,
  what: text,
  heldOn: day,
  validUntil: nullable(day),
});

/** A post's B for a time (AB角). */
export const standInsTable = table('stand_ins', ['id'], {
  id: text,
  role: textOf<Role>(),
  absent: text,
  absentName: text,
  department: nullable(text),
  standIn: text,
  standInName: text,
  fromDay: day,
  untilDay: day,
  /** From this day on it has no effect. */
  endedOn: nullable(day),
  /** The agent's absence that caused it; null if a chief named it. */
  absence: nullable(text),
});
export type StandInRow = RowOf<typeof standInsTable>;

/** An agent's absence; settled once everything that comes back has come back. */
export const agentAbsencesTable = table('agent_absences', ['id'], {
  id: text,
  agent: text,
  agentName: text,
  fromDay: day,
  untilDay: day,
  reason: text,
  endedOn: nullable(day),
  standIn: nullable(text),
  standInName: nullable(text),
  reportedBy: jsonOf<LogActor>(),
  settledAt: nullable(instant),
});
export type AbsenceRow = RowOf<typeof agentAbsencesTable>;

/** The move of one case of an absent agent, and its way back. */
export const absenceCasesTable = table('absence_cases', ['absence', 'caseId'], {
  absence: text,
  caseId: text,
  passedOn: textOf<PassedOn>(),
  at: instant,
  toAgent: nullable(jsonOf<CaseAgent>()),
  /** The change in the case's log that records the move. */
  change: nullable(text),
  backAt: nullable(instant),
  backChange: nullable(text),
});
export type AbsenceCaseRow = RowOf<typeof absenceCasesTable>;

/** A line of the registers' log (岗位变动): who wrote what, and when; append-only. */
export const postLogTable = table('post_log', ['id'], {
  id: generated(bigInteger),
  at: instant,
  actor: text,
  actorName: text,
  change: textOf<PostChange>(),
  subject: text,
  subjectName: text,
  what: jsonOf<Record<string, unknown>>(),
});
