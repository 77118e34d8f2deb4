import { remindParty } from '../domains/joint/coordination.ts';
import {
  confirmCorrection,
  excuseFromVisit,
  excuseOpinion,
  giveOpinion,
  openJoint,
  recordVisit,
  resolveObjection,
  scheduleVisit,
  withdrawQuestion,
} from '../domains/joint/steps.ts';
import { proxyEvent, proxyTeller } from '../domains/proxy/steps.ts';
import { arrangeMaterials, correctApplication } from '../domains/filing/corrections.ts';
import { draftCase, fileDraft, precheckCase, supplementCase } from '../domains/filing/steps.ts';
import { acceptCase, refuseCase, requestSupplement } from '../domains/handling/acceptance.ts';
import { assignCase, forwardCase, returnCase, transferCase } from '../domains/handling/hand-off.ts';
import { endProcedure, extendCase, startProcedure } from '../domains/handling/procedures.ts';
import { decideCase, reviewCase } from '../domains/handling/decision.ts';
import { closeCase, deliverCase, issueDocument, rateCase } from '../domains/handling/delivery.ts';
import { terminateCase, voidCase, withdrawCase } from '../domains/handling/endings.ts';
import {
  askUrgency,
  decideUrgency,
  leaveProject,
  linkToProject,
  openGreenChannel,
} from '../domains/expedited/steps.ts';
import {
  callHearing,
  hearParty,
  holdHearing,
  offerHearing,
  recuseChair,
  requestHearing,
  tellInterested,
  waiveHearing,
} from '../domains/hearings/steps.ts';
import { answerCase } from '../domains/answers/rules.ts';
import { recordProgress, recordResult, reportOutside } from '../domains/reports/rules.ts';
import { dayOf } from '../kernel/calendar.ts';
import { billFees, grantWaiver, payFees, proposeWaiver, refundFees } from '../domains/fees/steps.ts';
import { actAs } from '../case/step-rules.ts';
import { NODE_ACTOR } from '../case/log-line.ts';
import type { CaseFile } from '../case/case-file.ts';
import type { Desk, Step } from '../case/step-context.ts';
import type { ApplicationPart } from '../domains/filing/words.ts';
import type { Filing } from '../domains/filing/steps.ts';
import type { ProxyEvent } from '../domains/proxy/steps.ts';
import { NO_OFFICES, UNPLACED } from '../domains/offices/rules.ts';
import type { LogAction } from '../case/log-words.ts';
import { CaseLog } from './case-log.ts';
import { deskOf } from './desks.ts';
import { COUNTY, itemOf, material, OTHER_TOWNSHIP, sha256, TOWNSHIP, VILLAGE } from './fixtures.ts';
import { CHAIR, deemedRenewed, licenceAccepted, withHearing } from './hearing-log.ts';

const HOUR_MS = 3_600_000;
const CHANGE = '0198c0de-0000-7000-8000-00000000000a';

/** 低保: taken in at the village, accepted by the township, decided by the county. */
const atTownship = () => CaseLog.filed().handedTo(TOWNSHIP);
const accepted = () => atTownship().accepted();
const atCounty = () => accepted().reviewed().handedTo(COUNTY);
const granted = () => atCounty().reviewed().decided();
const delivered = () => granted().issued().delivered();
const awaiting = () => CaseLog.filed({ materials: [] }).handedTo(TOWNSHIP).asked(ALL).returned(VILLAGE).received();

const LICENCE = itemOf('3310-LY-001');
const ITEM = itemOf('3310-MZ-001');
const ALL = ITEM.standard.materials.map((m) => m.name);
const filing: Filing = {
  number: 'n',
  place: VILLAGE,
  application: sha256('application'),
  consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' },
  materials: ALL.map((name) => material(name)),
};
const CORRECTED = {
  parts: ['APPLICANT'] as ApplicationPart[],
  reason: '电话有误',
  application: sha256('corrected'),
  consent: filing.consent,
  facts: { amountFen: 80_000 },
};
const missing = (names: readonly string[]) => names.map((name) => ({ material: name, reason: '未提交' }));

const PROJECT = { id: `${COUNTY}-0198c0de-0000-7000-8000-000000000001`, key: true, ended: false };
/** A desk whose implementation names both shorter limits, and that was told of the project. */
const expediting = (desk: Desk): Desk => ({
  ...desk,
  project: PROJECT,
  implementation: {
    ...desk.implementation,
    greenChannel: { days: 5, unit: 'WORKDAY' },
    urgent: { days: 0.5, unit: 'WORKDAY' },
  },
});

/** 工业项目竣工联合验收 at the county, with a department that the item does not name, each with three working days. */
const ACCEPTANCE = itemOf('3310-LB-003');
const NAMED = ACCEPTANCE.bundle?.departments ?? [];
const BEYOND = NAMED.length + 1;
const PARTIES = [...NAMED, '档案'].map((department) => ({
  node: COUNTY,
  department,
  ask: 'OPINION' as const,
  days: 3,
}));
const ready = () => CaseLog.filed({ item: ACCEPTANCE, node: COUNTY, acceptor: COUNTY, decider: COUNTY }).accepted();
const jointly = (log = ready()): CaseLog => {
  const now = new Date(log.file.lastAt.getTime() + HOUR_MS);
  const desk = deskOf(COUNTY, 'CLERK', { item: ACCEPTANCE, now });
  return log.taken(openJoint(desk, log.file, { stage: null, parties: PARTIES }), now);
};
const farAsked = () => ready().farPartyCalled(TOWNSHIP);
const visitOf = ({ file }: CaseLog) => file.joint?.visit?.at ?? file.lastAt;
const visiting = (log = jointly()) => {
  const at = new Date(log.file.lastAt.getTime() + 2 * HOUR_MS).toISOString();
  return log.add({ action: 'VISIT_SCHEDULED', data: { at, place: '厂区', parties: [1] } });
};
const came = [{ party: 1, as: 'PRESENT' as const, reason: null }];
const corrections = [{ party: 1, text: '补设疏散指示', mandatory: true }];
const visited = (log: CaseLog) => {
  const data = { record: '联合踏勘', attendance: came, corrections };
  return log.add({ action: 'VISIT_RECORDED', data }, { at: visitOf(log).toISOString() });
};
/** A person of a party's own department. */
const ofParty = (desk: Desk, file: CaseFile, number = 1): Desk => {
  const department = file.joint?.parties.find((p) => p.number === number)?.department ?? null;
  return { ...desk, viewer: { ...desk.viewer, department } };
};
const late = ({ file }: CaseLog) => ({
  actor: NODE_ACTOR,
  at: new Date(file.lastAt.getTime() + 40 * 24 * HOUR_MS).toISOString(),
});

/** 不动产登记: 550 yuan, paid at window F1. */
const LAND = itemOf('3310-JS-002');
const charged = () => CaseLog.filed({ item: LAND, acceptor: COUNTY, decider: COUNTY }).handedTo(COUNTY).accepted();
const windows = [{ code: 'F1', name: '收费窗口', department: null, from: '2024-01-01', until: null, ...UNPLACED }];
/** The cashier sits at the fee window, all others at their department's window. */
const withWindows = (desk: Desk): Desk => {
  const { viewer } = desk;
  const seat = viewer.roles.includes('CASHIER') ? { window: 'F1', department: null } : {};
  return { ...desk, offices: { ...NO_OFFICES, windows }, viewer: { ...viewer, ...seat } };
};

/** Reviewed at the county, of an item that an organ outside decides. */
const reportable = () => atCounty().reviewed();
const outside = (desk: Desk): Desk => ({ ...desk, item: { ...desk.item, handlingWay: 'FORWARDED' } });
const LETTER = {
  to: '省民政厅',
  number: '三民〔2026〕1号',
  way: 'EXCHANGE',
  sent: '申请材料一套',
  dueOn: null,
} as const;

const proxied = () => CaseLog.filed({ data: { consent: filing.consent } });
/** A report on proxy handling by a person of the desk that holds the case. */
const telling =
  (event: Exclude<ProxyEvent, { action: 'AGENT_CHANGED' }>) =>
  (desk: Desk, file: CaseFile): Step =>
    proxyEvent(file, proxyTeller(desk, file, event), event, desk.now);
const SUCCESSOR = { node: VILLAGE, sub: 'agent-b', name: '代办员B' };

export interface Example {
  /** The log at the right state and desk; null for a line that opens one. */
  before: CaseLog | null;
  /** The same log with the line. */
  after: CaseLog;
  /** The step by which a person writes the line; null if a node writes it. */
  take: ((desk: Desk, file: CaseFile) => Step) | null;
}

function example(before: CaseLog, write: (log: CaseLog) => CaseLog, take: Example['take']): Example {
  return { before, after: write(before), take };
}

/** Each event once where it is right, by the builder of logs and by the step of a person. */
export const EXAMPLES: Readonly<Record<LogAction, Example>> = {
  DRAFTED: { before: null, after: CaseLog.drafted(), take: (desk) => draftCase(desk, filing) },
  PRECHECKED: example(
    CaseLog.drafted().handedTo(COUNTY),
    (log) => log.prechecked(),
    (desk, file) => precheckCase(desk, file, [], null),
  ),
  FILED: example(
    CaseLog.drafted(),
    (log) => log.filedAfterDraft(),
    (desk, file) => fileDraft(desk, file, { ...filing, number: file.number, materials: [] }),
  ),
  SUPPLEMENT_REQUESTED: example(
    CaseLog.filed({ materials: [] }).handedTo(TOWNSHIP),
    (log) => log.asked(ALL),
    (desk, file) => requestSupplement(desk, file, missing(ALL), null),
  ),
  SUPPLEMENTED: example(
    awaiting(),
    (log) => log.supplemented(ALL),
    (desk, file) => supplementCase(desk, file, filing.materials, null),
  ),
  MATERIALS_ARRANGED: example(
    CaseLog.filed({ data: { consent: filing.consent } }),
    (log) => log.add({ action: 'MATERIALS_ARRANGED', data: { materials: filing.materials.slice(1) } }),
    (desk, file) => arrangeMaterials(desk, file, filing.materials.slice(1), null),
  ),
  APPLICATION_CORRECTED: example(
    CaseLog.filed({ data: { consent: filing.consent } }),
    (log) => log.add({ action: 'APPLICATION_CORRECTED', data: CORRECTED }),
    (desk, file) => correctApplication(desk, file, { ...CORRECTED, text: '{}', form: [] }),
  ),
  FORWARDED: example(
    CaseLog.filed(),
    (log) => log.forwarded(TOWNSHIP),
    (desk, file) => forwardCase(desk, file, null),
  ),
  RETURNED: example(
    atTownship(),
    (log) => log.returned(VILLAGE),
    (desk, file) => returnCase(desk, file, '材料模糊'),
  ),
  ASSIGNED: example(
    granted().issued(),
    (log) => log.assigned(),
    (desk, file) => assignCase(desk, file, null),
  ),
  TRANSFERRED: example(
    CaseLog.filed(),
    (log) => log.transferred(TOWNSHIP),
    (desk, file) => transferCase(desk, file, TOWNSHIP, '代办员请假'),
  ),
  RECEIVED: example(CaseLog.filed().forwarded(TOWNSHIP), (log) => log.received(), null),
  HANDOFF_REFUSED: example(CaseLog.filed().forwarded(TOWNSHIP), (log) => log.handOffRefused(), null),
  ACCEPTED: example(
    atTownship(),
    (log) => log.accepted(),
    (desk, file) => acceptCase(desk, file, null),
  ),
  NOT_ACCEPTED: example(
    atTownship(),
    (log) => log.notAccepted(),
    (desk, file) => refuseCase(desk, file, '不属本机关职权'),
  ),
  PROCEDURE_STARTED: example(
    accepted(),
    (log) => log.procedureStarted(),
    (desk, file) => startProcedure(desk, file, { kind: 'TESTING', notice: '需检测', expectedDays: 5 }),
  ),
  PROCEDURE_ENDED: example(
    accepted().procedureStarted(),
    (log) => log.procedureEnded(),
    (desk, file) => endProcedure(desk, file, 1, '已完成'),
  ),
  EXTENDED: example(
    atCounty(),
    (log) => log.extended(),
    (desk, file) => extendCase(desk, file, 10, '案情复杂'),
  ),
  REVIEWED: example(
    accepted(),
    (log) => log.reviewed(),
    (desk, file) => reviewCase(desk, file, 'APPROVE', null),
  ),
  DECIDED: example(
    atCounty().reviewed(),
    (log) => log.decided(),
    (desk, file) => decideCase(desk, file, 'GRANTED', null),
  ),
  ANSWERED: example(
    CaseLog.answerable(),
    (log) => log.answered(),
    (desk, file) =>
      answerCase(desk, file, { verdict: 'POSSIBLE', reason: '属允许类', basis: '目录', needs: [], remedies: null }),
  ),
  REPORTED: example(
    reportable(),
    (log) => log.reported(),
    (desk, file) => reportOutside(outside(desk), file, { ...LETTER, sentOn: dayOf(desk.now) }),
  ),
  REPORT_PROGRESSED: example(
    reportable().reported(),
    (log) => log.reportProgressed(),
    (desk, file) =>
      recordProgress(outside(desk), file, {
        event: 'RECEIVED',
        on: dayOf(desk.now),
        number: null,
        what: null,
        dueOn: null,
      }),
  ),
  REPORT_DECIDED: example(
    reportable().reported(),
    (log) => log.reportDecided(),
    (desk, file) =>
      recordResult(outside(desk), file, {
        result: 'GRANTED',
        number: '1',
        on: dayOf(desk.now),
        reason: null,
        document: material('许可文件'),
      }),
  ),
  DOCUMENT_ISSUED: example(
    granted(),
    (log) => log.issued(),
    (desk, file) => issueDocument(desk, file, { number: '1', document: material('决定书') }),
  ),
  DELIVERED: example(
    granted().issued(),
    (log) => log.delivered(),
    (desk, file) => deliverCase(desk, file, 'WINDOW', null),
  ),
  CLOSED: example(
    delivered(),
    (log) => log.closed(),
    (desk, file) => closeCase(desk, file, null),
  ),
  RATED: example(
    delivered().closed(),
    (log) => log.rated(),
    (desk, file) => rateCase(desk, file, 5),
  ),
  WITHDRAWN: example(
    CaseLog.filed(),
    (log) => log.withdrawn(),
    (desk, file) => withdrawCase(desk, file, '申请人撤回'),
  ),
  TERMINATED: example(
    accepted(),
    (log) => log.terminated(),
    (desk, file) => terminateCase(desk, file, '申请人死亡'),
  ),
  VOIDED: example(
    accepted(),
    (log) => log.voided(),
    (desk, file) => voidCase(desk, file, '录入有误'),
  ),
  PROJECT_LINKED: example(
    CaseLog.filed(),
    (log) => log.linked(PROJECT.id),
    (desk, file) => linkToProject(desk, file, PROJECT.id, PROJECT),
  ),
  PROJECT_LEFT: example(
    CaseLog.filed().linked(PROJECT.id),
    (log) => log.projectLeft(),
    (desk, file) => leaveProject(desk, file, '误纳入项目'),
  ),
  GREEN_CHANNEL_OPENED: example(
    accepted().linked(PROJECT.id),
    (log) => log.onGreenChannel(),
    (desk, file) => openGreenChannel(expediting(desk), file, '县重点项目'),
  ),
  URGENCY_ASKED: example(
    CaseLog.filed(),
    (log) => log.urgencyAsked(),
    (desk, file) => askUrgency(desk, file, '急需住院'),
  ),
  URGENCY_DECIDED: example(
    accepted().urgencyAsked(),
    (log) => log.urgencyDecided(),
    (desk, file) => decideUrgency(expediting(desk), file, true, null),
  ),
  DEEMED_RENEWED: example(licenceAccepted(LICENCE, { expiresOn: '2026-04-30' }), deemedRenewed, null),
  INTERESTED_TOLD: example(
    licenceAccepted(),
    (log) => withHearing(log, 'told'),
    (desk, file) => tellInterested(desk, file, { count: 2, register: material('名册'), matter: '采光', grave: true }),
  ),
  PARTY_HEARD: example(
    licenceAccepted(),
    (log) => withHearing(log, 'heard'),
    (desk, file) => hearParty(desk, file, 0, material('陈述')),
  ),
  HEARING_OFFERED: example(
    licenceAccepted(),
    (log) => withHearing(log, 'offered'),
    (desk, file) => offerHearing(desk, file, '可申请听证'),
  ),
  HEARING_REQUESTED: example(
    withHearing(licenceAccepted(), 'offered'),
    (log) => withHearing(log, 'requested'),
    (desk, file) => requestHearing(desk, file, 0),
  ),
  HEARING_WAIVED: example(
    withHearing(licenceAccepted(), 'offered'),
    (log) => withHearing(log, 'waived'),
    (desk, file) => waiveHearing(desk, file, 0),
  ),
  HEARING_CALLED: example(
    withHearing(licenceAccepted(), 'offered', 'requested'),
    (log) => withHearing(log, 'called'),
    (desk, file) => {
      const at = new Date(desk.now.getTime() + 14 * 86_400_000);
      return callHearing(desk, file, { at, place: '听证室', chair: CHAIR, announcement: null });
    },
  ),
  CHAIR_RECUSED: example(
    withHearing(licenceAccepted(), 'called'),
    (log) => withHearing(log, 'recused'),
    (desk, file) => recuseChair(desk, file, '与本件有直接利害关系'),
  ),
  HEARING_HELD: example(
    withHearing(licenceAccepted(), 'called'),
    (log) => withHearing(log, 'held'),
    (desk, file) => {
      const chair = { ...desk, viewer: { ...desk.viewer, sub: CHAIR.sub } };
      return holdHearing(chair, file, { attended: [0], signed: [0], unsigned: [], record: material('笔录') });
    },
  ),
  REROUTED: example(CaseLog.entrusted().handedTo(TOWNSHIP), (log) => log.rerouted(), null),
  SUCCEEDED: example(CaseLog.filed(), (log) => log.succeeded(TOWNSHIP, OTHER_TOWNSHIP), null),
  HANDED_OVER: example(atTownship().succeeded(TOWNSHIP, OTHER_TOWNSHIP), (log) => log.handedOver(OTHER_TOWNSHIP), null),
  JOINT_OPENED: example(
    ready(),
    (log) => jointly(log),
    (desk, file) => openJoint(desk, file, { stage: null, parties: PARTIES }),
  ),
  PARTY_ASKED: example(
    farAsked(),
    (log) => {
      const askedAt = log.file.lastAt.toISOString();
      const { at: dueAt } = late(log);
      return log.add({ action: 'PARTY_ASKED', data: { party: 1, askedAt, dueAt, answer: 'w' } }, { actor: NODE_ACTOR });
    },
    null,
  ),
  OPINION_GIVEN: example(
    jointly(),
    (log) => log.opinionGiven(1),
    (desk, file) => giveOpinion(ofParty(desk, file), file, { party: 1, opinion: 'AGREE', reason: null }),
  ),
  OPINION_EXCUSED: example(
    jointly(),
    (log) => log.add({ action: 'OPINION_EXCUSED', data: { party: 1, reason: '需检测', dueAt: late(log).at } }),
    (desk, file) => excuseOpinion(ofParty(desk, file), file, 1, '需检测', 2),
  ),
  OPINION_LAPSED: example(
    jointly(),
    (log) => log.add({ action: 'OPINION_LAPSED', data: { party: 1, effect: 'CONSENT' } }, late(log)),
    null,
  ),
  VISIT_SCHEDULED: example(
    jointly(),
    (log) => visiting(log),
    (desk, file) => {
      const at = new Date(desk.now.getTime() + HOUR_MS);
      return scheduleVisit(desk, file, { at, place: '厂区', parties: [1] });
    },
  ),
  PARTY_CALLED: example(
    farAsked(),
    (log) => {
      const visitAt = visitOf(log).toISOString();
      const data = { party: 1, calledAt: log.file.lastAt.toISOString(), visitAt, answer: 'w' };
      return log.add({ action: 'PARTY_CALLED', data }, { actor: NODE_ACTOR });
    },
    null,
  ),
  VISIT_EXCUSED: example(
    visiting(),
    (log) => {
      const data = { party: 1, visitAt: visitOf(log).toISOString(), reason: '防汛值班' };
      return log.add({ action: 'VISIT_EXCUSED', data });
    },
    (desk, file) => excuseFromVisit(ofParty(desk, file), file, 1, '防汛值班'),
  ),
  VISIT_RECORDED: example(visiting(), visited, (desk, file) =>
    recordVisit(desk, file, { record: '联合踏勘', attendance: came, corrections }),
  ),
  CORRECTION_MADE: example(
    visited(visiting()),
    (log) => log.add({ action: 'CORRECTION_MADE', data: { correction: 1, evidence: '照片' } }),
    (desk, file) => confirmCorrection(desk, file, 1, '照片'),
  ),
  OBJECTION_RESOLVED: example(
    jointly().opinionGiven(1, 'OBJECT'),
    (log) => log.add({ action: 'OBJECTION_RESOLVED', data: { party: 1, end: 'SETTLED', resolution: '已协调' } }),
    (desk, file) => resolveObjection(desk, file, { party: 1, end: 'SETTLED', resolution: '已协调' }),
  ),
  QUESTION_WITHDRAWN: example(
    jointly(),
    (log) => log.add({ action: 'QUESTION_WITHDRAWN', data: { party: BEYOND, reason: '机构撤并' } }),
    (desk, file) => withdrawQuestion(desk, file, BEYOND, '机构撤并'),
  ),
  PARTY_REMINDED: example(
    jointly(),
    (log) => log.add({ action: 'PARTY_REMINDED', data: { party: 1 } }),
    (desk, file) => remindParty({ ...desk, now: file.joint?.parties[0]?.dueAt ?? desk.now }, file, 1),
  ),
  BILLED: example(
    charged(),
    (log) => log.billed(),
    (desk, file) =>
      billFees(withWindows(desk), file, {
        window: 'F1',
        charges: [{ item: LAND.code, category: 'general', quantity: 1 }],
        schedules: new Map([[LAND.code, LAND.feeSchedule]]),
        implementationVersion: 1,
      }),
  ),
  PAID: example(
    charged().billed(),
    (log) => log.paid(),
    (desk, file) => payFees(withWindows(desk), file, { amountFen: 55_000, receipt: 'R-1' }),
  ),
  FEE_WAIVER_PROPOSED: example(
    charged().billed(),
    (log) => log.waiverProposed(100),
    (desk, file) => proposeWaiver(desk, file, { amountFen: 100, ground: '低保家庭' }),
  ),
  FEE_WAIVED: example(
    charged().billed().waiverProposed(100),
    (log) => log.waived(),
    (desk, file) => grantWaiver(desk, file, 1),
  ),
  REFUNDED: example(
    charged().billed().paid(),
    (log) => log.refunded(100),
    (desk, file) => refundFees(withWindows(desk), file, { of: 'R-1', amountFen: 100, reason: '多收', receipt: 'T-1' }),
  ),
  CONTACTED: example(
    proxied(),
    (log) => log.contacted(),
    telling({ action: 'CONTACTED', data: { with: 'APPLICANT', way: 'PHONE', what: '告知进度' } }),
  ),
  CONSENT_REVOKED: example(
    proxied(),
    (log) => log.consentRevoked(),
    telling({ action: 'CONSENT_REVOKED', data: { way: 'SIGNATURE', reason: null } }),
  ),
  AGENT_CHANGED: example(
    proxied(),
    (log) => log.agentChanged(SUCCESSOR),
    (desk, file) => {
      // an absence that is reported is written into every case of the agent's
      const actor = actAs(desk, 'REPORT_ABSENCE', file);
      const from = file.proxy?.agent ?? SUCCESSOR;
      const data = { change: CHANGE, from, to: SUCCESSOR, reason: 'ABSENCE' as const };
      return proxyEvent(file, actor, { action: 'AGENT_CHANGED', data }, desk.now);
    },
  ),
};
