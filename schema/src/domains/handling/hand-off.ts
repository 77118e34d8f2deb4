import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { LogActor } from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { conclusionOf, isOrgan } from '../../case/case-file.ts';
import { reroutedFirst, rerouting } from '../../case/case-grants.ts';
import type { Desk, LineDraft, Step, Wish } from '../../case/step-context.ts';
import { requireIssued } from './delivery.ts';
import { requireNothingDue } from '../fees/steps.ts';
import {
  actAs,
  atOwnCase,
  handOff,
  oneLine,
  requireCustody,
  requireFollows,
  requireReason,
} from '../../case/step-rules.ts';

/**
 * Forwards (上报) a case to the accepting organ, or with the review to the deciding one. If a grant of the case has
 * ended, or its cap is exceeded, the log first says the new route.
 */
export function forwardCase(desk: Desk, given: CaseFile, note: string | null): Step {
  const actor = atOwnCase(desk, given, 'FORWARD_CASE');
  const change = rerouting(desk, given);
  if (!change) return forwarding(desk, given, actor, note);
  return reroutedFirst(change, forwarding(desk, { ...given, ...change }, actor, note));
}

function forwarding(desk: Desk, file: CaseFile, actor: LogActor, note: string | null): Step {
  const { node } = desk;
  // the desk that took it in sends it to the accepting organ, also a hall above that organ
  if (file.acceptance === null && node !== file.acceptor) {
    if (file.state !== 'FILED') requireFollows(file, 'ACCEPTED');
    return handOff({ action: 'FORWARDED', actor, note }, file.acceptor, file);
  }
  if (node === file.decider) {
    throw problem('NOT_COMPETENT', `${node} decides the case itself; there is nowhere to forward it.`);
  }
  if (file.state === 'ACCEPTED') {
    // an organ whose grant ended while it held the case can't review any more: the deciding organ reviews
    if (!isOrgan(node, file)) return handOff({ action: 'FORWARDED', actor, note }, file.decider, file);
    throw problem('REVIEW_MISSING', 'The lower organ reviews before it sends a case up.', {
      article: ARTICLES.firstReview,
    });
  }
  requireFollows(file, 'DECIDED');
  return handOff({ action: 'FORWARDED', actor, note }, file.decider, file);
}

/**
 * Returns (退回) a case, with the reason. A case not accepted yet goes to the desk that took it in; a case reviewed below
 * goes to the organ that reviewed it. An accepted case does not go back to the desk that took it in, because it must be
 * decided.
 */
export function returnCase(desk: Desk, file: CaseFile, reason: string): Step {
  const actor = atOwnCase(desk, file, 'RETURN_CASE');
  requireReason(reason, ARTICLES.postDuties);
  const accepted = file.acceptance !== null;
  requireFollows(file, 'RETURNED');
  if (conclusionOf(file)) return returnDecided(desk, file, actor, reason);
  if (accepted && desk.node === file.acceptor) {
    throw problem('ILLEGAL_STEP', 'An accepted case is decided; it does not go back to the desk that took it in.', {
      article: ARTICLES.writtenAcceptance,
    });
  }
  const to = accepted ? file.acceptor : file.home;
  if (to === desk.node) {
    throw problem('NOT_COMPETENT', `${desk.node} took the case in itself; there is nowhere to return it.`);
  }
  return handOff({ action: 'RETURNED', actor, note: reason }, to, file);
}

/** A decided case whose document can't be delivered as it is goes back to the organ that decided it. */
function returnDecided(desk: Desk, file: CaseFile, actor: LogActor, reason: string): Step {
  if (desk.node === file.decider) {
    throw problem('ILLEGAL_STEP', 'What is decided is delivered; it does not go back.', {
      article: ARTICLES.delivery,
    });
  }
  return handOff({ action: 'RETURNED', actor, note: reason }, file.decider, file);
}

/**
 * Hands a case over (转办) to another desk of the same township before it is accepted: the township's proxy team takes a
 * village agent's case over, or returns it.
 * @throws {ProblemError} NOT_COMPETENT for a desk elsewhere or above a township
 */
export function transferCase(desk: Desk, file: CaseFile, to: DivisionCode, reason: string): Step {
  const actor = atOwnCase(desk, file, 'TRANSFER_CASE');
  requireReason(reason, ARTICLES.postDuties);
  requireFollows(file, 'TRANSFERRED');
  if (!mayTransfer(desk, to)) {
    throw problem('NOT_COMPETENT', `${desk.node} hands cases over within its township only, not to ${to}.`, {
      field: 'to',
    });
  }
  return handOff({ action: 'TRANSFERRED', actor, note: reason }, to, file);
}

/**
 * Checks that the case may be handed to some other desk of the township.
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function mayTransferCase(desk: Desk, file: CaseFile): void {
  atOwnCase(desk, file, 'TRANSFER_CASE');
  requireFollows(file, 'TRANSFERRED');
}

/** Whether two desks are a township and a village of it. */
export function mayTransfer({ node, divisions }: Pick<Desk, 'node' | 'divisions'>, to: DivisionCode): boolean {
  const tiers = [divisions.find(node)?.tier, divisions.find(to)?.tier];
  const pair = tiers.includes('TOWNSHIP') && tiers.includes('VILLAGE');
  return pair && (divisions.isWithin(node, to) || divisions.isWithin(to, node));
}

/**
 * Sends a decided case to the desk that took it in (交办), which delivers the result to the applicant.
 * @throws {ProblemError} DOCUMENT_MISSING, NOT_COMPETENT, FEE_DUE
 */
export function assignCase(desk: Desk, file: CaseFile, note: string | null): Step {
  const actor = atOwnCase(desk, file, 'ASSIGN_CASE');
  requireFollows(file, 'ASSIGNED');
  requireIssued(file);
  // the fee window is here, not at the desk that delivers
  requireNothingDue(file);
  if (desk.node === file.home) {
    throw problem('NOT_COMPETENT', `${desk.node} took the case in itself and delivers it.`);
  }
  return handOff({ action: 'ASSIGNED', actor, note }, file.home, file);
}

/**
 * Calls a case back (收回) from the grantee that would decide it. It goes to the organ that holds the power, unchanged.
 * @param by the person at the grantor who decided to call it back
 * @throws {ProblemError} NOT_COMPETENT, NOT_CUSTODIAN, CASE_IN_TRANSIT, ILLEGAL_STEP
 */
export function recallCase(
  node: DivisionCode,
  file: CaseFile,
  grantor: DivisionCode,
  by: LogActor,
  reason: string,
): Step {
  if (file.through.decide?.grantor !== grantor) {
    throw problem('NOT_COMPETENT', `${file.id} is not decided under a grant of ${grantor}.`, {
      article: ARTICLES.delegation,
    });
  }
  requireCustody(node, file);
  requireFollows(file, 'REROUTED');
  const change = { acceptor: file.acceptor, decider: file.power, through: { ...file.through, decide: null } };
  const line: LineDraft = { action: 'REROUTED', actor: by, note: reason, data: change };
  // a case not accepted yet stays with its desk; only its decider changes
  if (file.acceptance === null || node === file.power) return oneLine(line);
  const data = { to: file.power, epoch: file.epoch + 1 };
  return { lines: [line, { action: 'FORWARDED', actor: by, note: reason, data }], handOff: data };
}

/**
 * Called at the grantor: asks the custodian to give a case back. The grantor checks its own copy of the case; the
 * custodian checks again with {@link recallCase}.
 * @throws {ProblemError} REASON_MISSING, NOT_COMPETENT, ILLEGAL_STEP
 */
export function askToRecall(desk: Desk, file: CaseFile, reason: string): Wish {
  const actor = actAs(desk, 'RECALL_CASE', file);
  requireReason(reason, ARTICLES.delegation);
  recallCase(file.custodian, { ...file, inTransitTo: null }, desk.node, actor, reason);
  return { wish: 'RECALL', actor, reason };
}
