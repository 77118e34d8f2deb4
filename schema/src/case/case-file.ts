import type { DivisionCode, Divisions } from '../kernel/divisions.ts';
import { filingNodeOf } from '../kernel/identifiers.ts';
import type {
  BundleMembership,
  CitedDiscretion,
  CitedMeeting,
  GrantUses,
  LogActor,
  Material,
  MissingMaterial,
  Staff,
} from './log-line.ts';
import type { CaseResult, CaseState, DeliveryWay, Grade, Opinion, Outcome, Rater, SpecialProcedure } from './words.ts';
import type { Custody } from '../kernel/words.ts';
import type { ItemKind } from '../domains/catalogue/item-words.ts';
import type { Day } from '../kernel/calendar.ts';
import type { CaseFacts } from '../domains/delegation/rules.ts';
import type { HearingFile } from '../domains/hearings/rules.ts';
import type { AnswerVerdict } from '../domains/answers/words.ts';
import type { ReportEventKind, ReportResult, ReportWay } from '../domains/reports/words.ts';
import { hearingPapers } from '../domains/hearings/rules.ts';
import type { JointHandling } from '../domains/joint/rules.ts';
import type { GreenChannel, Urgency } from '../domains/expedited/rules.ts';
import type { FeeLedger } from '../domains/fees/rules.ts';
import type { Limit } from '../kernel/limits.ts';
import type { Viewer } from '../operation/permissions.ts';
import { requireCaseReader, requireOwnCase } from '../operation/permissions.ts';
import type { ProxyHandling } from '../domains/proxy/rules.ts';

/** A stretch of time one node held the case. */
export interface CustodySpan {
  node: DivisionCode;
  from: Date;
  to: Date | null;
}

/** 补录: when a case was filed that the desk had received before, and the device it was taken in with. */
export interface LateFiling {
  enteredAt: Date;
  device: string;
}

/** 预审: the deciding desk's one complete list for a draft. */
export interface Precheck {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  missing: MissingMaterial[];
  remarks: string | null;
}

/** The one-time notice of missing materials (一次告知) and whether it was answered. */
export interface SupplementNotice {
  at: Date;
  node: DivisionCode;
  missing: MissingMaterial[];
  /** Number of materials when the notice was given; only later materials answer it. */
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
  implementationVersion: number;
  promised: Limit;
  statutory: Limit | null;
  /** The organ whose implementation was in force: the one that held the power at acceptance. */
  power: DivisionCode;
}

/** 特别程序, from its start to its end. */
export interface Procedure {
  /** 1, 2, 3 … within the case. */
  number: number;
  kind: SpecialProcedure;
  node: DivisionCode;
  startedAt: Date;
  endedAt: Date | null;
  /** Whether its time does not count toward the limit. */
  stopsClock: boolean;
  notice: string;
  expectedDays: number | null;
  result: string | null;
  /** People who did the on-site check; empty if none are named. */
  staff: Staff[];
}

/** 延长期限: once, by the organ's head. */
export interface Extension {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  /** Working days added. */
  days: number;
  reason: string;
}

export interface Review {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  /** The second person of the review; null for a review by one person. */
  second: Staff | null;
  opinion: Opinion;
  /** The amount as the review assesses it, in fen; null if it assesses none. */
  amountFen: number | null;
  /** The conditions the opinion depends on (附条件). */
  conditions: string[];
  /** The reviewing department, or the bureau that holds its powers; null if the organ reviews as a whole. */
  department: string | null;
  /** What the reviewer wrote; never null where the opinion is a refusal. */
  reason: string | null;
}

export interface Decision {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  outcome: Outcome;
  reason: string | null;
  remedies: string | null;
  /** The node in whose name the decision goes out: the grantor if the power is lent. */
  inNameOf: DivisionCode;
  /** The grant it was decided under; null by the organ's own power. */
  grant: string | null;
  /** The department that decides; null if the organ decides as a whole. */
  department: string | null;
  /** 会议纪要 that are kept elsewhere, where the item is decided together. */
  minutes: string | null;
  /** The desk's meeting whose minutes support it; null if it cites none. */
  meeting: CitedMeeting | null;
  /** Digests of the hearing records it is based on. */
  records: string[];
  /** 裁量基准 it goes by; null if it cites none. */
  discretion: CitedDiscretion | null;
  /** Whether the law itself granted it, because no decision was made before the licence to renew expired (Art. 50). */
  deemed: boolean;
}

/** 明确答复 of a case that is answered and not decided. */
export interface Answer {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  verdict: AnswerVerdict;
  reason: string;
  /** The rules it goes by. */
  basis: string;
  /** What has to be there first. */
  needs: string[];
  /** 救济途径; null where no law gives any. */
  remedies: string | null;
  inNameOf: DivisionCode;
  /** The grant it was given under; null by the organ's own power. */
  grant: string | null;
  department: string | null;
}

/** 转报: a case passed on to an organ outside. */
export interface Report {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  /** The organ outside. */
  to: string;
  /** 文号 of the letter it went with. */
  number: string;
  sentOn: Day;
  way: ReportWay;
  sent: string;
  /** By when the organ outside is expected to answer, as last heard; null if it named no day. */
  dueOn: Day | null;
  events: {
    at: Date;
    node: DivisionCode;
    actor: LogActor;
    event: ReportEventKind;
    on: Day;
    number: string | null;
    what: string | null;
  }[];
  result: {
    at: Date;
    node: DivisionCode;
    actor: LogActor;
    result: ReportResult;
    number: string;
    on: Day;
    reason: string | null;
  } | null;
}

/** 结果文书. */
export interface IssuedDocument {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  /** 文号 */
  number: string;
  document: Material;
  seal: string | null;
}

export interface Delivery {
  at: Date;
  node: DivisionCode;
  actor: LogActor;
  way: DeliveryWay;
}

/** 延续: the licence a case is to renew. */
export interface Renewal {
  /** The licence's own number. */
  licence: string;
  /** The last day it holds. */
  expiresOn: Day;
  /** When everything asked for had come in; null while the one-time notice is not answered. */
  completeAt: Date | null;
}

/** 好差评. */
export interface Rating {
  at: Date;
  grade: Grade;
  /** Whether the applicant rated the case alone, or at a desk. */
  by: Rater;
}

/** Everything a case's log says (案卷): the state and all its facts, folded from the lines alone. */
export interface CaseFile {
  id: string;
  number: string;
  item: string;
  itemVersion: number;
  itemKind: ItemKind;
  filingNode: DivisionCode;
  /** The desk that serves the applicant: the one that took the case in, or its successor (撤并). */
  home: DivisionCode;
  /** Nodes that were closed while the case ran, and their successors. */
  successions: { node: DivisionCode; successor: DivisionCode }[];
  /** Whether it was filed. A draft is not filed yet, and no figure counts it. */
  filed: boolean;
  /** When the desk received it (收件); for a draft, when it was made. */
  filedAt: Date;
  /** 补录: it was filed later than it was received; null for a case filed at once. */
  late: LateFiling | null;
  filedBy: LogActor;
  place: DivisionCode;
  acceptor: DivisionCode;
  decider: DivisionCode;
  /** The organ that holds the power by the item itself. */
  power: DivisionCode;
  /** The grants by which lower organs act for it. */
  through: GrantUses;
  facts: CaseFacts;
  /** The amount applied for, in fen; `facts` has the amount as it was assessed since. Null if none was stated. */
  appliedFen: number | null;
  application: string;
  /** The one form (一件事) the case is a member of. */
  bundle: BundleMembership | null;
  /** The project (项目) it belongs to; its id names the node that keeps it. */
  project: string | null;
  /** 绿色通道; null where the case is not on it. */
  greenChannel: GreenChannel | null;
  /** 特急; null if it was not requested. */
  urgency: Urgency | null;
  proxied: boolean;
  /** 代办; null where the applicant came alone. */
  proxy: ProxyHandling | null;
  state: CaseState;
  /** The one node that holds the case, also while it is under way to the next. */
  custodian: DivisionCode;
  /** The node it is under way to; null when it rests. */
  inTransitTo: DivisionCode | null;
  epoch: number;
  seq: number;
  lastAt: Date;
  materials: Material[];
  /** 延续; null where no licence is renewed. */
  renewal: Renewal | null;
  /** 利害关系人与听证. */
  hearing: HearingFile;
  /**
   * When the current materials came in at the acceptor (Art. 32), or were handed in, if they are not there yet. For a
   * case that was returned and sent up unchanged, the first arrival counts.
   */
  materialsInAt: Date;
  /** Whether the acceptor already has all current materials. */
  acceptorHadMaterials: boolean;
  precheck: Precheck | null;
  supplement: SupplementNotice | null;
  acceptance: Acceptance | null;
  procedures: Procedure[];
  extension: Extension | null;
  reviews: Review[];
  decision: Decision | null;
  /** 答复件: the limit of its written answer, from the day its materials are in; null for a case that is decided. */
  answerLimit: Limit | null;
  answer: Answer | null;
  /** 转报; null where no organ outside has it. */
  report: Report | null;
  issued: IssuedDocument | null;
  delivery: Delivery | null;
  /** The case's charges, payments, waivers and refunds. */
  fees: FeeLedger;
  closedAt: Date | null;
  rating: Rating | null;
  /** 联合办理; null if it was not opened. */
  joint: JointHandling | null;
  /** Every node that held the case, in order, each once. */
  holders: DivisionCode[];
  spans: CustodySpan[];
}

/** Hand-offs made so far. */
export function hopsOf(file: CaseFile): number {
  return file.spans.length - 1;
}

/** A node's custody of the case. */
export function custodyAt(file: CaseFile, node: DivisionCode): Custody {
  if (file.custodian !== node) return 'ELSEWHERE';
  return file.inTransitTo === null ? 'HELD' : 'IN_TRANSIT';
}

/** Materials the item requires that have not been handed in yet. */
export function missingMaterials(file: CaseFile, required: readonly { name: string; required: boolean }[]): string[] {
  return required.filter((r) => r.required && !file.materials.some((m) => m.name === r.name)).map((r) => r.name);
}

/** Materials of the one-time notice that have not come in since. */
export function outstanding(file: CaseFile): MissingMaterial[] {
  if (!file.supplement) return [];
  const since = file.materials.slice(file.supplement.materialsBefore);
  return file.supplement.missing.filter((m) => !since.some((given) => given.name === m.material));
}

/**
 * All files that go with a case to its next custodian: the materials handed in, and the documents issued. Papers on
 * interested parties go only to the organs, because the desk that took the case in may act for their opponent.
 */
export function contentsOf(file: CaseFile, receiver: DivisionCode): Material[] {
  return [
    ...file.materials,
    ...(file.issued ? [file.issued.document] : []),
    ...(isOrgan(receiver, file) ? hearingPapers(file.hearing) : []),
  ];
}

/** Special procedures that have not ended. */
export function openProcedures(file: CaseFile): Procedure[] {
  return file.procedures.filter((p) => p.endedAt === null);
}

/**
 * When the result came and from which organ: by a decision, an answer, or the result of an organ outside; null before.
 */
export function conclusionOf({ decision, answer, report }: Pick<CaseFile, 'decision' | 'answer' | 'report'>) {
  return decision ?? answer ?? report?.result ?? null;
}

/** When the organ's own work was done: its decision, its answer, or the sending to an organ outside; null before. */
export function workDoneAt({
  decision,
  answer,
  report,
}: Pick<CaseFile, 'decision' | 'answer' | 'report'>): Date | null {
  return decision?.at ?? answer?.at ?? report?.at ?? null;
}

/** 办结结果; null while the case is open. */
export function resultOf(file: CaseFile): CaseResult | null {
  switch (file.state) {
    case 'CLOSED':
      if (file.answer) return 'ANSWERED';
      if (file.report) return 'FORWARDED_CLOSED';
      return file.decision?.outcome === 'GRANTED' ? 'ISSUED' : 'REFUSED';
    case 'NOT_ACCEPTED':
    case 'WITHDRAWN':
    case 'TERMINATED':
    case 'VOIDED':
      return file.state;
    case 'DRAFT':
    case 'PRECHECKED':
    case 'FILED':
    case 'AWAITING_SUPPLEMENT':
    case 'ACCEPTED':
    case 'REVIEWED':
    case 'GRANTED':
    case 'REFUSED':
    case 'ANSWERED':
    case 'REPORTED':
    case 'REPORT_DECIDED':
    case 'DELIVERED':
      return null;
    default:
      return file.state satisfies never;
  }
}

/**
 * Whether the node is the accepting or deciding organ, or reviews by a grant. A desk that only took the case in reviews
 * nothing.
 */
export function isOrgan(node: DivisionCode, file: CaseFile): boolean {
  return node === file.acceptor || node === file.decider || node === file.through.review?.grantee;
}

/** Whether an organ may review now: an accepted case, or one whose last review another desk did under a grant. */
export function mayReview(node: DivisionCode, file: CaseFile): boolean {
  const borrowed = file.state === 'REVIEWED' && file.reviews.at(-1)?.node !== node;
  return (file.state === 'ACCEPTED' || borrowed) && isOrgan(node, file);
}

/** The node in whose name the case is decided: the grantor if the power is lent (委托), else the deciding organ. */
export function nameOf({ decider, through }: Pick<CaseFile, 'decider' | 'through'>): DivisionCode {
  return through.decide?.mode === 'ENTRUSTED' ? through.decide.grantor : decider;
}

/** Whether a node has held the case, or serves its applicant as the successor of one that has. */
export function hasPart(node: DivisionCode, { holders, home }: Pick<CaseFile, 'holders' | 'home'>): boolean {
  return holders.includes(node) || home === node;
}

/** The node that keeps a project, as a case knows it: the one its id names, or its successor (撤并). */
export function projectKeeperOf(project: string, { successions }: Pick<CaseFile, 'successions'>): DivisionCode {
  return successions.reduce(
    (keeper, { node, successor }) => (node === keeper ? successor : keeper),
    filingNodeOf(project, 'project'),
  );
}

/**
 * The nodes that may read a case: every one that held it or serves its applicant, the grantors whose power it is handled
 * under, and the node that keeps its project.
 */
export function readersOf(file: CaseFile): DivisionCode[] {
  const grantors = Object.values(file.through).flatMap((use) => use?.grantor ?? []);
  const keeper = file.project === null ? [] : [projectKeeperOf(file.project, file)];
  return [
    ...new Set([...file.holders, file.home, ...grantors, ...(grantors.length > 0 ? [file.power] : []), ...keeper]),
  ];
}

/**
 * Refuses people of nodes that may not read the case, and tokens issued for another case.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireFileReader(viewer: Viewer, file: CaseFile, divisions: Divisions): void {
  requireOwnCase(viewer, file.number);
  requireCaseReader(viewer, readersOf(file), divisions);
}
