import { z } from 'zod';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import type { LogLine } from '../../case/log-line.ts';
import type { OfficialCalendar } from '../../kernel/calendar.ts';
import { dayOf, isDay } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { clockOf } from '../../case/clock.ts';
import type { LogAction } from '../../case/log-words.ts';
import { isClosed } from '../../case/words.ts';
import { countDays } from '../../kernel/limits.ts';

/**
 * Events that figures count (计量项). `FILED` … `SUPPLEMENT_REQUESTED` are counted at the node that did the work. `CLOSED`
 * and `CLOSED_IN_TIME` are counted at the node that took the case in, when it learns the outcome. So filed and closed
 * figures of a division cover the same cases, also those a city decided.
 */
export const MEASURES = [
  'FILED',
  'SUPPLEMENT_REQUESTED',
  'ACCEPTED',
  'NOT_ACCEPTED',
  'GRANTED',
  'REFUSED',
  'ANSWERED',
  'REPORTED',
  'FORWARDED_CLOSED',
  'DELIVERED',
  'WITHDRAWN',
  'TERMINATED',
  'VOIDED',
  'CLOSED',
  'CLOSED_IN_TIME',
] as const;
export type Measure = (typeof MEASURES)[number];

/** One line of a node's append-only facts (事实) that the levels above may see; holds no personal data. */
export const factSchema = z.object({
  measure: z.enum(MEASURES),
  item: z.string().min(1),
  /** The day it counts for, in the centre's zone. */
  day: z.string().refine(isDay, 'a day YYYY-MM-DD'),
  case: z.string().min(1),
  node: z.string().refine(isDivisionCode, 'a division code'),
  /**
   * 代办: set on FILED and CLOSED of a case with an agent for the applicant. A mark on facts that every level knows, and no
   * measure: a level of an earlier version leaves it out, and takes the fact.
   */
  proxy: z
    .object({
      filedOn: z.string().refine(isDay, 'a day YYYY-MM-DD'),
      /** Working days from filing to closing; null on FILED. */
      days: z.int().min(0).max(100_000).nullable(),
    })
    .optional(),
});
export type Fact = z.infer<typeof factSchema>;

/**
 * The facts a node states when it learns a line of a case. For its own lines it states the work done. The desk that
 * took the case in, or its successor, states that the case is closed.
 * @param file the case after the line
 */
export function factsOf(
  line: LogLine,
  file: CaseFile,
  node: DivisionCode,
  calendar: OfficialCalendar,
  divisions: Divisions,
): Fact[] {
  const at = new Date(line.at);
  const fact = (measure: Measure): Fact => {
    // what was filed late counts for the day the desk received it
    const day = dayOf(measure === 'FILED' ? file.filedAt : at);
    return { measure, item: file.item, day, case: file.id, node, ...markOf(measure, file, at, calendar) };
  };
  const facts: Fact[] = [];
  // a draft does not count as a case
  if (!file.filed) return facts;
  const done = line.node === node ? doneBy(line) : null;
  if (done) facts.push(fact(done));
  if (isClosed(file.state) && line.action !== 'RATED' && file.seq === line.seq && file.home === node) {
    facts.push(fact('CLOSED'));
    const clock = clockOf(file, calendar, divisions, at);
    if (!clock?.overdue) facts.push(fact('CLOSED_IN_TIME'));
  }
  return facts;
}

/** The mark of a case under proxy (代办). */
function markOf(measure: Measure, file: CaseFile, at: Date, calendar: OfficialCalendar): Pick<Fact, 'proxy'> {
  if (file.proxy === null || (measure !== 'FILED' && measure !== 'CLOSED')) return {};
  const filedOn = dayOf(file.filedAt);
  const days = measure === 'CLOSED' ? Math.max(0, countDays(filedOn, dayOf(at), 'WORKDAY', calendar)) : null;
  return { proxy: { filedOn, days } };
}

/** The measure a line counts toward, at the node that wrote it. */
const COUNTED: Partial<Record<LogAction, Measure>> = {
  FILED: 'FILED',
  SUPPLEMENT_REQUESTED: 'SUPPLEMENT_REQUESTED',
  ACCEPTED: 'ACCEPTED',
  NOT_ACCEPTED: 'NOT_ACCEPTED',
  ANSWERED: 'ANSWERED',
  REPORTED: 'REPORTED',
  REPORT_DECIDED: 'FORWARDED_CLOSED',
  DELIVERED: 'DELIVERED',
  WITHDRAWN: 'WITHDRAWN',
  TERMINATED: 'TERMINATED',
  VOIDED: 'VOIDED',
};

function doneBy(line: LogLine): Measure | null {
  if (line.action === 'DEEMED_RENEWED') return 'GRANTED';
  return line.action === 'DECIDED' ? line.data.outcome : (COUNTED[line.action] ?? null);
}
