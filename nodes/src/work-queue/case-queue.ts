import type { CaseOrder, CaseState, CaseWait } from '@liandong/schema/case';
import type { Custody, OfficialCalendar } from '@liandong/schema/kernel';
import type { PageRequest } from '@liandong/schema/operation';
import { CASE_STATES, CONCLUDED_STATES, dueIfResumed, mostDaysDueBefore } from '@liandong/schema/case';
import { isInstant, problem } from '@liandong/schema/kernel';
import type { NodeQueries, NodeSql } from '../db/index.ts';
import { cursorOf, noCursor, placesOf } from '../db/index.ts';

/**
 * A person's cases, with those of people they stand in for (the registers of posts know these by subject only); or the
 * cases without a handler.
 */
export type HandledBy = 'NOBODY' | { person: { issuer: string; sub: string }; insteadOf: readonly string[] };

/** The cases a list shows, and their order. */
export interface CaseFilter {
  custody: Custody | null;
  states: CaseState[] | null;
  item: string | null;
  number: string | null;
  /** The item's department in charge. */
  department?: string | null;
  /** What the case waits for: the applicant's supplement, or the delivery of the decision. */
  waitingFor?: CaseWait | null;
  /**
   * Whether the next limit has passed. While a special procedure stops the clock, the limit passes when no day is left.
   */
  overdue?: boolean | null;
  /** Whether a special procedure stops the clock. */
  paused?: boolean | null;
  /** Cases whose next limit ends before this instant; for a clock that stands still, as if it ran on from now. */
  dueBefore?: Date | null;
  /** The same for the end of so many working days from today: 0 is the end of today. */
  dueWithin?: number | null;
  /** The handler; all handlers if left out. */
  handledBy?: HandledBy | null;
  /** NEWEST if left out, but REMAINING_DAYS with a filter by limit. */
  orderBy?: CaseOrder | null;
}

/** The moment at which a queue is read, and the calendar that counts its days. */
export interface QueueClock {
  now: Date;
  calendar: OfficialCalendar;
}

export interface QueuePage {
  ids: string[];
  cursors: string[];
  hasNextPage: boolean;
}

/** One read of an index in its own order; a list is at most two of them, merged. */
export interface QueueRead {
  sql: NodeSql;
  /** Parameters from `$2` on. */
  params: unknown[];
}

interface Row {
  id: string;
  /** An instant, or the days left on a clock that stands still. */
  key: Date | number;
}

/** How far a list was read in an order: the last row shown of it. */
type Place = [key: string | number, id: string] | null;

/** The end of a page: in the list by newest, or in the lists of the work queue. */
export interface QueueCursor {
  newest: Place;
  urgent: Place;
  running: Place;
  paused: Place;
}
/** More days than any limit has. */
const MOST_DAYS = 100_000;

export const QUEUE_START: QueueCursor = { newest: null, urgent: null, running: null, paused: null };

const WAIT_STATES: Record<CaseWait, readonly CaseState[]> = {
  SUPPLEMENT: ['AWAITING_SUPPLEMENT'],
  DELIVERY: CONCLUDED_STATES,
};

/** Open cases that a desk holds; written out, so that the partial indexes of migrations 0016 and 0024 serve it. */
const OPEN_HERE = `custody = 'HELD' AND closed_at IS NULL`;

/**
 * A page of the cases a node knows, newest first, or of its work queue: the open cases it holds, urgent ones (特急件)
 * first, then by the days left until their next limit. Cases whose clock stands still (Art. 45) keep their days: they
 * are read in an order of their own, and merged at the place they would have if their clocks went on now. Every read
 * goes along one index and ends with the page, so that it costs the same among ten thousand cases and a million.
 * @throws {ProblemError} BAD_INPUT for a cursor of another list, or filters that do not go together
 */
export async function queuePage(
  queries: NodeQueries,
  filter: CaseFilter,
  page: PageRequest,
  clock: QueueClock,
): Promise<QueuePage> {
  const after = page.after === null ? QUEUE_START : decodeCursor(page.after);
  const reads = queueReads(filter, page.first, after, clock);
  const rows = async (read: QueueRead | null) => (read ? queries.query<Row>(read.sql, read.params) : []);
  const newest = await rows(reads.newest);
  const urgent = await rows(reads.urgent);
  const running = await rows(reads.running);
  const paused = await rows(reads.paused);
  const merged = [
    ...newest.map((row) => ({ row, list: 'newest' as const, at: 0 })),
    // 特急件 come before all others
    ...urgent.map((row) => ({ row, list: 'urgent' as const, at: Number.MIN_SAFE_INTEGER })),
    ...running.map((row) => ({ row, list: 'running' as const, at: Number(row.key) })),
    ...paused.map((row) => ({
      row,
      list: 'paused' as const,
      at: dueIfResumed(Number(row.key), clock.now, clock.calendar).getTime(),
    })),
    // stable: each list keeps its own order
  ].sort((a, b) => a.at - b.at);
  let cursor = after;
  const shown = merged.slice(0, page.first).map(({ row, list }) => {
    cursor = { ...cursor, [list]: [row.key instanceof Date ? row.key.toISOString() : row.key, row.id] };
    return { id: row.id, cursor: encodeCursor(cursor) };
  });
  return {
    ids: shown.map((s) => s.id),
    cursors: shown.map((s) => s.cursor),
    hasNextPage: merged.length > page.first,
  };
}

/** The reads for a page, each with one row more than the page shows. @throws {ProblemError} BAD_INPUT */
export function queueReads(
  filter: CaseFilter,
  first: number,
  after: QueueCursor,
  clock: QueueClock,
): Record<keyof QueueCursor, QueueRead | null> {
  const none = { newest: null, urgent: null, running: null, paused: null };
  const states = statesOf(filter);
  const asksLimit = (filter.overdue ?? filter.paused ?? filter.dueBefore ?? filter.dueWithin ?? null) !== null;
  const orderBy = filter.orderBy ?? (asksLimit ? 'REMAINING_DAYS' : 'NEWEST');
  if (states?.length === 0) return none;
  switch (orderBy) {
    case 'NEWEST': {
      if (asksLimit) {
        throw problem(
          'BAD_INPUT',
          'overdue, paused, dueBefore and dueWithin are asked of the work queue: order by REMAINING_DAYS.',
          {
            field: 'orderBy',
          },
        );
      }
      const read = new Read();
      if (filter.custody) read.where('custody =', filter.custody);
      return { ...none, newest: read.by('filed_at', '<', 'DESC', filter, states, after.newest, first) };
    }
    case 'REMAINING_DAYS': {
      if (filter.custody && filter.custody !== 'HELD') {
        throw problem('BAD_INPUT', 'The work queue is of the cases a desk holds: custody is HELD, or left out.', {
          field: 'filter.custody',
        });
      }
      return { newest: null, ...limitReads(filter, first, after, clock, states) };
    }
    default:
      return orderBy satisfies never;
  }
}

function limitReads(
  filter: CaseFilter,
  first: number,
  after: QueueCursor,
  { now, calendar }: QueueClock,
  states: readonly CaseState[] | null,
): Record<'urgent' | 'running' | 'paused', QueueRead | null> {
  const urgent = new Read(`${OPEN_HERE} AND paused_days IS NULL AND urgent`);
  const running = new Read(`${OPEN_HERE} AND paused_days IS NULL AND NOT urgent`);
  const paused = new Read(`${OPEN_HERE} AND paused_days IS NOT NULL`);
  if (filter.overdue === true) {
    for (const read of [urgent, running]) read.where('next_due_at <', now);
    paused.where('paused_days <', 0);
  } else if (filter.overdue === false) {
    for (const read of [urgent, running]) read.where('next_due_at >=', now);
    paused.where('paused_days >=', 0);
  }
  for (const end of [filter.dueBefore, endOf(filter, now, calendar)]) {
    if (!end) continue;
    for (const read of [urgent, running]) read.where('next_due_at <', end);
    paused.where('paused_days <=', mostDaysDueBefore(end, now, calendar) ?? -MOST_DAYS);
  }
  const byDue = (read: Read, from: Place) =>
    filter.paused === true ? null : read.by('next_due_at', '>', 'ASC', filter, states, from, first);
  return {
    urgent: byDue(urgent, after.urgent),
    running: byDue(running, after.running),
    paused: filter.paused === false ? null : paused.by('paused_days', '>', 'ASC', filter, states, after.paused, first),
  };
}

/** The instant after the working days of a filter; null if it names none. */
function endOf({ dueWithin }: CaseFilter, now: Date, calendar: OfficialCalendar): Date | null {
  if (dueWithin === null || dueWithin === undefined) return null;
  return new Date(dueIfResumed(dueWithin, now, calendar).getTime() + 1);
}

/** The states of a filter; null for all. */
function statesOf({ states, waitingFor }: CaseFilter): CaseState[] | null {
  if (!waitingFor) return states && CASE_STATES.filter((state) => states.includes(state));
  return WAIT_STATES[waitingFor].filter((state) => states === null || states.includes(state));
}

/** Builds one read, with its values as parameters. */
class Read {
  readonly #params: unknown[] = [];
  #conditions: string;

  constructor(always = 'true') {
    this.#conditions = always;
  }

  where(comparison: string, value: unknown): void {
    this.#conditions += ` AND ${comparison} ${this.#param(value)}`;
  }

  by(
    column: 'filed_at' | 'next_due_at' | 'paused_days',
    beyond: '<' | '>',
    direction: 'ASC' | 'DESC',
    filter: CaseFilter,
    states: readonly CaseState[] | null,
    after: Place,
    first: number,
  ): QueueRead {
    if (filter.item !== null) this.where('item =', filter.item);
    if (filter.number !== null) this.where('number =', filter.number);
    if (filter.department) this.where('department =', filter.department);
    if (filter.handledBy) this.#handledBy(filter.handledBy);
    if (after)
      this.#conditions += ` AND (${column}, id) ${beyond} (${this.#param(after[0])}, ${this.#param(after[1])})`;
    const order = `ORDER BY key ${direction}, id ${direction} LIMIT ${this.#param(first + 1)}`;
    const select = (state: string): NodeSql =>
      `SELECT id, ${column} AS key FROM cases WHERE node = $1 AND ${this.#conditions}${state} ${order}`;
    if (states === null) return { sql: select(''), params: this.#params };
    const wanted = this.#param(states);
    // one walk along the index for each state, so that a rare state is not searched for among the others
    const each = select(' AND state = wanted');
    return {
      sql: `SELECT c.id, c.key FROM unnest(${wanted}::text[]) AS wanted, LATERAL (${each as `${string}node = $1${string}`}) AS c ${order}`,
      params: this.#params,
    };
  }

  #handledBy(by: HandledBy): void {
    if (by === 'NOBODY') {
      this.#conditions += ' AND handler_sub IS NULL';
      return;
    }
    const { person, insteadOf } = by;
    this.#conditions += ` AND handler_sub IS NOT NULL AND handler_sub = ANY (${this.#param([person.sub, ...insteadOf])}::text[])
       AND (handler_issuer = ${this.#param(person.issuer)} OR handler_sub <> ${this.#param(person.sub)})`;
  }

  #param(value: unknown): string {
    this.#params.push(value);
    return `$${this.#params.length + 1}`;
  }
}

function encodeCursor({ newest, urgent, running, paused }: QueueCursor): string {
  return cursorOf(JSON.stringify([newest, urgent, running, paused]));
}

/** @throws {ProblemError} BAD_INPUT */
function decodeCursor(text: string): QueueCursor {
  const [newest, urgent, running, paused] = placesOf(text);
  const sound = [newest, urgent, running].every((place) => isPlace(place, isInstantKey));
  if (sound && isPlace(paused, isDayCount)) return { newest, urgent, running, paused } as QueueCursor;
  throw noCursor();
}

function isPlace(value: unknown, isKey: (key: unknown) => boolean): value is Place {
  return (
    value === null || (Array.isArray(value) && value.length === 2 && isKey(value[0]) && typeof value[1] === 'string')
  );
}

const isInstantKey = (key: unknown) => typeof key === 'string' && isInstant(key);
const isDayCount = (key: unknown) => Number.isInteger(key) && Math.abs(Number(key)) <= MOST_DAYS;
