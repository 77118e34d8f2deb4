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
  change: PostChangeKind;
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

/** What the gateway asks of all nodes of a division. */
export interface RosterLookup {
  /** Open to everybody: no names. */
  coverage(): Promise<PlaceRoster>;
}

export const Roster = view<RosterView>('Roster');
export const RosterAgent = view<RosterAgentView>('RosterAgent', { type: 'RosterAgentPayload', field: 'agent' });
export const StandIn = view<StandInView>('StandIn');
export const AgentAbsence = view<AbsenceView>('AgentAbsence', { type: 'AgentAbsencePayload', field: 'absence' });
export const PostChange = view<PostChangeView>('PostChange');
