import { caseIdOf, caseNumberOf } from '../kernel/identifiers.ts';
import type { DivisionCode } from '../kernel/divisions.ts';
import type { GrantUse, LogActor, LogEntry, LogLine } from '../case/log-line.ts';
import { NODE_ACTOR } from '../case/log-line.ts';
import type { CaseFile } from '../case/case-file.ts';
import { nameOf } from '../case/case-file.ts';
import { foldLog } from '../case/case-state.ts';
import type { Step } from '../case/step-context.ts';
import type { Item } from '../domains/catalogue/catalogue.ts';
import type { Limit } from '../kernel/limits.ts';
import type { CaseAgent } from '../domains/proxy/rules.ts';
import { dayOf } from '../kernel/calendar.ts';
import type { DeliveryWay, Grade, Opinion, Outcome, SpecialProcedure } from '../case/words.ts';
import type { ReportEventKind, ReportResult } from '../domains/reports/words.ts';
import type { PartyAsk, PartyOpinion } from '../domains/joint/words.ts';
import { at, COUNTY, itemOf, material, sha256, TOWNSHIP, VILLAGE } from './fixtures.ts';

export type LineHead = Pick<LogLine, 'case' | 'seq' | 'epoch' | 'at' | 'node' | 'actor' | 'note'>;

type Filed = Extract<LogEntry, { action: 'FILED' }>['data'];

export interface FiledAs {
  item?: Item;
  node?: DivisionCode;
  acceptor?: DivisionCode;
  decider?: DivisionCode;
  at?: Date;
  /** All the item asks for when left out. */
  materials?: string[];
  data?: Partial<Filed>;
}

const HOUR_MS = 3_600_000;
/** The grant of {@link CaseLog.entrusted}. */
export const GRANT_ID = '0198c0de-0000-4000-8000-00000000000a';
const UUID = '0198c0de-0000-7000-8000-000000000001';

/** A case's log in the making, immutable. Lines come an hour apart unless they say otherwise. */
export class CaseLog {
  readonly lines: readonly LogLine[];
  readonly file: CaseFile;

  private constructor(lines: readonly LogLine[]) {
    this.lines = lines;
    this.file = foldLog(lines);
  }

  /** 低保 filed in 包家村: 亭旁镇 accepts, 三门县 decides, unless told otherwise. */
  static filed(as: FiledAs = {}): CaseLog {
    return new CaseLog([CaseLog.filing(as)]);
  }

  /** 临时救助 filed in 包家村: 亭旁镇 accepts, and decides under 三门县's grant. */
  static entrusted(as: FiledAs = {}, use: Partial<GrantUse> = {}): CaseLog {
    const decide: GrantUse = { id: GRANT_ID, grantor: COUNTY, grantee: TOWNSHIP, mode: 'ENTRUSTED', ...use };
    return CaseLog.filed({
      item: itemOf('3310-MZ-002'),
      decider: TOWNSHIP,
      ...as,
      data: {
        power: COUNTY,
        through: { accept: null, review: null, decide },
        facts: { amountFen: 80_000 },
        ...as.data,
      },
    });
  }

  /** The same case drawn up for a pre-check. */
  static drafted(as: FiledAs = {}): CaseLog {
    const line = CaseLog.filing(as);
    if (line.action !== 'FILED') throw new Error('It begins otherwise.');
    return new CaseLog([{ ...line, action: 'DRAFTED' }]);
  }

  static of(lines: readonly LogLine[]): CaseLog {
    return new CaseLog(lines);
  }

  /** The first line alone, not folded yet. */
  static filing(as: FiledAs = {}): LogLine {
    const { item = itemOf('3310-MZ-001'), node = VILLAGE, acceptor = TOWNSHIP, decider = COUNTY } = as;
    const filedAt = as.at ?? at('2026-03-02');
    const materials = (as.materials ?? item.standard.materials.map((m) => m.name)).map((name) => material(name));
    return {
      action: 'FILED',
      case: caseIdOf(node, UUID),
      seq: 1,
      epoch: 1,
      at: filedAt.toISOString(),
      node,
      actor: { sub: `agent-${node}`, name: '代办员', role: 'AGENT' },
      prev: null,
      note: null,
      data: {
        number: caseNumberOf(node, dayOf(filedAt), 1),
        item: item.code,
        itemVersion: item.version,
        itemKind: item.kind,
        place: VILLAGE,
        acceptor,
        decider,
        application: sha256('application'),
        consent: null,
        materials,
        ...as.data,
      },
    };
  }

  /** The next line, valid except for the changes in `head`; not folded. */
  next(entry: LogEntry, head: Partial<LineHead> = {}): LogLine {
    const { file } = this;
    const node = head.node ?? file.custodian;
    return {
      case: file.id,
      seq: file.seq + 1,
      epoch: file.epoch,
      at: new Date(file.lastAt.getTime() + HOUR_MS).toISOString(),
      node,
      actor: clerkOf(node),
      prev: sha256(`line ${file.seq}`),
      note: null,
      ...head,
      ...entry,
    };
  }

  add(entry: LogEntry, head: Partial<LineHead> = {}): CaseLog {
    return new CaseLog([...this.lines, this.next(entry, head)]);
  }

  /** The log after a step of the custodian's: all its lines, at one instant. */
  taken(step: Step, on: Date): CaseLog {
    return step.lines.reduce<CaseLog>((log, { actor, note, ...entry }) => {
      return log.add(entry, { at: on.toISOString(), actor, note });
    }, this);
  }

  forwarded(to: DivisionCode, head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'FORWARDED', data: { to, epoch: this.file.epoch + 1 } }, head);
  }

  returned(to: DivisionCode, head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'RETURNED', data: { to, epoch: this.file.epoch + 1 } }, head);
  }

  /** Taken over by the node it is under way to. */
  received(head: Partial<LineHead> = {}): CaseLog {
    const node = this.file.inTransitTo ?? 'nowhere';
    const epoch = this.file.epoch + 1;
    const data = { from: this.file.custodian, epoch };
    return this.add({ action: 'RECEIVED', data }, { node, epoch, actor: clerkOf(node), ...head });
  }

  handOffRefused(head?: Partial<LineHead>): CaseLog {
    const by = this.file.inTransitTo ?? 'nobody';
    const data = { by, epoch: this.file.epoch + 1, code: 'SIGNATURE_INVALID' };
    return this.add({ action: 'HANDOFF_REFUSED', data }, head);
  }

  /** Forwarded and received. */
  handedTo(to: DivisionCode, receivedAt?: Date): CaseLog {
    return this.forwarded(to).received(receivedAt && { at: receivedAt.toISOString() });
  }

  asked(missing: string[], head?: Partial<LineHead>): CaseLog {
    const data = { missing: missing.map((name) => ({ material: name, reason: '未提交' })) };
    return this.add({ action: 'SUPPLEMENT_REQUESTED', data }, head);
  }

  supplemented(names: string[], head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'SUPPLEMENTED', data: { materials: names.map((n) => material(n)) } }, head);
  }

  accepted(limits: { promised?: Limit; statutory?: Limit | null } = {}, head: Partial<LineHead> = {}): CaseLog {
    const { promised = { days: 18, unit: 'WORKDAY' }, statutory = { days: 20, unit: 'WORKDAY' } } = limits;
    const on = head.at ?? new Date(this.file.lastAt.getTime() + HOUR_MS).toISOString();
    const from = dayOf(new Date(on));
    const versions = { itemVersion: this.file.itemVersion, implementationVersion: 1 };
    return this.add({ action: 'ACCEPTED', data: { from, deemed: false, ...versions, promised, statutory } }, head);
  }

  notAccepted(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'NOT_ACCEPTED', data: { reason: '不属本机关职权范围', remedies: '复议' } }, head);
  }

  reviewed(opinion: Opinion = 'APPROVE', head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'REVIEWED', data: { opinion } }, head);
  }

  decided(outcome: Outcome = 'GRANTED', head?: Partial<LineHead>): CaseLog {
    const refused =
      outcome === 'REFUSED' ? { reason: '不符合条件', remedies: '复议' } : { reason: null, remedies: null };
    const use = this.file.through.decide;
    const data = { outcome, ...refused, inNameOf: nameOf(this.file), ...(use ? { grant: use.id } : {}) };
    return this.add({ action: 'DECIDED', data }, head);
  }

  /** 答复件 filed at the county, which answers it. */
  static answerable(as: FiledAs = {}): CaseLog {
    const limit: Limit = { days: 3, unit: 'WORKDAY' };
    return CaseLog.filed({
      node: COUNTY,
      acceptor: COUNTY,
      decider: COUNTY,
      ...as,
      data: { answered: { limit }, ...as.data },
    });
  }

  answered(head?: Partial<LineHead>): CaseLog {
    const use = this.file.through.decide;
    const data = {
      verdict: 'ON_CONDITIONS' as const,
      reason: '属限制类项目',
      basis: '《产业结构调整指导目录》',
      needs: ['节能审查意见'],
      inNameOf: nameOf(this.file),
      ...(use ? { grant: use.id } : {}),
    };
    return this.add({ action: 'ANSWERED', data }, head);
  }

  /** Passed on to an organ outside, which is expected to answer by the 30th of April. */
  reported(head?: Partial<LineHead>): CaseLog {
    const data = {
      to: '省水利厅',
      number: '三水〔2026〕1号',
      sentOn: dayOf(this.file.lastAt),
      way: 'EXCHANGE' as const,
      sent: '申请材料一套',
      dueOn: '2026-04-30',
    };
    return this.add({ action: 'REPORTED', data }, head);
  }

  reportProgressed(event: ReportEventKind = 'RECEIVED', head?: Partial<LineHead>): CaseLog {
    const on = dayOf(this.file.lastAt);
    const data = { event, on, number: '浙水受1号', what: '补充水资源论证', dueOn: null };
    return this.add({ action: 'REPORT_PROGRESSED', data }, head);
  }

  reportDecided(result: ReportResult = 'GRANTED', head?: Partial<LineHead>): CaseLog {
    const reason = result === 'GRANTED' ? null : '不符合条件';
    const on = dayOf(this.file.lastAt);
    const data = { result, number: '浙水许〔2026〕1号', on, document: material('许可文件'), reason };
    return this.add({ action: 'REPORT_DECIDED', data }, head);
  }

  /** Its grants ended: the organ that holds the power decides. */
  rerouted(head?: Partial<LineHead>): CaseLog {
    const { acceptor, power, through } = this.file;
    const data = { acceptor, decider: power, through: { ...through, decide: null } };
    return this.add({ action: 'REROUTED', data }, { actor: NODE_ACTOR, ...head });
  }

  /** A node it names was closed; another took its place. */
  succeeded(node: DivisionCode, successor: DivisionCode, head: Partial<LineHead> = {}): CaseLog {
    const data = { node, successor, closing: 'signed' };
    return this.add({ action: 'SUCCEEDED', data }, { actor: NODE_ACTOR, ...head });
  }

  /** Under way to the closed holder's successor. */
  handedOver(to: DivisionCode, head: Partial<LineHead> = {}): CaseLog {
    return this.add(
      { action: 'HANDED_OVER', data: { to, epoch: this.file.epoch + 1 } },
      { actor: NODE_ACTOR, ...head },
    );
  }

  prechecked(missing: string[] = [], head?: Partial<LineHead>): CaseLog {
    const list = missing.map((name) => ({ material: name, reason: '未提交' }));
    return this.add({ action: 'PRECHECKED', data: { missing: list, remarks: null } }, head);
  }

  /** Files the draft unchanged, with more materials if some are named. */
  filedAfterDraft(more: string[] = [], head?: Partial<LineHead>): CaseLog {
    const [first] = this.lines;
    if (first?.action !== 'DRAFTED') throw new Error('It was no draft.');
    return this.add({ action: 'FILED', data: { ...first.data, materials: more.map((m) => material(m)) } }, head);
  }

  transferred(to: DivisionCode, head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'TRANSFERRED', data: { to, epoch: this.file.epoch + 1 } }, head);
  }

  assigned(to: DivisionCode = this.file.filingNode, head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'ASSIGNED', data: { to, epoch: this.file.epoch + 1 } }, head);
  }

  procedureStarted(kind: SpecialProcedure = 'HEARING', stopsClock = true, head?: Partial<LineHead>): CaseLog {
    const procedure = this.file.procedures.length + 1;
    const data = { procedure, kind, stopsClock, notice: '书面告知所需时间', expectedDays: 10 };
    return this.add({ action: 'PROCEDURE_STARTED', data }, head);
  }

  procedureEnded(procedure = 1, head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'PROCEDURE_ENDED', data: { procedure, result: '已完成' } }, head);
  }

  extended(days = 10, head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'EXTENDED', data: { days, reason: '案情复杂' } }, head);
  }

  issued(head?: Partial<LineHead>): CaseLog {
    const document = { ...material('决定书'), mediaType: 'text/markdown' };
    return this.add({ action: 'DOCUMENT_ISSUED', data: { number: '决字〔2026〕1号', document } }, head);
  }

  delivered(way: DeliveryWay = 'WINDOW', head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'DELIVERED', data: { way } }, head);
  }

  closed(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'CLOSED', data: {} }, head);
  }

  rated(grade: Grade = 5, head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'RATED', data: { grade, by: 'DESK' } }, head);
  }

  /** Billed at window F1, 550 yuan in one category unless told otherwise. */
  billed(amountFen = 55_000, head?: Partial<LineHead>): CaseLog {
    const line = { item: this.file.item, category: 'general', unit: '件', baseFen: amountFen, quantity: 1 };
    const lines = [{ ...line, percent: 100, amountFen, rounding: 'DOWN' as const }];
    const data = { window: 'F1', lines, amountFen, itemVersion: this.file.itemVersion, implementationVersion: 1 };
    return this.add({ action: 'BILLED', data }, head);
  }

  paid(amountFen = 55_000, receipt = 'R-1', head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'PAID', data: { amountFen, receipt, window: 'F1' } }, head);
  }

  waiverProposed(amountFen: number, head?: Partial<LineHead>): CaseLog {
    const waiver = this.file.fees.waivers.length + 1;
    return this.add({ action: 'FEE_WAIVER_PROPOSED', data: { waiver, amountFen, ground: '低保家庭' } }, head);
  }

  waived(waiver = 1, head: Partial<LineHead> = {}): CaseLog {
    const amountFen = this.file.fees.waivers.find((w) => w.number === waiver)?.amountFen ?? 1;
    const actor = { sub: `chief-${this.file.custodian}`, name: '首席代表', role: 'CHIEF' } as const;
    return this.add({ action: 'FEE_WAIVED', data: { waiver, amountFen, ground: '低保家庭' } }, { actor, ...head });
  }

  refunded(amountFen: number, receipt = 'T-1', of = 'R-1', head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'REFUNDED', data: { of, amountFen, reason: '多收', receipt, window: 'F1' } }, head);
  }

  terminated(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'TERMINATED', data: { reason: '申请人死亡' } }, head);
  }

  /** Joint handling with parties of the custodian's own node, each with a month to answer. */
  jointOpened(asks: readonly PartyAsk[] = ['OPINION', 'STATUTORY'], silent = true, head?: Partial<LineHead>): CaseLog {
    const dueAt = new Date(this.file.lastAt.getTime() + 30 * 24 * HOUR_MS).toISOString();
    const node = this.file.custodian;
    const parties = asks.map((ask, i) => ({ party: i + 1, node, department: `部门${i + 1}`, ask, dueAt }));
    const data = { lead: '牵头部门', stage: null, silentApproval: silent, absenceDefault: silent, parties };
    return this.add({ action: 'JOINT_OPENED', data }, head);
  }

  /** Joint handling with one party, of another node, which has a month to answer and is called to a visit. */
  farPartyCalled(node: DivisionCode, head?: Partial<LineHead>): CaseLog {
    const dueAt = new Date(this.file.lastAt.getTime() + 30 * 24 * HOUR_MS).toISOString();
    const parties = [{ party: 1, node, department: '农业农村', ask: 'OPINION' as const, dueAt, days: 20 }];
    const data = { lead: '牵头部门', stage: null, silentApproval: true, absenceDefault: true, parties };
    const opened = this.add({ action: 'JOINT_OPENED', data }, head);
    const at = new Date(opened.file.lastAt.getTime() + 24 * HOUR_MS).toISOString();
    return opened.add({ action: 'VISIT_SCHEDULED', data: { at, place: '厂区', parties: [1] } });
  }

  opinionGiven(party = 1, opinion: PartyOpinion = 'AGREE', head?: Partial<LineHead>): CaseLog {
    const data = { party, opinion, reason: opinion === 'OBJECT' ? '消防通道不足' : null };
    return this.add({ action: 'OPINION_GIVEN', data }, head);
  }

  voided(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'VOIDED', data: { reason: '录入有误' } }, head);
  }

  contacted(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'CONTACTED', data: { with: 'APPLICANT', way: 'PHONE', what: '告知办理进度' } }, head);
  }

  agentChanged(to: CaseAgent, head?: Partial<LineHead>): CaseLog {
    const from = this.file.proxy?.agent ?? { node: this.file.filingNode, sub: null, name: null };
    return this.add({ action: 'AGENT_CHANGED', data: { change: UUID, from, to, reason: 'ABSENCE' } }, head);
  }

  consentRevoked(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'CONSENT_REVOKED', data: { way: 'SIGNATURE', reason: null } }, head);
  }

  linked(project = `${COUNTY}-${UUID}`, head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'PROJECT_LINKED', data: { project } }, head);
  }

  projectLeft(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'PROJECT_LEFT', data: { project: this.file.project ?? '', reason: '误纳入项目' } }, head);
  }

  /** On the green channel of its project, which is linked ahead of it where the case has none. */
  onGreenChannel(limit: Limit = { days: 5, unit: 'WORKDAY' }, head?: Partial<LineHead>): CaseLog {
    const log = this.file.project === null ? this.linked() : this;
    const data = { project: log.file.project ?? '', ground: '县重点项目', limit };
    return log.add({ action: 'GREEN_CHANNEL_OPENED', data }, head);
  }

  urgencyAsked(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'URGENCY_ASKED', data: { ground: '急需住院' } }, head);
  }

  /** Approved with a limit, or not with null. */
  urgencyDecided(limit: Limit | null = { days: 0.5, unit: 'WORKDAY' }, head: Partial<LineHead> = {}): CaseLog {
    const data = { approved: limit !== null, reason: limit ? null : '理由不足', limit };
    const actor = { sub: `chief-${this.file.custodian}`, name: '首席代表', role: 'CHIEF' } as const;
    return this.add({ action: 'URGENCY_DECIDED', data }, { actor, ...head });
  }

  withdrawn(head?: Partial<LineHead>): CaseLog {
    return this.add({ action: 'WITHDRAWN', data: { reason: '申请人撤回', requestedAt: this.file.custodian } }, head);
  }
}

export function clerkOf(node: DivisionCode): LogActor {
  return { sub: `clerk-${node}`, name: '窗口人员', role: 'CLERK' };
}
