import type { DivisionCode } from '../../kernel/divisions.ts';
import type { LogActor, LogEntry } from '../../case/log-line.ts';
import type { ExpeditedWay } from '../../case/words.ts';
import type { Day, OfficialCalendar } from '../../kernel/calendar.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { DueInstant, ExcludedDays, Limit } from '../../kernel/limits.ts';
import { dueInstant } from '../../kernel/limits.ts';

/** 绿色通道: a case of a key project has a shorter limit from now on. */
export interface GreenChannel {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  project: string;
  ground: string;
  limit: Limit;
}

/** 特急: asked for by the applicant with a ground, approved or not by another person; or the item's own way. */
export interface Urgency {
  /** Null where every case of the item is urgent. */
  ground: string | null;
  askedAt: Date;
  askedBy: LogActor;
  /** Null while it is not decided. */
  approved: boolean | null;
  decidedAt: Date | null;
  decidedBy: LogActor | null;
  /** Why it was not approved. */
  reason: string | null;
  /** Null until it is approved. */
  limit: Limit | null;
}

/** The project and the shorter limits in a case's file. */
export interface Expedited {
  project: string | null;
  greenChannel: GreenChannel | null;
  urgency: Urgency | null;
}

/** The same, with the instants from which the limits count. */
interface ExpeditedFile extends Expedited {
  acceptance: { at: Date; deemed: boolean } | null;
  materialsInAt: Date;
}

/** A limit of a case's own that is shorter than its promise. */
export interface ExpeditedLimit {
  way: ExpeditedWay;
  limit: Limit;
  /** The instant it counts from. */
  from: Date;
}

export const EXPEDITED_ACTIONS = [
  'PROJECT_LINKED',
  'PROJECT_LEFT',
  'GREEN_CHANNEL_OPENED',
  'URGENCY_ASKED',
  'URGENCY_DECIDED',
] as const satisfies LogEntry['action'][];
type ExpeditedLine = Extract<LogEntry, { action: (typeof EXPEDITED_ACTIONS)[number] }>;

/** Whether a case is a 特急件: by its item, or approved. */
export function isUrgent({ urgency }: Pick<Expedited, 'urgency'>): boolean {
  return urgency?.approved === true;
}

/** 特急 of a case whose item is of that class; it needs no request and no approval. */
export function urgencyByItem(limit: Limit, actor: LogActor, at: Date): Urgency {
  const asked = { ground: null, askedAt: at, askedBy: actor };
  return { ...asked, approved: true, decidedAt: at, decidedBy: null, reason: null, limit };
}

/** The change one of these lines makes in a case's file; null if it can't stand. */
export function afterExpeditedLine(
  { project, greenChannel, urgency }: Expedited,
  line: ExpeditedLine & { node: DivisionCode; actor: LogActor },
  at: Date,
): Expedited | null {
  const { node, actor } = line;
  switch (line.action) {
    case 'PROJECT_LINKED':
      return project === null ? { project: line.data.project, greenChannel, urgency } : null;
    case 'PROJECT_LEFT':
      // the limit promised on the channel stays
      return project === line.data.project ? { project: null, greenChannel, urgency } : null;
    case 'GREEN_CHANNEL_OPENED':
      // once on the channel, a case stays there, even if the project is no longer a key project
      if (greenChannel || project !== line.data.project) return null;
      return { project, greenChannel: { at, node, actor, ...line.data }, urgency };
    case 'URGENCY_ASKED': {
      if (urgency && urgency.approved !== false) return null;
      const open = { approved: null, decidedAt: null, decidedBy: null, reason: null, limit: null };
      return { project, greenChannel, urgency: { ...line.data, askedAt: at, askedBy: actor, ...open } };
    }
    case 'URGENCY_DECIDED': {
      const { approved, reason, limit } = line.data;
      if (!urgency || urgency.approved !== null || approved !== (limit !== null)) return null;
      const decided = { approved, reason, limit, decidedAt: at, decidedBy: actor };
      return { project, greenChannel, urgency: { ...urgency, ...decided } };
    }
    default:
      return line satisfies never;
  }
}

/**
 * The shorter limits a case has, and from when each counts. The green channel's counts from acceptance, of a case put on
 * it later from then on. An urgent case's counts from when its materials were in at the acceptor, of one approved later
 * from then on: acceptance itself takes its time out of it. Source: the centre's own rules (绿色通道制度, 特急件办理制度);
 * the law names neither.
 */
export function expeditedLimits(file: ExpeditedFile): ExpeditedLimit[] {
  const { greenChannel, urgency, acceptance } = file;
  const limits: ExpeditedLimit[] = [];
  if (greenChannel && acceptance) {
    const acceptedAt = acceptance.deemed ? file.materialsInAt : acceptance.at;
    limits.push({ way: 'GREEN_CHANNEL', limit: greenChannel.limit, from: later(acceptedAt, greenChannel.at) });
  }
  if (urgency?.limit && urgency.decidedAt) {
    limits.push({ way: 'URGENT', limit: urgency.limit, from: later(file.materialsInAt, urgency.decidedAt) });
  }
  return limits;
}

/** The shorter limit that ends first; null where the case has none. */
export function expeditedDue(
  file: ExpeditedFile,
  calendar: OfficialCalendar,
  excluded?: ExcludedDays,
): (ExpeditedLimit & { due: DueInstant; startedOn: Day }) | null {
  const ends = expeditedLimits(file).map((limit) => {
    const startedOn = dayOf(limit.from);
    return { ...limit, startedOn, due: dueInstant(startedOn, limit.from, limit.limit, calendar, excluded) };
  });
  return ends.sort((a, b) => a.due.at.getTime() - b.due.at.getTime())[0] ?? null;
}

/** By when an urgent case that is not accepted yet is to be decided; null for any other. */
export function urgentDueAt(file: ExpeditedFile, calendar: OfficialCalendar): Date | null {
  return file.acceptance === null ? (expeditedDue(file, calendar)?.due.at ?? null) : null;
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
