import type { DivisionCode } from '../../kernel/divisions.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { PassedOn, PostChange as PostChangeKind, RosterGap } from '../../kernel/words.ts';
import { view } from '../../operation/operation.ts';
import type { SubtreeCoverage } from '../catalogue/views.ts';
import type { CaseAgent } from '../proxy/rules.ts';
import type { Absence } from './absences.ts';
import type * as rules from './rules.ts';
import type { KeptStandIn } from './stand-ins.ts';

export interface RosterAgentView extends rules.RosterAgent {
  /** Whether the agent is in the roster today. */
  inRoster: boolean;
  /** Whether one of the agent's trainings is valid today. */
  trained: boolean;
}

export interface RosterView {
  division: DivisionCode;
  agents: RosterAgentView[];
  gaps: RosterGap[];
}

export type StandInView = KeptStandIn;

/** What happened to one case of an absent agent. */
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
  /** Name of the person who recorded it. */
  reportedBy: string;
  /** When all cases that go back had gone back. */
  settledAt: Date | null;
  cases: AbsenceCaseView[];
  answeredBy: DivisionCode;
}

/** 岗位变动: a line of the registers' log. */
export interface PostChangeView {
  id: number;
  at: Date;
  by: string;
  change: PostChangeKind;
  /** Name of the person it is about. */
  about: string;
  /** The recorded content, as JSON. */
  what: string;
}

/** Number of agents and the gaps of one place's roster; no names. */
export interface PlaceRoster {
  agents: number;
  gaps: RosterGap[];
}

/** Gaps in the rosters of a division's places that have a node. */
export interface RosterCoverageView {
  division: DivisionCode;
  /** Townships, parks and villages of the register. */
  places: number;
  /** Those with an agent today. */
  covered: number;
  /** Places with gaps, parents before children. */
  gaps: { place: DivisionCode; agents: number; gaps: RosterGap[] }[];
  /** Places without a node of their own, which keep no roster. */
  withoutNode: DivisionCode[];
  coverage: SubtreeCoverage & { silent: { node: DivisionCode; code: ErrorCode }[] };
}

/** The question the gateway asks all nodes of a division. */
export interface RosterLookup {
  /** Open to the public: no names. */
  coverage(): Promise<PlaceRoster>;
}

export const Roster = view<RosterView>('Roster');
export const RosterAgent = view<RosterAgentView>('RosterAgent', { type: 'RosterAgentPayload', field: 'agent' });
export const StandIn = view<StandInView>('StandIn');
export const AgentAbsence = view<AbsenceView>('AgentAbsence', { type: 'AgentAbsencePayload', field: 'absence' });
export const PostChange = view<PostChangeView>('PostChange');
