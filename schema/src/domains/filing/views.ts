import type { Answers } from '../../operation/answers.ts';
import type { CaseState, IdType } from '../../case/words.ts';
import type { ConsentWay } from '../proxy/words.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import type { LateFiling } from '../../case/case-file.ts';
import type { LogAction } from '../../case/log-words.ts';
import type { Material, MissingMaterial } from '../../case/log-line.ts';
import type { ProxyHandling } from '../proxy/rules.ts';
import type { Role } from '../../kernel/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { view } from '../../operation/operation.ts';

export interface ApplicantView {
  name: string;
  idType: IdType;
  /** Masked in every answer; `showPersonalData` shows one in the clear. */
  idNumber: string;
  phone: string;
}

export interface ConsentView {
  givenBy: string;
  way: ConsentWay;
  scope: string;
  givenAt: Date;
  /** First and last day. */
  from?: string | undefined;
  until?: string | undefined;
}

/** The application, as the desk that took it in stores it. */
export interface FilingView {
  id: string;
  number: string;
  item: string;
  filedAt: Date;
  /** 补录: it was filed later than it was received. */
  late: LateFiling | null;
  filedBy: string;
  filingNode: DivisionCode;
  place: DivisionCode;
  acceptor: DivisionCode;
  decider: DivisionCode;
  /** The organ that holds the power by the item itself; its implementation is the case's. */
  power: DivisionCode;
  /** The custodian as this node last knew it. */
  custodian: DivisionCode;
  applicant: ApplicantView;
  consent: ConsentView | null;
  /** Empty for viewers who do not handle the case. */
  form: FormEntry[];
  /** The one form (一件事) it is a member of. */
  bundle: { id: string; item: string } | null;
  materials: Material[];
  /** The node that gives this answer. */
  answeredBy: DivisionCode;
  /** Since when a copy may be out of date; null at the desk that took the case in. */
  staleSince: Date | null;
}

/**
 * The applicant's view of a case, by number and tracking code. It has no identity numbers and no papers, and only
 * officials' names.
 */
export interface TrackedCaseView {
  number: string;
  item: string;
  state: CaseState;
  filedAt: Date;
  custodian: DivisionCode;
  dueAt: Date | null;
  missing: MissingMaterial[];
  reason: string | null;
  remedies: string | null;
  steps: TrackedStepView[];
  /** The applicant's agent, the consent, and the agent's contacts; null if there is no agent. */
  proxy: Pick<ProxyHandling, 'consent' | 'agent' | 'contacts'> | null;
  answeredBy: DivisionCode;
}

/** One step as the applicant sees it: the actor, the post, and the absent colleague. */
export interface TrackedStepView {
  at: Date;
  node: DivisionCode;
  action: LogAction;
  /** Name of the actor; the node itself (系统) if a limit ran out or another node answered. */
  actor: string;
  post: Role | null;
  /** The absent colleague whose post it was (AB角). */
  insteadOf: string | null;
  /** Whether it was done for the applicant by proxy. */
  byProxy: boolean;
}

/** A case just taken in, with the code by which its applicant follows it. */
export interface FiledCaseView {
  filing: FilingView;
  trackingCode: string;
}

/** An application as it was until it was corrected; numbers are masked. */
export interface EarlierApplicationView {
  correctedAt: Date;
  applicant: ApplicantView;
  consent: ConsentView | null;
  /** Empty for viewers who do not handle the case. */
  form: FormEntry[];
}

/** 下一步申请: an item that a case's result leads to, with what is known for it. */
export interface NextApplicationView {
  item: string;
  /** Ids of the cases whose results lead to it. */
  after: string[];
  applicant: ApplicantView;
  /** What its form takes over; empty for viewers who do not handle the case. */
  form: FormEntry[];
  amountFen: number | null;
  project: string | null;
  /** Names of materials that results serve as, and whose bytes are here. */
  ready: string[];
  /** Names of required materials that are still to be handed in. */
  missing: string[];
  answeredBy: DivisionCode;
}

export const NextApplication = view<NextApplicationView>('NextApplication');
export const EarlierApplication = view<EarlierApplicationView>('EarlierApplication');
export const Case = view<FilingView>('Case', { type: 'SupplementCasePayload', field: 'case' });
/** Its payload has two fields and is written by hand. */
export const FiledCase = view<FiledCaseView>('FiledCase', { type: 'FileCasePayload', field: 'case' });
export const TrackedCase = view<TrackedCaseView>('TrackedCase', { type: 'RateServicePayload', field: 'case' });

/** Batched lookup of applications, from which the gateway merges the parts of a case. */
export interface FilingLookup {
  /** @throws nothing; each key answers for itself (NOT_FOUND, FORBIDDEN, UNAUTHENTICATED). */
  getMany(viewer: Viewer | null, ids: readonly string[]): Answers<FilingView>;
}
