import type { DivisionCode } from '../divisions.ts';
import type { ProblemError } from '../errors.ts';
import { problem } from '../errors.ts';
import type { GrantUses, LogActor, LogLine, Material, MissingMaterial } from '../messages/log-line.ts';
import { NO_GRANTS } from '../messages/log-line.ts';
import type { CaseState, Custody, ItemKind, Opinion, Outcome } from '../vocabulary.ts';
import { CASE_STATE_LABELS, LOG_ACTION_LABELS, isClosed } from '../vocabulary.ts';
import type { Day } from './calendar.ts';
import type { CaseFacts } from './delegation.ts';
import { NO_FACTS } from './delegation.ts';
import type { Limit } from './limits.ts';

/** A stretch of time one node held the case. */
export interface CustodySpan {
  node: DivisionCode;
  from: Date;
  to: Date | null;
}

/** The one-time notice of missing materials (一次告知) and whether it was answered. */
export interface SupplementNotice {
  at: Date;
  node: DivisionCode;
  missing: MissingMaterial[];
  /** How many materials were there when it was given: only later ones answer it. */
  materialsBefore: number;
  suppliedAt: Date | null;
}

export interface Acceptance {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  from: Day;
  deemed: boolean;
  itemVersion: number;
  promised: Limit;
  statutory: Limit | null;
}

export interface Review {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  opinion: Opinion;
}

export interface Decision {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  outcome: Outcome;
  reason: string | null;
  remedies: string | null;
  /** In whose name it goes out: the grantor's where the power is lent. */
  inNameOf: DivisionCode;
  /** The grant it was decided under; null by the organ's own power. */
  grant: string | null;
  /** The department whose decision it is; null where the organ decides as a whole. */
  department: string | null;
  /** 会议纪要, where the item is decided together. */
  minutes: string | null;
}

/** Everything a case's log says (案卷): the state and all it stands on, folded from the lines and from nothing else. */
export interface CaseFile {
  id: string;
  number: string;
  item: string;
  itemVersion: number;
  itemKind: ItemKind;
  filingNode: DivisionCode;
  filedAt: Date;
  filedBy: LogActor;
  place: DivisionCode;
  acceptor: DivisionCode;
  decider: DivisionCode;
  /** The organ that holds the power by the item itself. */
  power: DivisionCode;
  /** The grants by which lower organs act for it. */
  through: GrantUses;
  facts: CaseFacts;
  application: string;
  proxied: boolean;
  state: CaseState;
  /** The one node that holds the case, also while it is under way to the next. */
  custodian: DivisionCode;
  /** The node it is under way to; null when it rests. */
  inTransitTo: DivisionCode | null;
  epoch: number;
  seq: number;
  lastAt: Date;
  materials: Material[];
  /**
   * When the materials, as they are now, came in at the acceptor (Art. 32); before it had them, when they were handed
   * in. A case that was returned and comes up unchanged came in when it came in first.
   */
  materialsInAt: Date;
  /** Whether the acceptor has had the materials as they are now. */
  acceptorHadMaterials: boolean;
  supplement: SupplementNotice | null;
  acceptance: Acceptance | null;
  reviews: Review[];
  decision: Decision | null;
  closedAt: Date | null;
  /** Every node that held the case, in order, each once. */
  holders: DivisionCode[];
  spans: CustodySpan[];
}

/** Hand-offs made so far. */
export function hopsOf(file: CaseFile): number {
  return file.spans.length - 1;
}

/** Where a node stands to the case. */
export function custodyAt(file: CaseFile, node: DivisionCode): Custody {
  if (file.custodian !== node) return 'ELSEWHERE';
  return file.inTransitTo === null ? 'HELD' : 'IN_TRANSIT';
}

/** Materials the item requires that nobody has handed in yet. */
export function missingMaterials(file: CaseFile, required: readonly { name: string; required: boolean }[]): string[] {
  return required.filter((r) => r.required && !file.materials.some((m) => m.name === r.name)).map((r) => r.name);
}

/** What the one-time notice asked for and has not come in since. */
export function outstanding(file: CaseFile): MissingMaterial[] {
  if (!file.supplement) return [];
  const since = file.materials.slice(file.supplement.materialsBefore);
  return file.supplement.missing.filter((m) => !since.some((given) => given.name === m.material));
}

/**
 * Folds a whole log.
 * @throws {ProblemError} CHAIN_BROKEN or ILLEGAL_STEP with the first line that can't be.
 */
export function foldLog(lines: readonly LogLine[]): CaseFile {
  const [first, ...rest] = lines;
  if (!first) throw problem('CHAIN_BROKEN', 'A case without a line in its log is no case.');
  return rest.reduce<CaseFile>(foldLine, openFile(first));
}

/** The file a case's first line opens. */
export function openFile(line: LogLine): CaseFile {
  if (line.action !== 'FILED' || line.seq !== 1 || line.epoch !== 1) {
    throw problem('CHAIN_BROKEN', `The log of ${line.case} does not begin with its filing.`);
  }
  const { data } = line;
  const at = new Date(line.at);
  const { power = data.decider, through = NO_GRANTS } = data;
  if (!isSoundWay({ ...data, power, through })) {
    throw problem('ILLEGAL_STEP', `${data.decider} neither holds the power over ${line.case} nor a grant of it.`);
  }
  return {
    id: line.case,
    number: data.number,
    item: data.item,
    itemVersion: data.itemVersion,
    itemKind: data.itemKind,
    filingNode: line.node,
    filedAt: at,
    filedBy: line.actor,
    place: data.place,
    acceptor: data.acceptor,
    decider: data.decider,
    power,
    through,
    facts: data.facts ?? NO_FACTS,
    application: data.application,
    proxied: data.consent !== null,
    state: 'FILED',
    custodian: line.node,
    inTransitTo: null,
    epoch: 1,
    seq: 1,
    lastAt: at,
    materials: data.materials,
    materialsInAt: at,
    acceptorHadMaterials: line.node === data.acceptor,
    supplement: null,
    acceptance: null,
    reviews: [],
    decision: null,
    closedAt: null,
    holders: [line.node],
    spans: [{ node: line.node, from: at, to: null }],
  };
}

/**
 * The file after one more line. Knows which line may follow which state and nothing of who may write it: that is
 * `case-steps.ts`. Nodes fold the logs they receive with it, so a forged or impossible log is refused.
 * @throws {ProblemError} CHAIN_BROKEN, ILLEGAL_STEP
 */
export function foldLine(file: CaseFile, line: LogLine): CaseFile {
  if (line.case !== file.id || line.seq !== file.seq + 1) {
    throw problem('CHAIN_BROKEN', `Line ${line.seq} does not follow line ${file.seq} of ${file.id}.`);
  }
  const at = new Date(line.at);
  if (at < file.lastAt)
    throw problem('CHAIN_BROKEN', `Line ${line.seq} of ${file.id} is dated before the line ahead of it.`);
  if (isClosed(file.state)) throw illegal(file, line);
  if (line.action === 'RECEIVED') return received(file, line, at);
  // every other line is the custodian's own, of its own epoch
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
  if (file.inTransitTo !== null && line.action !== 'HANDOFF_REFUSED') throw illegal(file, line);
  const next: CaseFile = { ...file, seq: line.seq, lastAt: at };
  const close = (state: CaseState): CaseFile => ({ ...next, state, closedAt: at });
  switch (line.action) {
    case 'FILED':
      throw illegal(file, line);
    case 'SUPPLEMENT_REQUESTED':
      if (file.state !== 'FILED' || file.supplement || line.node !== file.acceptor) throw illegal(file, line);
      return {
        ...next,
        state: 'AWAITING_SUPPLEMENT',
        supplement: {
          at,
          node: line.node,
          missing: line.data.missing,
          materialsBefore: file.materials.length,
          suppliedAt: null,
        },
      };
    case 'SUPPLEMENTED': {
      if (file.state !== 'AWAITING_SUPPLEMENT' || !file.supplement) throw illegal(file, line);
      const supplied: CaseFile = { ...next, materials: [...file.materials, ...line.data.materials] };
      if (outstanding(supplied).length > 0) return supplied;
      return {
        ...supplied,
        state: 'FILED',
        materialsInAt: at,
        acceptorHadMaterials: line.node === file.acceptor,
        supplement: { ...file.supplement, suppliedAt: at },
      };
    }
    case 'FORWARDED':
    case 'RETURNED':
      if (line.data.epoch !== file.epoch + 1 || line.data.to === file.custodian) throw illegal(file, line);
      if (file.state === 'AWAITING_SUPPLEMENT' && line.data.to !== file.filingNode) throw illegal(file, line);
      return { ...next, inTransitTo: line.data.to };
    case 'HANDOFF_REFUSED':
      if (line.data.by !== file.inTransitTo || line.data.epoch !== file.epoch + 1) throw illegal(file, line);
      // the refused round is spent, so that a late copy of it can never be taken
      return { ...next, inTransitTo: null, epoch: line.data.epoch };
    case 'ACCEPTED': {
      if (file.state !== 'FILED' || line.node !== file.acceptor) throw illegal(file, line);
      const { from, deemed, itemVersion, promised, statutory } = line.data;
      return {
        ...next,
        state: 'ACCEPTED',
        itemVersion,
        acceptance: { at, node: line.node, actor: line.actor, from, deemed, itemVersion, promised, statutory },
      };
    }
    case 'NOT_ACCEPTED':
      if (file.state !== 'FILED' || line.node !== file.acceptor) throw illegal(file, line);
      return close('NOT_ACCEPTED');
    case 'REVIEWED':
      if (!mayReview(line.node, file)) throw illegal(file, line);
      return {
        ...next,
        state: 'REVIEWED',
        facts: { amountFen: line.data.amountFen ?? file.facts.amountFen },
        reviews: [...file.reviews, { at, node: line.node, actor: line.actor, opinion: line.data.opinion }],
      };
    case 'DECIDED': {
      if (file.state !== 'REVIEWED' || line.node !== file.decider) throw illegal(file, line);
      const { outcome, reason, remedies, inNameOf, grant = null, department = null, minutes = null } = line.data;
      const use = file.through.decide;
      const reviewer = file.reviews.at(-1)?.node;
      const sound =
        inNameOf === nameOf(file) &&
        grant === (use?.id ?? null) &&
        (reviewer === line.node || reviewer === file.through.review?.grantee);
      if (!sound) throw illegal(file, line);
      const decision: Decision = {
        at,
        node: line.node,
        actor: line.actor,
        outcome,
        reason,
        remedies,
        inNameOf,
        grant,
        department,
        minutes,
      };
      return { ...close(outcome), decision };
    }
    case 'WITHDRAWN':
      return close('WITHDRAWN');
    case 'REROUTED': {
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
    default:
      return line satisfies never;
  }
}

/** Accepting or deciding organ; a desk that only took the case in reviews nothing. */
export function isOrgan(node: DivisionCode, file: CaseFile): boolean {
  return node === file.acceptor || node === file.decider || node === file.through.review?.grantee;
}

/** Whether a review may follow: of an accepted case, or one's own where another desk's review stands by a grant. */
export function mayReview(node: DivisionCode, file: CaseFile): boolean {
  const borrowed = file.state === 'REVIEWED' && file.reviews.at(-1)?.node !== node;
  return (file.state === 'ACCEPTED' || borrowed) && isOrgan(node, file);
}

/** In whose name the case is decided: the grantor's where the power is lent (委托), else the deciding organ's own. */
export function nameOf({ decider, through }: Pick<CaseFile, 'decider' | 'through'>): DivisionCode {
  return through.decide?.mode === 'ENTRUSTED' ? through.decide.grantor : decider;
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

/** The nodes that may read a case: every one that held it, and the grantors whose power it is handled under. */
export function readersOf(file: CaseFile): DivisionCode[] {
  const grantors = Object.values(file.through).flatMap((use) => use?.grantor ?? []);
  return [...new Set([...file.holders, ...grantors, ...(grantors.length > 0 ? [file.power] : [])])];
}

function received(file: CaseFile, line: LogLine & { action: 'RECEIVED' }, at: Date): CaseFile {
  const { from, epoch } = line.data;
  if (file.inTransitTo !== line.node || from !== file.custodian) throw illegal(file, line);
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
    // another desk's review does not stand for one's own, unless a grant says so
    state: file.state === 'REVIEWED' && file.through.review?.grantee !== from ? 'ACCEPTED' : file.state,
    materialsInAt: firstHad ? at : file.materialsInAt,
    acceptorHadMaterials: file.acceptorHadMaterials || firstHad,
    holders: file.holders.includes(line.node) ? file.holders : [...file.holders, line.node],
    spans: [...file.spans.map((s) => (s.to === null ? { ...s, to: at } : s)), span],
  };
}

function illegal(file: CaseFile, line: LogLine): ProblemError {
  const way = file.inTransitTo === null ? '' : `, under way to ${file.inTransitTo}`;
  return problem(
    'ILLEGAL_STEP',
    `${line.action} ${LOG_ACTION_LABELS[line.action]} can't follow ${file.state} ${CASE_STATE_LABELS[file.state]}${way}.`,
  );
}
