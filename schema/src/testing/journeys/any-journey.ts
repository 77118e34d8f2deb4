import { remindParty } from '../../domains/joint/coordination.ts';
import { draftCase, fileCase, fileDraft, precheckCase, supplementCase } from '../../domains/filing/steps.ts';
import { requestSupplement } from '../../domains/handling/acceptance.ts';
import { decideCase, decideOnTheSpot, reviewCase } from '../../domains/handling/decision.ts';
import { transferCase } from '../../domains/handling/hand-off.ts';
import { deemRenewed } from '../../domains/filing/renewal-steps.ts';
import { deliverCase, rateByApplicant, rateCase } from '../../domains/handling/delivery.ts';
import { endProcedure, startProcedure } from '../../domains/handling/procedures.ts';
import { proxyEvent, proxyTeller } from '../../domains/proxy/steps.ts';
import {
  askUrgency,
  decideUrgency,
  leaveProject,
  linkToProject,
  openGreenChannel,
} from '../../domains/expedited/steps.ts';
import {
  confirmCorrection,
  excuseOpinion,
  giveOpinion,
  lapseOpinions,
  openJoint,
  recordVisit,
  resolveObjection,
  scheduleVisit,
  withdrawQuestion,
} from '../../domains/joint/steps.ts';
import { billFees, grantWaiver, payFees, proposeWaiver, refundFees } from '../../domains/fees/steps.ts';
import {
  callHearing,
  hearParty,
  holdHearing,
  offerHearing,
  recuseChair,
  requestHearing,
  tellInterested,
  waiveHearing,
} from '../../domains/hearings/steps.ts';
import { isPlain, plainStep, PROJECT, SHORTER } from './plain-steps.ts';
import fc from 'fast-check';
import { ProblemError } from '../../kernel/errors.ts';
import { deskOf } from '../desks.ts';
import { at, COUNTY, implementationOf, itemOf, material, sha256, TOWNSHIP, VILLAGE } from '../fixtures.ts';
import type { Look } from './road.ts';
import { Road } from './road.ts';
import type { Role } from '../../kernel/words.ts';
import { ROLES } from '../../kernel/words.ts';
import { plusDays } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { openProcedures } from '../../case/case-file.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import type { Item } from '../../domains/catalogue/catalogue.ts';
import { dueOf } from '../../domains/fees/rules.ts';
import type { JointHandling } from '../../domains/joint/rules.ts';
import { jointOpen, openCorrections, openObjections, outstandingParties } from '../../domains/joint/rules.ts';
import { NO_OFFICES, UNPLACED } from '../../domains/offices/rules.ts';

// Journeys of cases: people in random posts try every step there is, while hand-offs arrive or are refused.

const START = '2026-01-05';
const DEPARTMENTS = ['消防', '气象'];
const FELLING = itemOf('3310-LY-001');
const LICENCE: Item = {
  ...FELLING,
  acceptingTiers: ['TOWNSHIP', 'COUNTY'],
  feeSchedule: { baseFen: 55_000, unit: '件', note: null, rates: [{ category: 'general', percent: 100 }] },
};
const BUNDLE = {
  lead: '林业',
  members: [],
  sequence: [],
  departments: DEPARTMENTS,
  mode: null,
  silentApproval: true,
  absenceDefault: true,
  form: [],
  provides: [],
};
/** Items that each test a different rule. */
const ITEMS: readonly Item[] = [
  LICENCE,
  { ...LICENCE, hearing: 'OFFERED' },
  { ...LICENCE, hearing: 'HELD', payBeforeDocument: true },
  { ...LICENCE, bundle: BUNDLE },
  { ...LICENCE, bundle: BUNDLE, acceptingTiers: ['COUNTY'] },
  { ...LICENCE, bundle: BUNDLE, hearing: 'OFFERED', substanceCheck: true, deliverBeforePayment: true },
  { ...LICENCE, kind: 'RECORD', substanceCheck: true },
  { ...LICENCE, processingClass: 'INSTANT', signOff: { level: 'WINDOW', maxLayers: 1 } },
  itemOf('3310-NY-001'),
  itemOf('3310-MZ-001'),
  itemOf('3310-FG-002'),
  { ...LICENCE, handlingWay: 'FORWARDED' },
];

const WHATS = [
  ...(['accept', 'review', 'decide', 'forward', 'supplement', 'ask', 'return', 'deem', 'refuse', 'withdraw'] as const),
  ...(['issue', 'assign', 'deliver', 'close', 'rate', 'terminate', 'void', 'transfer', 'extend', 'instant'] as const),
  ...(['draft', 'precheck', 'file', 'start', 'end', 'contact', 'revoke', 'renew', 'arrange', 'amend'] as const),
  ...(['link', 'leave', 'green', 'urge', 'urgency'] as const),
  ...(['answer', 'report', 'progress', 'outside'] as const),
  ...(['joint', 'opine', 'excuse', 'lapse', 'visit', 'visited', 'correct', 'resolve', 'unask', 'remind'] as const),
  ...(['bill', 'pay', 'propose', 'waive fee', 'refund'] as const),
  ...(['tell', 'hear', 'offer', 'request', 'waive', 'call', 'recuse', 'hold'] as const),
] as const;
type What = (typeof WHATS)[number];

export const HANDLING: Role[] = ['AGENT', 'CLERK', 'CHIEF', 'DEPUTY_HEAD', 'HEAD', 'CASHIER'];
const anyAttempt = fc.record({
  what: fc.constantFrom(...WHATS),
  /** Index of a helpful step to do instead; null to do the step in `what`. */
  helpful: fc.option(fc.nat({ max: 20 }), { freq: 4 }),
  where: fc.oneof(
    { weight: 12, arbitrary: fc.constant('custodian') },
    { weight: 1, arbitrary: fc.constantFrom('filing', 'acceptor', 'decider', 'stranger') },
  ),
  roles: fc.oneof({ weight: 3, arbitrary: fc.constant(HANDLING) }, { weight: 2, arbitrary: fc.subarray([...ROLES]) }),
  who: fc.integer({ min: 1, max: 4 }),
  ownDepartment: fc.oneof({ weight: 12, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  afterMinutes: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 300 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 8000 }) },
  ),
  /** Waits until the attempt is possible: a hearing's day, a deadline, an expiry. */
  patient: fc.boolean(),
  favourable: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  party: fc.nat({ max: 2 }),
  delivered: fc.boolean(),
  arrives: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});
type Attempt = typeof anyAttempt extends fc.Arbitrary<infer T> ? T : never;

export const anyJourney = fc.record({
  item: fc.constantFrom(...ITEMS),
  node: fc.constantFrom(VILLAGE, TOWNSHIP, COUNTY),
  complete: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  drafted: fc.oneof({ weight: 1, arbitrary: fc.constant(true) }, { weight: 4, arbitrary: fc.constant(false) }),
  proxied: fc.boolean(),
  /** Days until the licence to renew expires; null for a new one. */
  expires: fc.option(fc.integer({ min: 30, max: 90 })),
  attempts: fc.array(anyAttempt, { minLength: 30, maxLength: 90 }),
});
type Journey = typeof anyJourney extends fc.Arbitrary<infer T> ? T : never;

/** Steps that carry a case forward, so that journeys get far. */
function helpfulFor(file: CaseFile, item: Item): What[] {
  const { hearing, joint, fees } = file;
  const inHand: What[] = [
    ...(file.itemKind === 'LICENSE' && hearing.groups.length === 0 ? (['tell', 'offer'] as const) : []),
    ...(hearing.offers.length > 0 ? (['request', 'waive', 'waive', 'waive'] as const) : []),
    ...(hearing.requests.length > 0 || item.hearing === 'HELD' ? (['call'] as const) : []),
    ...(hearing.call ? (['hold', 'hold', 'recuse'] as const) : []),
    ...(file.custodian === file.decider && !joint && item.bundle ? (['joint', 'joint', 'joint'] as const) : []),
    ...(openProcedures(file).length > 0 ? (['end'] as const) : []),
    ...(fees.bill ? (['propose', 'pay', 'waive fee'] as const) : []),
    ...(file.renewal ? (['renew'] as const) : []),
    // a shorter limit leaves departments little time to be heard
    ...(item.bundle ? [] : file.project ? (['green', 'leave'] as const) : (['link'] as const)),
    ...(item.bundle ? [] : [file.urgency ? ('urgency' as const) : ('urge' as const)]),
    'hear',
    'bill',
  ];
  switch (file.state) {
    case 'DRAFT':
      return ['draft', 'precheck', 'file', 'arrange', 'amend'];
    case 'PRECHECKED':
      return ['file', 'return'];
    case 'FILED':
      if (file.answerLimit !== null) return ['forward', 'answer', 'answer', 'ask', 'contact'];
      return ['forward', 'forward', 'accept', 'accept', 'ask', 'deem', 'instant', 'contact', 'amend'];
    case 'AWAITING_SUPPLEMENT':
      return ['supplement', 'return', 'contact'];
    case 'ACCEPTED':
      if (joint && jointOpen(joint)) return jointHelp(joint);
      return ['review', 'review', 'review', 'start', 'extend', ...inHand];
    case 'REVIEWED':
      if (item.handlingWay === 'FORWARDED') return ['report', 'report', 'report', 'forward', ...inHand];
      return ['decide', 'decide', 'decide', 'forward', 'forward', ...inHand];
    case 'REPORTED':
      return ['progress', 'progress', 'outside', 'outside'];
    case 'GRANTED':
    case 'REFUSED':
    case 'ANSWERED':
    case 'REPORT_DECIDED':
      return [
        'issue',
        'issue',
        'assign',
        'deliver',
        'deliver',
        'return',
        'bill',
        'pay',
        'propose',
        'waive fee',
        'refund',
      ];
    case 'DELIVERED':
      return ['close', 'pay', 'refund', 'waive fee', 'propose'];
    case 'CLOSED':
    case 'NOT_ACCEPTED':
    case 'WITHDRAWN':
    case 'TERMINATED':
    case 'VOIDED':
      return ['rate', 'refund'];
    default:
      return file.state satisfies never;
  }
}

/** Steps that carry joint handling forward. */
function jointHelp(joint: JointHandling): What[] {
  const visiting = joint.visit !== null && joint.visit.recorded === null;
  return [
    ...(openObjections(joint).length > 0 ? (['resolve', 'resolve', 'resolve'] as const) : []),
    ...(openCorrections(joint).length > 0 ? (['correct', 'correct', 'review'] as const) : []),
    ...(visiting ? (['visited', 'visited'] as const) : []),
    ...(joint.visit === null ? (['visit'] as const) : []),
    ...(outstandingParties(joint).length > 0
      ? (['opine', 'opine', 'excuse', 'lapse', 'unask', 'remind'] as const)
      : (['review', 'review'] as const)),
    'review',
  ];
}

const CONSENT = { way: 'SIGNATURE', givenAt: '2026-01-01T00:00:00.000Z' } as const;
const OFFICES = {
  ...NO_OFFICES,
  windows: [{ code: 'F1', name: '收费窗口', department: null, from: '2024-01-01', until: null, ...UNPLACED }],
};

function takeIn({ item, node: wanted, complete, drafted, proxied, expires }: Journey): { node: string; step: Step } {
  const materials = complete ? item.standard.materials.map((m) => material(m.name)) : [];
  const renewal =
    expires === null || item.kind !== 'LICENSE'
      ? {}
      : { renewal: { licence: '浙0001', expiresOn: plusDays(START, expires) } };
  const filing = { number: 'n', place: VILLAGE, application: sha256('application'), materials, ...renewal };
  for (const node of [wanted, VILLAGE, TOWNSHIP, COUNTY]) {
    try {
      const byAgent = proxied && node !== COUNTY;
      const desk = deskOf(node, byAgent ? 'AGENT' : 'CLERK', { item, now: at(START) });
      const given = { ...filing, consent: byAgent ? CONSENT : null };
      return { node, step: drafted ? draftCase(desk, given) : fileCase(desk, given) };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
  }
  throw new Error(`${item.code} can be taken in nowhere.`);
}

const receipts = { next: 0 };
/** The one of two departments that an attempt is about. */
const departmentOf = ({ party }: Attempt) => (party % 3) + 1;

function attempt(desk: Desk, file: CaseFile, by: Attempt, what: What): Step | null {
  const { item } = desk;
  const names = item.standard.materials.map((m) => m.name);
  const asked = names.map((name) => ({ material: name, reason: '未提交' }));
  const given = names.map((name) => material(name));
  const { favourable: good, party } = by;
  const department = departmentOf(by);
  const other = { sub: `${desk.node}-${(by.who % 4) + 1}`, name: '另一人' };
  const outcome = good ? ('GRANTED' as const) : ('REFUSED' as const);
  const days = (n: number) => new Date(desk.now.getTime() + n * 86_400_000);
  if (isPlain(what)) return plainStep(what, desk, file);
  switch (what) {
    case 'review': {
      const second = item.substanceCheck || !good ? other : null;
      return reviewCase(desk, file, good ? 'APPROVE' : 'REJECT', '意见', null, second);
    }
    case 'decide':
      return decideCase(desk, file, outcome, '理由');
    case 'instant':
      return decideOnTheSpot(desk, file, { outcome, reason: '理由' });
    case 'supplement':
      return supplementCase(desk, file, given, null);
    case 'ask':
      return requestSupplement(desk, file, asked, null);
    case 'renew':
      return deemRenewed(desk, file);
    case 'deliver':
      return deliverCase(desk, file, 'WINDOW', null);
    case 'rate':
      return good || desk.node !== file.custodian ? rateCase(desk, file, 5) : rateByApplicant(file, 1);
    case 'transfer':
      return transferCase(desk, file, good ? TOWNSHIP : VILLAGE, '转办');
    case 'precheck':
      return precheckCase(desk, file, asked, null);
    case 'file': {
      const { number, place, application, facts } = file;
      const filing = { number, place, application, facts, consent: file.proxy ? CONSENT : null };
      return fileDraft(desk, file, { ...filing, materials: given });
    }
    case 'start': {
      const kind = good ? 'SITE_SURVEY' : file.itemKind === 'LICENSE' ? 'TESTING' : 'HEARING';
      return startProcedure(desk, file, { kind, notice: '告知', expectedDays: 5 });
    }
    case 'end': {
      const staff = [other, { sub: 'third', name: '第三人' }];
      return endProcedure(desk, file, openProcedures(file)[0]?.number ?? 1, '已完成', good ? staff : []);
    }
    case 'contact':
    case 'revoke': {
      const event = {
        contact: { action: 'CONTACTED', data: { with: 'APPLICANT', way: 'PHONE', what: '告知进度' } },
        revoke: { action: 'CONSENT_REVOKED', data: { way: 'SIGNATURE', reason: null } },
      } as const;
      const actor = proxyTeller(desk, file, event[what]);
      // elsewhere it is carried to the desk that holds the case
      return desk.node === file.custodian && file.inTransitTo === null
        ? proxyEvent(file, actor, event[what], desk.now)
        : null;
    }
    case 'link':
      return linkToProject(desk, file, PROJECT.id, good ? PROJECT : null);
    case 'leave':
      return leaveProject(desk, file, good ? '误纳入项目' : '');
    case 'green':
      return openGreenChannel(desk, file, '县重点项目');
    case 'urge':
      return askUrgency(desk, file, '急需');
    case 'urgency':
      return decideUrgency(desk, file, good, good ? null : '不符合条件');
    case 'joint': {
      const ask = good ? ('OPINION' as const) : ('STATUTORY' as const);
      // the item does not name the last one
      const parties = [...DEPARTMENTS, '档案'].map((department) => ({ node: desk.node, department, ask, days: 4 }));
      return openJoint(desk, file, { stage: null, parties });
    }
    case 'opine':
      return giveOpinion(desk, file, { party: department, opinion: good ? 'AGREE' : 'OBJECT', reason: '意见' });
    case 'excuse':
      return excuseOpinion(desk, file, department, '需检测', 1);
    case 'lapse':
      return lapseOpinions(desk, file);
    case 'visit':
      return scheduleVisit(desk, file, { at: days(1), place: '厂区', parties: [1] });
    case 'visited': {
      const attendance = [{ party: 1, as: good ? ('PRESENT' as const) : ('ABSENT' as const), reason: null }];
      const corrections = good ? [{ party: 1, text: '补设指示', mandatory: true }] : [];
      return recordVisit(desk, file, { record: '踏勘', attendance, corrections });
    }
    case 'correct':
      return confirmCorrection(desk, file, 1, '照片');
    case 'resolve':
      return resolveObjection(desk, file, {
        party: department,
        end: good ? 'SETTLED' : 'UPHELD',
        resolution: '协调',
      });
    case 'unask':
      return withdrawQuestion(desk, file, department, good ? '机构撤并' : '');
    case 'remind':
      return remindParty(desk, file, department);
    case 'bill': {
      const charges = [{ item: item.code, category: 'general', quantity: 1 }];
      const schedules = new Map([[item.code, item.feeSchedule]]);
      return billFees(desk, file, { window: 'F1', charges, schedules, implementationVersion: 1 });
    }
    case 'pay':
      return payFees(desk, file, { amountFen: good ? dueOf(file) : 100, receipt: `R-${receipts.next++}` });
    case 'propose':
      return proposeWaiver(desk, file, { amountFen: good ? 100 : 55_000, ground: '低保家庭' });
    case 'waive fee':
      return grantWaiver(desk, file, Math.max(1, party));
    case 'refund': {
      const of = file.fees.payments[0]?.receipt ?? 'R';
      return refundFees(desk, file, { of, amountFen: 50, reason: '多收', receipt: `T-${receipts.next++}` });
    }
    case 'tell':
      return tellInterested(desk, file, { count: 2, register: material('名册'), matter: '采光', grave: good });
    case 'hear':
      return hearParty(desk, file, party, material('陈述'));
    case 'offer':
      return offerHearing(desk, file, '可申请听证');
    case 'request':
      return requestHearing(desk, file, party);
    case 'waive':
      return waiveHearing(desk, file, party);
    case 'call': {
      const chair = good ? { sub: 'chair', name: '主持人' } : other;
      return callHearing(desk, file, { at: days(14), place: '听证室', chair, announcement: '公告' });
    }
    case 'recuse':
      return recuseChair(desk, file, '亲属');
    case 'hold':
      return holdHearing(desk, file, { attended: [0], signed: [0], unsigned: [], record: material('笔录') });
    default:
      return what satisfies never;
  }
}

/** The instant from which an attempt is possible. */
function comingOf(file: CaseFile, what: What): Date | null {
  if (what === 'hold') return file.hearing.call?.at ?? null;
  if (what === 'visited') return file.joint?.visit?.at ?? null;
  if (what === 'renew' && file.renewal) return at(plusDays(file.renewal.expiresOn, 1));
  if (what !== 'lapse') return null;
  const [first] = outstandingParties(file.joint);
  return first ? new Date(first.dueAt.getTime() + 1) : null;
}

/** The actor's seat for an attempt: the party's own department, the fee window, the chair. */
function seated(desk: Desk, file: CaseFile, by: Attempt, what: What): Desk {
  const { viewer } = desk;
  const dressed = (change: Partial<Desk['viewer']>): Desk => ({ ...desk, viewer: { ...viewer, ...change } });
  if (!by.ownDepartment) return desk;
  if (what === 'pay' || what === 'refund') return dressed({ department: null, window: 'F1' });
  const party = file.joint?.parties.find((p) => p.number === departmentOf(by));
  if ((what === 'opine' || what === 'excuse') && party) return dressed({ department: party.department });
  if (what === 'hold' && by.patient) return dressed({ sub: file.hearing.call?.chair?.sub ?? viewer.sub });
  return desk;
}

export function travel(journey: Journey, look: Look): Road {
  const { item } = journey;
  const { node, step } = takeIn(journey);
  let now = at(START);
  const road = new Road(node, step, now, look);
  for (const by of journey.attempts) {
    const { file } = road;
    const helpful = helpfulFor(file, item);
    const what = by.helpful === null ? by.what : (helpful[by.helpful % helpful.length] ?? by.what);
    now = new Date(now.getTime() + by.afterMinutes * 60_000);
    const coming = by.patient ? comingOf(file, what) : null;
    if (coming && coming > now) now = coming;
    const nodes = {
      custodian: file.custodian,
      filing: file.filingNode,
      acceptor: file.acceptor,
      decider: file.decider,
      stranger: '331022102217',
    };
    const made = deskOf(nodes[by.where], by.roles, {
      now,
      item,
      implementation: { ...implementationOf(item, file.decider), ...SHORTER },
      sub: `${nodes[by.where]}-${by.who}`,
      ...(by.ownDepartment ? {} : { department: '教育' }),
    });
    const desk = seated({ ...made, offices: OFFICES, project: PROJECT }, file, by, what);
    road.attempt(desk.node, now, (current) => attempt(desk, current, by, what));
    if (by.delivered) road.deliver(now, by.arrives);
  }
  return road;
}
