import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Clock } from '../../case/clock.ts';
import type { ProjectDays } from '../figures/project-figures.ts';
import type { ApprovalWait, NextItem } from './approvals.ts';
import type { ProjectCase, ProjectFile } from './rules.ts';
import type { CaseResult, CaseState } from '../../case/words.ts';
import { view } from '../../operation/operation.ts';

/** A case of a project, as far as the node that answers knows it. */
export interface ProjectCaseView extends ProjectCase {
  /** Null before a line of it has come here. */
  state: CaseState | null;
  /** Null once it has ended, and where its state is not known. */
  waits: ApprovalWait | null;
  result: CaseResult | null;
  custodian: DivisionCode | null;
  clock: Clock | null;
  /** When the last line came in here; null if this node holds the case. */
  staleSince: Date | null;
}

/** A project as one node was told of it. */
export interface ProjectView {
  file: ProjectFile;
  total: ProjectDays;
  today: Day;
  /** Its cases over all tiers, in the order they were linked. */
  cases(): Promise<ProjectCaseView[]>;
  /** Items that can be applied for next; as far as this node knows the cases. */
  nextItems(): Promise<NextItem[]>;
  answeredBy: DivisionCode;
  /** When the last line came in here; null at the node that keeps it. */
  staleSince: Date | null;
}

export const Project = view<ProjectView>('Project');
