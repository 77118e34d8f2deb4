import type { DivisionCode } from '../kernel/divisions.ts';
import { problem } from '../kernel/errors.ts';
import type { LogLine } from './log-line.ts';
import type { HandOffAction } from './log-words.ts';
import type { CaseFile, CustodySpan } from './case-file.ts';
import { conclusionOf, openProcedures } from './case-file.ts';
import { hearingOpen } from '../domains/hearings/rules.ts';
import { jointOpen } from '../domains/joint/rules.ts';
import { afterArrival, afterTransfer } from '../domains/proxy/rules.ts';

/**
 * Custody under way after a hand-off.
 * @param file the case before the line
 * @returns the changes; null if the log does not allow it
 */
export function afterHandOff(
  file: CaseFile,
  line: Extract<LogLine, { action: HandOffAction }>,
): Pick<CaseFile, 'inTransitTo' | 'proxy'> | null {
  const { to, epoch } = line.data;
  if (epoch !== file.epoch + 1 || to === file.custodian) return null;
  const { action } = line;
  const succeeds = file.successions.some((s) => s.node === line.node && s.successor === to);
  if (action === 'HANDED_OVER' && !(succeeds && line.actor.role === null)) return null;
  // a notice or a decided case goes to the desk that serves the applicant; a decision to correct goes back to its
  // decider
  const home = file.state === 'AWAITING_SUPPLEMENT' && action !== 'TRANSFERRED' && action !== 'HANDED_OVER';
  if ((home || action === 'ASSIGNED') && to !== file.home) return null;
  if (conclusionOf(file) && line.action === 'RETURNED' && to !== file.decider) return null;
  const busy = openProcedures(file).length > 0 || jointOpen(file.joint) || hearingOpen(file.hearing);
  // once the law has decided, nothing still open keeps the case here
  if (busy && !file.decision) return null;
  const proxy = line.action === 'TRANSFERRED' ? afterTransfer(file.proxy, line) : file.proxy;
  return { inTransitTo: to, proxy };
}

/**
 * The case is back at its desk after the receiver refused it. The refused epoch is used up, so that a late copy of the
 * hand-off can never be taken.
 * @param file the case before the line
 * @returns null if the log does not allow it
 */
export function afterRefusal(
  file: CaseFile,
  { data: { by, epoch } }: Extract<LogLine, { action: 'HANDOFF_REFUSED' }>,
): Pick<CaseFile, 'inTransitTo' | 'epoch' | 'proxy'> | null {
  if (by !== file.inTransitTo || epoch !== file.epoch + 1) return null;
  return { inTransitTo: null, epoch, proxy: afterArrival(file.proxy, true) };
}

/**
 * The file at the desk that received it.
 * @returns null where the case was not under way there
 * @throws {ProblemError} STALE_EPOCH
 */
export function afterReceipt(
  file: CaseFile,
  line: Extract<LogLine, { action: 'RECEIVED' }>,
  at: Date,
): CaseFile | null {
  const { from, epoch } = line.data;
  if (file.inTransitTo !== line.node || from !== file.custodian) return null;
  if (epoch !== file.epoch + 1 || line.epoch !== epoch) {
    throw problem('STALE_EPOCH', `${line.node} received ${file.id} as epoch ${epoch}, the case is at ${file.epoch}.`);
  }
  const span: CustodySpan = { node: line.node, from: at, to: null };
  const firstHad = line.node === file.acceptor && !file.acceptorHadMaterials;
  return {
    ...file,
    seq: line.seq,
    lastAt: at,
    epoch,
    custodian: line.node,
    inTransitTo: null,
    proxy: afterArrival(file.proxy, false),
    // another desk's review does not count as this desk's own, unless a grant says so
    state: file.state === 'REVIEWED' && file.through.review?.grantee !== from ? 'ACCEPTED' : file.state,
    materialsInAt: firstHad ? at : file.materialsInAt,
    acceptorHadMaterials: file.acceptorHadMaterials || firstHad,
    holders: heldBy(file, line.node),
    spans: [...file.spans.map((s) => (s.to === null ? { ...s, to: at } : s)), span],
  };
}

function heldBy(file: CaseFile, node: DivisionCode): DivisionCode[] {
  return file.holders.includes(node) ? file.holders : [...file.holders, node];
}
