import type { CaseState } from './words.ts';
import type { LogAction } from './log-words.ts';
import { CLOSED_STATES, CONCLUDED_STATES, UNDECIDED_STATES } from './words.ts';
import type { Action } from '../operation/permissions.ts';

/**
 * The desk that may write a line: the one that opens the case, the one that took it in, the accepting or the deciding
 * organ, either of them (`ORGAN`), the desk that holds the case (`HOLDER`), or the node it is under way to
 * (`RECEIVER`).
 */
export const CASE_DESKS = ['OPENING', 'FILING', 'ACCEPTOR', 'DECIDER', 'ORGAN', 'HOLDER', 'RECEIVER'] as const;
export type CaseDesk = (typeof CASE_DESKS)[number];

/**
 * One row of the life of a case: the states after which a line may follow, the state it leads to, and who may cause it.
 */
export interface CaseEvent {
  /** States it may follow; none for a line that only opens a case. */
  from: readonly CaseState[];
  /** The state, or one of the states, it leads to; null if the state stays. */
  to: readonly CaseState[] | null;
  desk: CaseDesk;
  /** The permission it needs; null where a node's own clockwork or another node's message causes it. */
  by: Action | null;
  /** Whether it may begin a log. */
  opens?: true;
}

const EVERY_OPEN_STATE = [
  'DRAFT',
  'PRECHECKED',
  ...UNDECIDED_STATES,
  'REPORTED',
  ...CONCLUDED_STATES,
  'DELIVERED',
] as const satisfies CaseState[];
const IN_HAND = ['ACCEPTED', 'REVIEWED'] as const satisfies CaseState[];
const DECIDED = ['GRANTED', 'REFUSED'] as const satisfies CaseState[];

/** While a case may cost something: from its acceptance to its closing. */
const PAYABLE = [...IN_HAND, ...DECIDED, 'REPORTED', 'REPORT_DECIDED', 'DELIVERED'] as const satisfies CaseState[];

/**
 * The life of a case (办件全流程), in one table. The fold and the steps use it; the tests and `docs/case-life.md` are made
 * from it.
 */
export const CASE_EVENTS: Readonly<Record<LogAction, CaseEvent>> = {
  DRAFTED: { from: [], to: ['DRAFT'], desk: 'OPENING', by: 'FILE_CASE', opens: true },
  PRECHECKED: { from: ['DRAFT'], to: ['PRECHECKED'], desk: 'DECIDER', by: 'PRECHECK_CASE' },
  FILED: { from: ['DRAFT', 'PRECHECKED'], to: ['FILED'], desk: 'FILING', by: 'FILE_CASE', opens: true },
  SUPPLEMENT_REQUESTED: {
    from: ['FILED'],
    to: ['AWAITING_SUPPLEMENT'],
    desk: 'ACCEPTOR',
    by: 'REQUEST_SUPPLEMENT',
  },
  SUPPLEMENTED: {
    from: ['AWAITING_SUPPLEMENT'],
    to: ['AWAITING_SUPPLEMENT', 'FILED'],
    desk: 'HOLDER',
    by: 'SUPPLEMENT_CASE',
  },
  MATERIALS_ARRANGED: { from: ['DRAFT', 'FILED'], to: null, desk: 'FILING', by: 'FILE_CASE' },
  APPLICATION_CORRECTED: {
    from: ['DRAFT', 'PRECHECKED', 'FILED', 'AWAITING_SUPPLEMENT'],
    to: null,
    desk: 'FILING',
    by: 'FILE_CASE',
  },
  FORWARDED: { from: ['DRAFT', 'FILED', ...IN_HAND], to: null, desk: 'HOLDER', by: 'FORWARD_CASE' },
  RETURNED: {
    from: ['DRAFT', 'PRECHECKED', ...UNDECIDED_STATES, ...CONCLUDED_STATES],
    to: null,
    desk: 'HOLDER',
    by: 'RETURN_CASE',
  },
  ASSIGNED: { from: CONCLUDED_STATES, to: null, desk: 'DECIDER', by: 'ASSIGN_CASE' },
  TRANSFERRED: {
    from: ['DRAFT', 'PRECHECKED', 'FILED', 'AWAITING_SUPPLEMENT'],
    to: null,
    desk: 'HOLDER',
    by: 'TRANSFER_CASE',
  },
  // another desk's review does not count as this desk's own
  RECEIVED: { from: EVERY_OPEN_STATE, to: EVERY_OPEN_STATE, desk: 'RECEIVER', by: null },
  HANDOFF_REFUSED: { from: EVERY_OPEN_STATE, to: null, desk: 'HOLDER', by: null },
  ACCEPTED: { from: ['FILED'], to: ['ACCEPTED'], desk: 'ACCEPTOR', by: 'ACCEPT_CASE' },
  NOT_ACCEPTED: { from: ['FILED'], to: ['NOT_ACCEPTED'], desk: 'ACCEPTOR', by: 'REFUSE_CASE' },
  PROCEDURE_STARTED: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'RUN_PROCEDURE' },
  PROCEDURE_ENDED: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'RUN_PROCEDURE' },
  EXTENDED: { from: IN_HAND, to: null, desk: 'DECIDER', by: 'EXTEND_CASE' },
  REVIEWED: { from: IN_HAND, to: ['REVIEWED'], desk: 'ORGAN', by: 'REVIEW_CASE' },
  DECIDED: { from: ['REVIEWED'], to: DECIDED, desk: 'DECIDER', by: 'DECIDE_CASE' },
  ANSWERED: { from: ['FILED'], to: ['ANSWERED'], desk: 'DECIDER', by: 'ANSWER_CASE' },
  REPORTED: { from: ['REVIEWED'], to: ['REPORTED'], desk: 'DECIDER', by: 'REPORT_OUTSIDE' },
  REPORT_PROGRESSED: { from: ['REPORTED'], to: null, desk: 'DECIDER', by: 'RECORD_REPORT' },
  // the outside organ's document is what is delivered
  REPORT_DECIDED: { from: ['REPORTED'], to: ['REPORT_DECIDED'], desk: 'DECIDER', by: 'RECORD_REPORT' },
  DOCUMENT_ISSUED: { from: [...DECIDED, 'ANSWERED'], to: null, desk: 'DECIDER', by: 'ISSUE_DOCUMENT' },
  DELIVERED: { from: CONCLUDED_STATES, to: ['DELIVERED'], desk: 'HOLDER', by: 'DELIVER_CASE' },
  CLOSED: { from: ['DELIVERED'], to: ['CLOSED'], desk: 'HOLDER', by: 'DELIVER_CASE' },
  RATED: { from: CLOSED_STATES, to: null, desk: 'HOLDER', by: 'RATE_CASE' },
  WITHDRAWN: {
    from: ['DRAFT', 'PRECHECKED', ...UNDECIDED_STATES, 'REPORTED'],
    to: ['WITHDRAWN'],
    desk: 'HOLDER',
    by: 'WITHDRAW_CASE',
  },
  TERMINATED: { from: [...UNDECIDED_STATES, 'REPORTED'], to: ['TERMINATED'], desk: 'ORGAN', by: 'TERMINATE_CASE' },
  VOIDED: {
    from: [...UNDECIDED_STATES, 'REPORTED', ...CONCLUDED_STATES, 'DELIVERED'],
    to: ['VOIDED'],
    desk: 'ORGAN',
    by: 'VOID_CASE',
  },
  REROUTED: { from: UNDECIDED_STATES, to: null, desk: 'HOLDER', by: null },
  // a node can be closed in any state of its cases
  SUCCEEDED: { from: EVERY_OPEN_STATE, to: null, desk: 'HOLDER', by: null },
  HANDED_OVER: { from: EVERY_OPEN_STATE, to: null, desk: 'HOLDER', by: null },
  JOINT_OPENED: { from: ['ACCEPTED'], to: null, desk: 'DECIDER', by: 'LEAD_JOINT' },
  // the organ that opened it ends it, also if the grant it decides under has ended meanwhile
  PARTY_ASKED: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: null },
  // an opinion another node's party signed in time counts until the decision, also after a review of its silence
  OPINION_GIVEN: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'GIVE_OPINION' },
  OPINION_EXCUSED: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: 'GIVE_OPINION' },
  OPINION_LAPSED: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: null },
  VISIT_SCHEDULED: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: 'LEAD_JOINT' },
  PARTY_CALLED: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: null },
  VISIT_EXCUSED: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: 'GIVE_OPINION' },
  VISIT_RECORDED: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: 'LEAD_JOINT' },
  // an advised correction may also be made later
  CORRECTION_MADE: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'LEAD_JOINT' },
  OBJECTION_RESOLVED: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'RESOLVE_OBJECTION' },
  QUESTION_WITHDRAWN: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: 'WITHDRAW_QUESTION' },
  PARTY_REMINDED: { from: ['ACCEPTED'], to: null, desk: 'ORGAN', by: 'REMIND_PARTY' },
  BILLED: { from: [...IN_HAND, 'GRANTED'], to: null, desk: 'ORGAN', by: 'BILL_FEE' },
  PAID: { from: PAYABLE, to: null, desk: 'ORGAN', by: 'RECORD_PAYMENT' },
  FEE_WAIVER_PROPOSED: { from: PAYABLE, to: null, desk: 'ORGAN', by: 'PROPOSE_WAIVER' },
  FEE_WAIVED: { from: PAYABLE, to: null, desk: 'ORGAN', by: 'GRANT_WAIVER' },
  // withdrawn or ended cases and wrong charges are also refunded afterwards
  REFUNDED: { from: [...PAYABLE, ...CLOSED_STATES], to: null, desk: 'ORGAN', by: 'REFUND_FEE' },
  CONTACTED: { from: EVERY_OPEN_STATE, to: null, desk: 'HOLDER', by: 'LOG_CONTACT' },
  CONSENT_REVOKED: { from: EVERY_OPEN_STATE, to: null, desk: 'HOLDER', by: 'REVOKE_CONSENT' },
  PROJECT_LINKED: {
    from: [...UNDECIDED_STATES, 'REPORTED', ...CONCLUDED_STATES, 'DELIVERED'],
    to: null,
    desk: 'HOLDER',
    by: 'LINK_PROJECT',
  },
  PROJECT_LEFT: {
    from: [...UNDECIDED_STATES, 'REPORTED', ...CONCLUDED_STATES, 'DELIVERED'],
    to: null,
    desk: 'HOLDER',
    by: 'LINK_PROJECT',
  },
  // while a case waits for the applicant's materials, nothing is sped up
  GREEN_CHANNEL_OPENED: { from: ['FILED', ...IN_HAND], to: null, desk: 'ORGAN', by: 'OPEN_GREEN_CHANNEL' },
  URGENCY_ASKED: { from: UNDECIDED_STATES, to: null, desk: 'HOLDER', by: 'ASK_URGENCY' },
  URGENCY_DECIDED: { from: ['FILED', ...IN_HAND], to: null, desk: 'ORGAN', by: 'DECIDE_URGENCY' },
  AGENT_CHANGED: { from: EVERY_OPEN_STATE, to: null, desk: 'HOLDER', by: 'REPORT_ABSENCE' },
  // a licence expires wherever the case is; but a wait for the applicant is not the organ's delay
  DEEMED_RENEWED: { from: ['FILED', ...IN_HAND], to: ['GRANTED'], desk: 'HOLDER', by: null },
  INTERESTED_TOLD: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'HEAR_PARTIES' },
  PARTY_HEARD: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'HEAR_PARTIES' },
  HEARING_OFFERED: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'HEAR_PARTIES' },
  HEARING_REQUESTED: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'HEAR_PARTIES' },
  HEARING_WAIVED: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'HEAR_PARTIES' },
  HEARING_CALLED: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'CALL_HEARING' },
  CHAIR_RECUSED: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'RECUSE_CHAIR' },
  HEARING_HELD: { from: IN_HAND, to: null, desk: 'ORGAN', by: 'HOLD_HEARING' },
};

/** Whether a line of this action may follow a state. */
export function mayFollow(action: LogAction, state: CaseState): boolean {
  return CASE_EVENTS[action].from.includes(state);
}
