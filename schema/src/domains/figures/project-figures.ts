import { z } from 'zod';
import { isDivisionCode } from '../../kernel/divisions.ts';
import type { ProjectPhase } from '../projects/words.ts';
import { PROJECT_PHASES } from '../projects/words.ts';
import type { Day, OfficialCalendar } from '../../kernel/calendar.ts';
import { dayOf, isDay, isKnown, plusDays } from '../../kernel/calendar.ts';
import { countDays } from '../../kernel/limits.ts';
import type { ProjectFile } from '../projects/rules.ts';
import { beganOn, phaseOf, startedOn } from '../projects/rules.ts';

const day = z.string().refine(isDay, 'a day YYYY-MM-DD');

/**
 * 事实 of a project: its state after a line of its log; a later fact of the same project replaces it. No names, no texts.
 */
export const projectFactSchema = z.object({
  measure: z.literal('PROJECT'),
  project: z.string().min(1),
  node: z.string().refine(isDivisionCode, 'a division code'),
  /** In fen. */
  amountFen: z.int().min(0),
  key: z.boolean(),
  phase: z.enum(PROJECT_PHASES),
  /** The day its time began ({@link beganOn}). */
  beganOn: day,
  /** 开工; null before it. */
  startedOn: day.nullable(),
  endedOn: day.nullable(),
  /** Set where another node keeps it from here on: that one counts it. */
  moved: z.literal(true).optional(),
  /** Set while a proxy agent (项目代办员) is named for it. */
  proxied: z.literal(true).optional(),
});
export type ProjectFact = z.infer<typeof projectFactSchema>;

/** The fact a node states about a project it keeps. */
export function projectFactOf(file: ProjectFile): ProjectFact {
  return {
    measure: 'PROJECT',
    project: file.id,
    node: file.node,
    amountFen: file.amountFen,
    key: file.key !== null,
    phase: phaseOf(file).phase,
    beganOn: beganOn(file),
    startedOn: startedOn(file),
    endedOn: file.ended && dayOf(file.ended.at),
    ...(file.agent === null ? {} : { proxied: true }),
  };
}

/** Dates of a project, and whether they depend on a year whose calendar is not published yet. */
export interface ProjectDays {
  /** Working days. */
  days: number;
  provisional: boolean;
}

/**
 * 项目总用时, in working days of the official calendar (行政许可法 Art. 82). Counting begins after the day its time began (立项, or
 * its first case if that was filed earlier; the day itself does not count, 民法典 Art. 201). It includes the day of 开工. A
 * project that has not started counts up to today; one that ended before its start counts up to its end. Never
 * negative.
 */
export function totalDaysOf(
  project: Pick<ProjectFact, 'beganOn' | 'startedOn' | 'endedOn'>,
  today: Day,
  calendar: OfficialCalendar,
): ProjectDays {
  const until = project.startedOn ?? project.endedOn ?? today;
  if (until <= project.beganOn) return { days: 0, provisional: false };
  const days = countDays(project.beganOn, until, 'WORKDAY', calendar);
  return { days, provisional: !knownBetween(project.beganOn, until, calendar) };
}

function knownBetween(from: Day, until: Day, calendar: OfficialCalendar): boolean {
  for (let year = plusDays(from, 1); year <= until; year = `${Number(year.slice(0, 4)) + 1}-01-01`) {
    if (!isKnown(year, calendar)) return false;
  }
  return isKnown(until, calendar);
}

/** 项目统计 of one kind of projects. */
export interface ProjectSums {
  /** Those that go on or have started; ended ones apart. */
  projects: number;
  /** Their amounts together, in fen. */
  amountFen: number;
  /** 开工. */
  started: number;
  /** Total working days of those that have started. */
  startedDays: number;
  /** Working days so far of those that have not. */
  runningDays: number;
  /** 终止: ended; in no other sum. */
  ended: number;
  /** Number of projects in each phase. */
  phases: Record<ProjectPhase, number>;
}

export interface ProjectFigures {
  all: ProjectSums;
  /** 重点项目 apart; they are in `all` too. */
  key: ProjectSums;
  /** 代办项目: those with a proxy agent, apart; they are in `all` too. */
  proxied: ProjectSums;
  /** Whether a sum of days depends on a year whose calendar is not published yet. */
  provisional: boolean;
}

/** A project as its newest fact says it. */
type CountedProject = Omit<ProjectFact, 'measure' | 'project' | 'node' | 'moved' | 'proxied'> & {
  proxied?: boolean | undefined;
};

/** Sums over projects. They are additive: the figures of two separate sets add up to those of both together. */
export function projectFiguresOf(
  projects: readonly CountedProject[],
  today: Day,
  calendar: OfficialCalendar,
): ProjectFigures {
  const figures: ProjectFigures = { all: noSums(), key: noSums(), proxied: noSums(), provisional: false };
  for (const project of projects) {
    const { days, provisional } = totalDaysOf(project, today, calendar);
    const kinds = [figures.all, ...(project.key ? [figures.key] : []), ...(project.proxied ? [figures.proxied] : [])];
    for (const sums of kinds) {
      if (project.endedOn !== null) {
        sums.ended++;
        continue;
      }
      sums.projects++;
      sums.amountFen += project.amountFen;
      sums.phases[project.phase]++;
      if (project.startedOn === null) sums.runningDays += days;
      else {
        sums.started++;
        sums.startedDays += days;
      }
      figures.provisional ||= provisional;
    }
  }
  return figures;
}

function noSums(): ProjectSums {
  const phases = Object.fromEntries(PROJECT_PHASES.map((phase) => [phase, 0])) as Record<ProjectPhase, number>;
  return { projects: 0, amountFen: 0, started: 0, startedDays: 0, runningDays: 0, ended: 0, phases };
}
