import type { LogLine } from './log-line.ts';
import type { CaseFile, Decision } from './case-file.ts';
import { nameOf, openProcedures } from './case-file.ts';
import { hearingOpen, openOffers, owedOffers, recordsOf } from '../domains/hearings/rules.ts';
import { jointOpen, upheldObjection } from '../domains/joint/rules.ts';
import { isDeemedRenewed, renewalDueAt } from '../domains/filing/renewals.ts';

/**
 * State and decision after a desk has decided.
 * @param file the case before the line
 * @returns null if the log does not allow it
 */
export function afterDecision(
  file: CaseFile,
  line: Extract<LogLine, { action: 'DECIDED' }>,
  at: Date,
): Pick<CaseFile, 'state' | 'decision'> | null {
  const { outcome, reason, remedies, inNameOf, grant = null, department = null, minutes = null } = line.data;
  const { records = [], discretion = null, meeting = null } = line.data;
  if (jointOpen(file.joint) || (outcome === 'GRANTED' && upheldObjection(file.joint))) return null;
  const { node, actor } = line;
  const use = file.through.decide;
  const reviewer = file.reviews.at(-1)?.node;
  const sound =
    inNameOf === nameOf(file) &&
    grant === (use?.id ?? null) &&
    (reviewer === node || reviewer === file.through.review?.grantee) &&
    openProcedures(file).length === 0 &&
    !isDeemedRenewed(file, at) &&
    isHeard(file, at) &&
    records.join() === recordsOf(file.hearing).join();
  if (!sound) return null;
  const made = { at, node, actor, outcome, reason, remedies, inNameOf, grant, department, minutes, records };
  return { state: outcome, decision: { ...made, discretion, meeting, deemed: false } };
}

/**
 * The licence to renew expired before a decision. The law grants the renewal at any desk, and ends running procedures.
 * @param file the case before the line
 * @returns null if the log does not allow it
 */
export function afterDeemedRenewal(
  file: CaseFile,
  line: Extract<LogLine, { action: 'DEEMED_RENEWED' }>,
  at: Date,
): Pick<CaseFile, 'state' | 'decision' | 'procedures' | 'hearing'> | null {
  const due = renewalDueAt(file);
  const { expiredOn, inNameOf } = line.data;
  const sound =
    due !== null &&
    at > due &&
    expiredOn === file.renewal?.expiresOn &&
    inNameOf === nameOf(file) &&
    line.actor.role === null;
  if (!sound) return null;
  const decision: Decision = {
    at,
    node: file.decider,
    actor: line.actor,
    outcome: 'GRANTED',
    reason: line.note,
    remedies: null,
    inNameOf,
    grant: null,
    department: null,
    minutes: null,
    meeting: null,
    records: [],
    discretion: null,
    deemed: true,
  };
  const ended = { endedAt: at, result: line.note };
  return {
    state: 'GRANTED',
    decision,
    procedures: file.procedures.map((p) => (p.endedAt === null ? { ...p, ...ended } : p)),
    hearing: { ...file.hearing, requests: [], call: null },
  };
}

/**
 * Whether no party still waits for a hearing, by the log alone; the steps check the hearings that the item requires.
 */
function isHeard({ itemKind, hearing }: CaseFile, at: Date): boolean {
  if (itemKind !== 'LICENSE') return true;
  const owed = owedOffers(hearing, 'NONE').length + openOffers(hearing, at).length;
  return owed === 0 && !hearingOpen(hearing);
}
