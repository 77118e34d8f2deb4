import type { ProblemError } from '../kernel/errors.ts';
import { problem } from '../kernel/errors.ts';
import type { FiledData, LogLine } from './log-line.ts';
import { NO_GRANTS } from './log-line.ts';
import type { CaseState, Grade } from './words.ts';
import { CASE_STATE_LABELS, isClosed } from './words.ts';
import { LOG_ACTION_LABELS } from './log-words.ts';
import type { CaseFile } from './case-file.ts';
import { hasPart, isOrgan, mayReview, openProcedures, outstanding } from './case-file.ts';
import { CASE_EVENTS, mayFollow } from './case-life.ts';
import { afterHandOff, afterReceipt } from './custody-state.ts';
import { afterDecision, afterDeemedRenewal } from './decision-state.ts';
import { NO_FACTS } from '../domains/delegation/rules.ts';
import { afterExpeditedLine, urgencyByItem } from '../domains/expedited/rules.ts';
import { afterHearingLine, NO_HEARING } from '../domains/hearings/rules.ts';
import { jointOpen } from '../domains/joint/rules.ts';
import { afterJointLine } from '../domains/joint/state.ts';
import { foldFees } from '../domains/fees/state.ts';
import { dueOf, NO_FEES } from '../domains/fees/rules.ts';
import { afterArrival, afterProxyLine, proxyOf } from '../domains/proxy/rules.ts';
import { afterSuccessionLine } from './successions.ts';

type LineOf<A extends LogLine['action']> = Extract<LogLine, { action: A }>;

/**
 * Folds a whole log.
 * @throws {ProblemError} CHAIN_BROKEN or ILLEGAL_STEP with the first line that can't be.
 */
export function foldLog(lines: readonly LogLine[]): CaseFile {
  const [first, ...rest] = lines;
  if (!first) throw problem('CHAIN_BROKEN', 'A case without a line in its log is no case.');
  return rest.reduce<CaseFile>(foldLine, openFile(first));
}

/** The file a case's first line opens: its filing, or the draft it begins as. */
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

const filerOf = ({ node, actor: { sub, name } }: LogLine) => ({ node, sub, name });

/** What an application says of itself. */
function filingOf(line: LogLine, data: FiledData, at: Date, before: CaseFile | null) {
  const { power = data.decider, through = NO_GRANTS } = data;
  if (!isSoundWay({ ...data, power, through })) {
    throw problem('ILLEGAL_STEP', `${data.decider} neither holds the power over ${line.case} nor a grant of it.`);
  }
  return {
    number: data.number,
    item: data.item,
    itemVersion: data.itemVersion,
    itemKind: data.itemKind,
    filedAt: at,
    filedBy: line.actor,
    place: data.place,
    acceptor: data.acceptor,
    decider: data.decider,
    power,
    through,
    facts: data.facts ?? NO_FACTS,
    bundle: data.bundle ?? null,
    renewal: data.renewal ? { ...data.renewal, completeAt: at } : null,
    application: data.application,
    proxied: data.consent !== null,
    proxy: proxyOf(data.consent, before?.proxy ?? null, filerOf(line)),
    project: data.project ?? before?.project ?? null,
    urgency: data.urgent ? urgencyByItem(data.urgent.limit, line.actor, at) : null,
    materialsInAt: at,
    acceptorHadMaterials: line.node === data.acceptor,
  };
}

/**
 * The file after one more line. Goes by the table of `case-life.ts` and by what each line owes to those ahead of it; who
 * may write it is for the steps. Nodes fold the logs they receive with it, so a forged or impossible log is refused.
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

/** Every line but the receiver's is the custodian's own, of its own epoch. */
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

/** Whether the line stands at the desk the table names; the line's node holds the case. */
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
  const close = (state: CaseState): CaseFile => ({ ...next, state, closedAt: at });
  const { node, actor } = line;
  switch (line.action) {
    case 'DRAFTED':
      throw illegal(file, line);
    case 'PRECHECKED':
      return { ...next, state: 'PRECHECKED', precheck: { at, node, actor, ...line.data } };
    case 'FILED': {
      // the same application under the same number; only what came on top is new
      if (line.data.number !== file.number || line.data.item !== file.item) throw illegal(file, line);
      return {
        ...next,
        ...filingOf(line, line.data, at, file),
        filed: true,
        state: 'FILED',
        materials: [...file.materials, ...line.data.materials],
      };
    }
    case 'SUPPLEMENT_REQUESTED': {
      if (file.supplement) throw illegal(file, line);
      const materialsBefore = file.materials.length;
      const supplement = { at, node, missing: line.data.missing, materialsBefore, suppliedAt: null };
      const renewal = file.renewal && { ...file.renewal, completeAt: null };
      return { ...next, state: 'AWAITING_SUPPLEMENT', supplement, renewal };
    }
    case 'SUPPLEMENTED':
      return supplemented(next, line, at);
    case 'FORWARDED':
    case 'RETURNED':
    case 'ASSIGNED':
    case 'TRANSFERRED':
    case 'HANDED_OVER':
      return { ...next, ...allowed(file, line, afterHandOff(file, line)) };
    case 'HANDOFF_REFUSED':
      if (line.data.by !== file.inTransitTo || line.data.epoch !== file.epoch + 1) throw illegal(file, line);
      // the refused round is spent, so that a late copy of it can never be taken
      return { ...next, inTransitTo: null, epoch: line.data.epoch, proxy: afterArrival(file.proxy, true) };
    case 'ACCEPTED': {
      const { from, deemed, itemVersion, implementationVersion, promised, statutory } = line.data;
      const { power } = file;
      const kept = { itemVersion, implementationVersion, promised, statutory, power };
      const acceptance = { at, node, actor, from, deemed, ...kept };
      return { ...next, state: 'ACCEPTED', itemVersion, acceptance };
    }
    case 'PROCEDURE_STARTED': {
      const { procedure: number, ...started } = line.data;
      if (number !== file.procedures.length + 1) throw illegal(file, line);
      const made = { number, ...started, node, startedAt: at, endedAt: null, result: null, staff: [] };
      return { ...next, procedures: [...file.procedures, made] };
    }
    case 'PROCEDURE_ENDED': {
      const { procedure: number, result, staff = [] } = line.data;
      if (!openProcedures(file).some((p) => p.number === number && p.node === node)) throw illegal(file, line);
      const procedures = file.procedures.map((p) => (p.number === number ? { ...p, endedAt: at, result, staff } : p));
      return { ...next, procedures };
    }
    case 'EXTENDED':
      if (file.extension) throw illegal(file, line);
      return { ...next, extension: { at, node, actor, ...line.data } };
    case 'REVIEWED':
      if (!mayReview(node, file) || jointOpen(file.joint)) throw illegal(file, line);
      if (line.data.second?.sub === actor.sub || file.hearing.chairs.includes(actor.sub)) throw illegal(file, line);
      return {
        ...next,
        state: 'REVIEWED',
        facts: { amountFen: line.data.amountFen ?? file.facts.amountFen },
        reviews: [...file.reviews, { at, node, actor, second: line.data.second ?? null, opinion: line.data.opinion }],
      };
    case 'DECIDED':
      return { ...next, ...allowed(file, line, afterDecision(file, line, at)) };
    case 'DEEMED_RENEWED':
      return { ...next, ...allowed(file, line, afterDeemedRenewal(file, line, at)) };
    case 'DOCUMENT_ISSUED': {
      if (file.issued) throw illegal(file, line);
      const { number, document, seal = null } = line.data;
      return { ...next, issued: { at, node, actor, number, document, seal } };
    }
    case 'DELIVERED':
      if (!file.issued) throw illegal(file, line);
      return { ...next, state: 'DELIVERED', delivery: { at, node, actor, way: line.data.way } };
    case 'RATED':
      // what was never filed served nobody
      if (file.rating || !file.filed) throw illegal(file, line);
      return { ...next, rating: { at, grade: line.data.grade as Grade, by: line.data.by } };
    case 'BILLED':
    case 'PAID':
    case 'FEE_WAIVER_PROPOSED':
    case 'FEE_WAIVED':
    case 'REFUNDED':
      return { ...next, fees: allowed(file, line, foldFees(file.fees, line)) };
    case 'CLOSED':
      if (dueOf(file) > 0) throw illegal(file, line);
      return close(line.action);
    case 'NOT_ACCEPTED':
    case 'WITHDRAWN':
    case 'TERMINATED':
    case 'VOIDED':
      return close(line.action);
    case 'REROUTED':
      return rerouted(next, file, line);
    case 'SUCCEEDED':
      return { ...next, ...allowed(file, line, afterSuccessionLine(file, line)) };
    case 'CONTACTED':
    case 'CONSENT_REVOKED':
    case 'AGENT_CHANGED': {
      const proxy = afterProxyLine(file.proxy, line, at);
      if (!proxy || !hasPart(proxy.agent.node, file)) throw illegal(file, line);
      return { ...next, proxy };
    }
    case 'PROJECT_LINKED':
    case 'PROJECT_LEFT':
    case 'GREEN_CHANNEL_OPENED':
    case 'URGENCY_ASKED':
    case 'URGENCY_DECIDED':
      return { ...next, ...allowed(file, line, afterExpeditedLine(file, line, at)) };
    case 'INTERESTED_TOLD':
    case 'PARTY_HEARD':
    case 'HEARING_OFFERED':
    case 'HEARING_REQUESTED':
    case 'HEARING_WAIVED':
    case 'HEARING_CALLED':
    case 'CHAIR_RECUSED':
    case 'HEARING_HELD': {
      const reviewers = [file.acceptance?.actor.sub, ...file.reviews.flatMap((r) => [r.actor.sub, r.second?.sub])];
      const named = reviewers.filter((sub) => sub !== undefined);
      return { ...next, hearing: allowed(file, line, afterHearingLine(file.hearing, line, at, named)) };
    }
    case 'JOINT_OPENED':
    case 'PARTY_ASKED':
    case 'OPINION_GIVEN':
    case 'OPINION_EXCUSED':
    case 'OPINION_LAPSED':
    case 'VISIT_SCHEDULED':
    case 'PARTY_CALLED':
    case 'VISIT_EXCUSED':
    case 'VISIT_RECORDED':
    case 'CORRECTION_MADE':
    case 'OBJECTION_RESOLVED':
    case 'QUESTION_WITHDRAWN':
      return { ...next, joint: allowed(file, line, afterJointLine(file.joint, line, at)) };
    default:
      return line satisfies never;
  }
}

function supplemented(next: CaseFile, line: LineOf<'SUPPLEMENTED'>, at: Date): CaseFile {
  const supplied: CaseFile = { ...next, materials: [...next.materials, ...line.data.materials] };
  if (!next.supplement || outstanding(supplied).length > 0) return supplied;
  return {
    ...supplied,
    state: 'FILED',
    materialsInAt: at,
    renewal: next.renewal && { ...next.renewal, completeAt: at },
    acceptorHadMaterials: line.node === next.acceptor,
    supplement: { ...next.supplement, suppliedAt: at },
  };
}

function rerouted(next: CaseFile, file: CaseFile, line: LineOf<'REROUTED'>): CaseFile {
  const { acceptor, decider, through } = line.data;
  const stoodOnGrants = Object.values(file.through).some((use) => use !== null);
  // what is accepted stays accepted; who decides by its own power is who the item names
  const sound =
    stoodOnGrants &&
    (file.acceptance === null || acceptor === file.acceptor) &&
    isSoundWay({ acceptor, decider, power: file.power, through });
  if (!sound) throw illegal(file, line);
  const acceptorHadMaterials = file.acceptorHadMaterials || acceptor === file.custodian;
  return { ...next, acceptor, decider, through, acceptorHadMaterials };
}

/**
 * Whether those who accept and decide hold the power or a grant of whoever holds it, never a grant of a grant (Art. 24).
 */
function isSoundWay(way: Pick<CaseFile, 'acceptor' | 'decider' | 'power' | 'through'>): boolean {
  const { acceptor, decider, power, through } = way;
  const uses = Object.values(through).filter((use) => use !== null);
  return (
    uses.every((use) => use.grantor === power && use.grantee !== power) &&
    decider === (through.decide?.grantee ?? power) &&
    (through.accept === null || through.accept.grantee === acceptor)
  );
}

/** What a line changes, where its rule allows it. @throws {ProblemError} ILLEGAL_STEP */
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
