import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Clock } from '../../case/clock.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { ProjectDays } from '../figures/project-figures.ts';
import type { ProjectCase, ProjectFile } from './rules.ts';
import type { CaseState } from '../../case/words.ts';
import type { ProjectPhase } from './words.ts';
import type { Page, PageRequest } from '../../operation/answers.ts';
import type {
  AmendProjectInput,
  AnswerProjectOrderInput,
  DispatchProjectInput,
  EndProjectInput,
  FlagKeyProjectInput,
  ReachPhaseInput,
  RegisterProjectInput,
} from './inputs.ts';

/** A case of a project, as far as the node that answers knows it. */
export interface ProjectCaseView extends ProjectCase {
  /** Null where no line of it has come here yet. */
  state: CaseState | null;
  custodian: DivisionCode | null;
  clock: Clock | null;
  /** When the last line came in here; null where this node holds the case. */
  staleSince: Date | null;
}

/** A project as one node was told of it. */
export interface ProjectView {
  file: ProjectFile;
  total: ProjectDays;
  today: Day;
  /** Its cases over all tiers, in the order they were linked. */
  cases(): Promise<ProjectCaseView[]>;
  answeredBy: DivisionCode;
  /** When the last line came in here; null at the node that keeps it. */
  staleSince: Date | null;
}

export interface ProjectFilter {
  key: boolean | null;
  phase: ProjectPhase | null;
  /** Whether it has ended. */
  ended: boolean | null;
}

export interface ProjectsService {
  /** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
  get(viewer: Viewer | null, id: string): Promise<ProjectView>;
  /** Those the node keeps or was told of, the latest initiated first. */
  list(viewer: Viewer | null, filter: ProjectFilter, page: PageRequest): Promise<Page<ProjectView>>;
  register(viewer: Viewer | null, input: RegisterProjectInput): Promise<ProjectView>;
  amend(viewer: Viewer | null, input: AmendProjectInput): Promise<ProjectView>;
  /** @throws {ProblemError} PHASE_OUT_OF_ORDER, PROJECT_ENDED, BAD_INPUT */
  reachPhase(viewer: Viewer | null, input: ReachPhaseInput): Promise<ProjectView>;
  flagKey(viewer: Viewer | null, input: FlagKeyProjectInput): Promise<ProjectView>;
  /** Told to every node concerned. @throws {ProblemError} NOT_COMPETENT, UNKNOWN_DIVISION, PROJECT_ENDED, BAD_INPUT */
  dispatch(viewer: Viewer | null, input: DispatchProjectInput): Promise<ProjectView>;
  /** Written down where the project is kept; carried there from a lower node. */
  answerOrder(viewer: Viewer | null, input: AnswerProjectOrderInput): Promise<ProjectView>;
  end(viewer: Viewer | null, input: EndProjectInput): Promise<ProjectView>;
}
