import type { ProblemError } from '../kernel/errors.ts';
import { problem } from '../kernel/errors.ts';
import type { LogLine } from './log-line.ts';
import { CASE_STATE_LABELS, isClosed } from './words.ts';
import type { LogAction } from './log-words.ts';
import { HAND_OFF_ACTIONS, JOINT_ACTIONS, LOG_ACTION_LABELS } from './log-words.ts';
import type { CaseFile } from './case-file.ts';
import { hasPart, isOrgan } from './case-file.ts';
import { CASE_EVENTS, mayFollow } from './case-life.ts';
import { afterHandOff, afterReceipt, afterRefusal } from './custody-state.ts';
import { afterDecision, afterDeemedRenewal } from './decision-state.ts';
import { afterFilingLine, FILING_ACTIONS, filingOf } from './filing-state.ts';
import { afterHandlingLine, HANDLING_ACTIONS } from './handling-state.ts';
import { afterAnswer } from '../domains/answers/state.ts';
import { afterReportLine, REPORT_ACTIONS } from '../domains/reports/state.ts';
import { afterExpeditedLine, EXPEDITED_ACTIONS } from '../domains/expedited/rules.ts';
import { afterHearingLine, HEARING_ACTIONS, NO_HEARING } from '../domains/hearings/rules.ts';
import { afterJointLine } from '../domains/joint/state.ts';
import { FEE_ACTIONS, foldFees } from '../domains/fees/state.ts';
import { dueOf, NO_FEES } from '../domains/fees/rules.ts';
import { afterProxyLine, PROXY_ACTIONS } from '../domains/proxy/rules.ts';
import { afterSuccessionLine } from './successions.ts';

/**
 * Folds a whole log.
 * @throws {ProblemError} CHAIN_BROKEN or ILLEGAL_STEP with the first invalid line.
 */
export function foldLog(lines: readonly LogLine[]): CaseFile {
  const [first, ...rest] = lines;
  if (!first) throw problem('CHAIN_BROKEN', 'A case without a line in its log is no case.');
  return rest.reduce<CaseFile>(foldLine, openFile(first));
}

/** The file that a case's first line opens: its filing, or its draft. */
export function openFile(line: LogLine): CaseFile {
  if ((line.action !== 'FILED' && line.action !== 'DRAFTED') || line.seq !== 1 || line.epoch !== 1) {
    throw problem('CHAIN_BROKEN', `The log of ${line.case} does not begin with its filing.`);
  }
  const at = new Date(line.at);
  return {
    id: line.case,
    ...filingOf(line, line.data, at, null),
    filingNode: line.node,
    home: line.node,
    successions: [],
    filed: line.action === 'FILED',
    state: line.action === 'FILED' ? 'FILED' : 'DRAFT',
    custodian: line.node,
    inTransitTo: null,
    epoch: 1,
    seq: 1,
    lastAt: at,
    materials: line.data.materials,
    greenChannel: null,
    precheck: null,
    supplement: null,
    acceptance: null,
    procedures: [],
    extension: null,
    reviews: [],
    decision: null,
    answer: null,
    report: null,
    issued: null,
    delivery: null,
    fees: NO_FEES,
    closedAt: null,
    rating: null,
    joint: null,
    hearing: NO_HEARING,
    holders: [line.node],
    spans: [{ node: line.node, from: at, to: null }],
  };
}

/**
 * The file after one more line. It checks the table of `case-life.ts` and each line's relation to the lines before it;
 * the steps check the person's right. Nodes fold the logs they receive with it, so a forged or impossible log is
 * refused.
 * @throws {ProblemError} CHAIN_BROKEN, ILLEGAL_STEP, NOT_CUSTODIAN, STALE_EPOCH
 */
export function foldLine(file: CaseFile, line: LogLine): CaseFile {
  if (line.case !== file.id || line.seq !== file.seq + 1) {
    throw problem('CHAIN_BROKEN', `Line ${line.seq} does not follow line ${file.seq} of ${file.id}.`);
  }
  const at = new Date(line.at);
  if (at < file.lastAt)
    throw problem('CHAIN_BROKEN', `Line ${line.seq} of ${file.id} is dated before the line ahead of it.`);
  const follows = mayFollow(line.action, file.state);
  if (!follows && isClosed(file.state)) throw illegal(file, line);
  if (line.action === 'RECEIVED') return allowed(file, line, afterReceipt(file, line, at));
  requireCustodian(file, line);
  const carried = file.inTransitTo !== null;
  if (!follows || (carried && line.action !== 'HANDOFF_REFUSED') || !isAtDesk(file, line)) throw illegal(file, line);
  return after(file, line, at);
}

/** Every line except the receiver's is written by the custodian, in its own epoch. */
function requireCustodian(file: CaseFile, line: LogLine): void {
  if (line.node !== file.custodian) {
    throw problem('NOT_CUSTODIAN', `${line.node} wrote line ${line.seq} of ${file.id}, ${file.custodian} holds it.`, {
      custodian: file.custodian,
    });
  }
  if (line.epoch !== file.epoch) {
    throw problem(
      'STALE_EPOCH',
      `Line ${line.seq} of ${file.id} is of epoch ${line.epoch}, the case is at ${file.epoch}.`,
    );
  }
}

/** Whether the line was written at the desk the table names, and its node holds the case. */
function isAtDesk(file: CaseFile, { action, node }: LogLine): boolean {
  const { desk } = CASE_EVENTS[action];
  switch (desk) {
    case 'FILING':
      return node === file.home;
    case 'ACCEPTOR':
      return node === file.acceptor;
    case 'DECIDER':
      return node === file.decider;
    case 'ORGAN':
      return isOrgan(node, file);
    case 'HOLDER':
      return true;
    case 'OPENING':
    case 'RECEIVER':
      return false;
    default:
      return desk satisfies never;
  }
}

function after(file: CaseFile, line: Exclude<LogLine, { action: 'RECEIVED' }>, at: Date): CaseFile {
  const next: CaseFile = { ...file, seq: line.seq, lastAt: at };
  const changed = (change: Partial<CaseFile> | null): CaseFile => ({ ...next, ...allowed(file, line, change) });
  if (isOneOf(FILING_ACTIONS, line)) return changed(afterFilingLine(file, line, at));
  if (isOneOf(HANDLING_ACTIONS, line)) return changed(afterHandlingLine(file, line, at));
  if (isOneOf(HAND_OFF_ACTIONS, line)) return changed(afterHandOff(file, line));
  if (isOneOf(FEE_ACTIONS, line)) return { ...next, fees: allowed(file, line, foldFees(file.fees, line)) };
  if (isOneOf(REPORT_ACTIONS, line)) return changed(afterReportLine(file, line, at));
  if (isOneOf(EXPEDITED_ACTIONS, line)) return changed(afterExpeditedLine(file, line, at));
  if (isOneOf(HEARING_ACTIONS, line)) {
    return { ...next, hearing: allowed(file, line, afterHearingLine(file.hearing, line, at, reviewersOf(file))) };
  }
  if (isOneOf(JOINT_ACTIONS, line)) {
    return { ...next, joint: allowed(file, line, afterJointLine(file.joint, line, at)) };
  }
  if (isOneOf(PROXY_ACTIONS, line)) {
    const proxy = afterProxyLine(file.proxy, line, at);
    return changed(proxy && hasPart(proxy.agent.node, file) ? { proxy } : null);
  }
  switch (line.action) {
    case 'DRAFTED':
      throw illegal(file, line);
    case 'HANDOFF_REFUSED':
      return changed(afterRefusal(file, line));
    case 'DECIDED':
      return changed(afterDecision(file, line, at));
    case 'ANSWERED':
      return changed(afterAnswer(file, line, at));
    case 'DEEMED_RENEWED':
      return changed(afterDeemedRenewal(file, line, at));
    case 'CLOSED':
      return changed(dueOf(file) > 0 ? null : { state: 'CLOSED', closedAt: at });
    case 'NOT_ACCEPTED':
      return changed(file.answerLimit === null ? { state: 'NOT_ACCEPTED', closedAt: at } : null);
    case 'WITHDRAWN':
    case 'TERMINATED':
    case 'VOIDED':
      return { ...next, state: line.action, closedAt: at };
    case 'SUCCEEDED':
      return changed(afterSuccessionLine(file, line));
    default:
      return line satisfies never;
  }
}

/** Whether the line's action is one of these. */
function isOneOf<A extends LogAction>(actions: readonly A[], line: LogLine): line is Extract<LogLine, { action: A }> {
  return actions.some((action) => action === line.action);
}

/** The people who accepted and reviewed the case; none of them may chair its hearing. */
function reviewersOf({ acceptance, reviews }: CaseFile): string[] {
  const named = [acceptance?.actor.sub, ...reviews.flatMap(({ actor, second }) => [actor.sub, second?.sub])];
  return named.filter((sub) => sub !== undefined);
}

/** The change a line makes, if its rule allows it. @throws {ProblemError} ILLEGAL_STEP */
function allowed<T>(file: CaseFile, line: LogLine, change: T | null | undefined): T {
  if (change === null || change === undefined) throw illegal(file, line);
  return change;
}

function illegal(file: CaseFile, line: LogLine): ProblemError {
  const way = file.inTransitTo === null ? '' : `, under way to ${file.inTransitTo}`;
  return problem(
    'ILLEGAL_STEP',
    `${line.action} ${LOG_ACTION_LABELS[line.action]} can't follow ${file.state} ${CASE_STATE_LABELS[file.state]}${way}.`,
  );
}
