import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Absence } from './absences.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { CaseAgent } from '../proxy/rules.ts';
import type { RosterAgent } from './rules.ts';
import type { KeptStandIn } from './stand-ins.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { PassedOn, PostChange, RosterGap } from '../../kernel/words.ts';
import type { Page, PageRequest } from '../../operation/answers.ts';
import type { SubtreeCoverage } from '../catalogue/views.ts';
import type {
  EndAbsenceInput,
  EndRosterAgentInput,
  EndStandInInput,
  KeepRosterAgentInput,
  NameStandInInput,
  RecordTrainingInput,
  ReportAbsenceInput,
} from './inputs.ts';

export interface RosterAgentView extends RosterAgent {
  /** Whether the agent stands in the roster today. */
  inRoster: boolean;
  /** Whether some training holds today. */
  trained: boolean;
}

export interface RosterView {
  division: DivisionCode;
  agents: RosterAgentView[];
  gaps: RosterGap[];
}

export type StandInView = KeptStandIn;

/** What became of one case of an absent agent's. */
export interface AbsenceCaseView {
  caseId: string;
  number: string;
  passedOn: PassedOn;
  at: Date;
  to: CaseAgent | null;
  backAt: Date | null;
}

export interface AbsenceView extends Absence {
  away: boolean;
  /** Name of who wrote it down. */
  reportedBy: string;
  /** When everything that comes back had come back. */
  settledAt: Date | null;
  cases: AbsenceCaseView[];
  answeredBy: DivisionCode;
}

/** 岗位变动: a line of the registers' log. */
export interface PostChangeView {
  id: number;
  at: Date;
  by: string;
  change: PostChange;
  /** Name of the person it is about. */
  about: string;
  /** What was written, JSON. */
  what: string;
}

/** What one place says of its roster; no names. */
export interface PlaceRoster {
  agents: number;
  gaps: RosterGap[];
}

/** Which places of a division lack what, over those that have a node. */
export interface RosterCoverageView {
  division: DivisionCode;
  /** Townships, parks and villages of the register. */
  places: number;
  /** Those with an agent today. */
  covered: number;
  /** Those that lack something, parents before children. */
  gaps: { place: DivisionCode; agents: number; gaps: RosterGap[] }[];
  /** Places without a node of their own: no roster is kept there. */
  withoutNode: DivisionCode[];
  coverage: SubtreeCoverage & { silent: { node: DivisionCode; code: ErrorCode }[] };
}

/** 岗位: the roster of agents, stand-ins and absences of one desk. */
export interface RosterService {
  /** @throws {ProblemError} FORBIDDEN */
  roster(viewer: Viewer | null): Promise<RosterView>;
  /** Open to everybody: no names. */
  coverage(): Promise<PlaceRoster>;
  /** Those that give their post on a day or after it; today when left out. */
  standIns(viewer: Viewer | null, since: Day | null): Promise<StandInView[]>;
  absences(viewer: Viewer | null, since: Day | null): Promise<AbsenceView[]>;
  /** Newest first. */
  changes(viewer: Viewer | null, page: PageRequest): Promise<Page<PostChangeView>>;
  /** @throws {ProblemError} FORBIDDEN, BAD_INPUT */
  keepAgent(viewer: Viewer | null, input: KeepRosterAgentInput): Promise<RosterAgentView>;
  /** @throws {ProblemError} FORBIDDEN, NOT_FOUND, REASON_MISSING, BAD_INPUT */
  endAgent(viewer: Viewer | null, input: EndRosterAgentInput): Promise<RosterAgentView>;
  /** @throws {ProblemError} FORBIDDEN, NOT_FOUND, BAD_INPUT */
  recordTraining(viewer: Viewer | null, input: RecordTrainingInput): Promise<RosterAgentView>;
  /** @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, STAND_IN_CONFLICT, BAD_INPUT */
  nameStandIn(viewer: Viewer | null, input: NameStandInInput): Promise<StandInView>;
  /** @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, NOT_FOUND, REASON_MISSING, BAD_INPUT */
  endStandIn(viewer: Viewer | null, input: EndStandInInput): Promise<StandInView>;
  /** @throws {ProblemError} FORBIDDEN, NOT_FOUND, NOT_IN_ROSTER, ABSENCE_CONFLICT, REASON_MISSING, BAD_INPUT */
  reportAbsence(viewer: Viewer | null, input: ReportAbsenceInput): Promise<AbsenceView>;
  /** @throws {ProblemError} FORBIDDEN, NOT_FOUND, ABSENCE_CONFLICT, BAD_INPUT */
  endAbsence(viewer: Viewer | null, input: EndAbsenceInput): Promise<AbsenceView>;
}
