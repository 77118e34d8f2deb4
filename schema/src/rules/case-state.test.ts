import { describe, expect, test } from 'vitest';
import type { LogEntry, LogLine } from '../messages/log-line.ts';
import { NODE_ACTOR } from '../messages/log-line.ts';
import { CaseLog } from '../testing/case-log.ts';
import { CHAIR, HEARING_ENTRIES, deemedRenewed, licenceAccepted, withHearing } from '../testing/hearing-log.ts';
import { COUNTY, NEIGHBOUR_VILLAGE, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, at, itemOf } from '../testing/fixtures.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import type { CaseState, LogAction } from '../vocabulary.ts';
import { LOG_ACTIONS, isClosed } from '../vocabulary.ts';
import { custodyAt, hopsOf, missingMaterials, outstanding } from './case-file.ts';
import { EXPEDITED_ACTIONS } from './expedited.ts';
import { foldLine, foldLog, openFile } from './case-state.ts';

const CHANGE = '6f1c2f7e-5f0e-4f6e-9d55-0b5f0c7a1d11';

const MISSING = '户口簿';
const incomplete = () => CaseLog.filed({ materials: ['最低生活保障申请书', '身份证明'] });
const atTownship = () => CaseLog.filed().handedTo(TOWNSHIP);
const atCounty = () => atTownship().accepted().reviewed().handedTo(COUNTY);

const granted = () => atCounty().reviewed().decided('GRANTED');

/** A case in each state and place that a case can rest or travel in. */
const SITUATIONS = {
  'filed, at the village': CaseLog.filed(),
  'filed, at the accepting township': atTownship(),
  'filed, under way to the township': CaseLog.filed().forwarded(TOWNSHIP),
  'awaiting supplement, back at the village': incomplete()
    .handedTo(TOWNSHIP)
    .asked([MISSING])
    .returned(VILLAGE)
    .received(),
  'awaiting supplement, under way to the village': incomplete().handedTo(TOWNSHIP).asked([MISSING]).returned(VILLAGE),
  'awaiting supplement, still at the township': incomplete().handedTo(TOWNSHIP).asked([MISSING]),
  'accepted, at the township': atTownship().accepted(),
  'reviewed, at the township': atTownship().accepted().reviewed(),
  'reviewed, under way to the county': atTownship().accepted().reviewed().forwarded(COUNTY),
  'accepted, at the county': atCounty(),
  'reviewed, at the county': atCounty().reviewed(),
  'a draft, at the village': CaseLog.drafted(),
  'a draft, under way to the county': CaseLog.drafted().forwarded(COUNTY),
  'a draft, at the deciding county': CaseLog.drafted().handedTo(COUNTY),
  'pre-checked, at the county': CaseLog.drafted().handedTo(COUNTY).prechecked([MISSING]),
  'pre-checked, back at the village': CaseLog.drafted().handedTo(COUNTY).prechecked().returned(VILLAGE).received(),
  'accepted, in a hearing': atCounty().procedureStarted(),
  'accepted, in joint handling': atCounty().jointOpened(['OPINION']),
  'accepted, with another node asked': atCounty().farPartyCalled(TOWNSHIP),
  'accepted, with an objection': atCounty().jointOpened(['OPINION']).opinionGiven(1, 'OBJECT'),
  'accepted, with all agreed': atCounty().jointOpened(['OPINION']).opinionGiven(),
  granted: granted(),
  'granted, with its document': granted().issued(),
  'granted, under way to the village': granted().issued().assigned(),
  'granted, with its document, at the village': granted().issued().assigned().received(),
  refused: atCounty().reviewed('REJECT').decided('REFUSED'),
  delivered: granted().issued().delivered(),
  closed: granted().issued().delivered().closed(),
  rated: granted().issued().delivered().closed().rated(),
  terminated: atTownship().accepted().terminated(),
  voided: granted().voided(),
  'not accepted': atTownship().notAccepted(),
  withdrawn: CaseLog.filed().withdrawn(),
  'billed, at the county': atCounty().billed(),
  'with a waiver proposed': granted().billed().waiverProposed(100),
  'delivered with its fee due': granted().billed().issued().delivered(),
  'delivered and paid': granted().billed().paid().issued().delivered(),
  'withdrawn after it was paid': atCounty().billed().paid().withdrawn(),
  'accepted, a hearing offered': withHearing(licenceAccepted(), 'offered'),
  'accepted, a hearing asked for': withHearing(licenceAccepted(), 'offered', 'requested'),
  'accepted, a hearing called': withHearing(licenceAccepted(), 'called'),
  'a renewal, filed in time': licenceAccepted(itemOf('3310-LY-001'), { expiresOn: '2026-04-30' }),
  'a renewal, counted as granted': deemedRenewed(licenceAccepted(itemOf('3310-LY-001'), { expiresOn: '2026-04-30' })),
  'filed by proxy': CaseLog.filed({ data: { consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00Z' } } }),
  'filed by proxy, the consent taken back': CaseLog.filed({
    data: { consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00Z' } },
  }).consentRevoked(),
} as const;
type Situation = keyof typeof SITUATIONS;

/** What may always be said and told while an organ has a case in hand. */
const spoken = (state: CaseState) =>
  ({ INTERESTED_TOLD: state, PARTY_HEARD: state, HEARING_OFFERED: state, HEARING_CALLED: state }) as const;
/** The applicant is told of the right to a hearing once. */
const spokenAfterOffer = { INTERESTED_TOLD: 'ACCEPTED', PARTY_HEARD: 'ACCEPTED', HEARING_CALLED: 'ACCEPTED' } as const;
/** What else may follow at the county that accepted. */
const STAYS = {
  BILLED: 'ACCEPTED',
  REVIEWED: 'REVIEWED',
  PROCEDURE_STARTED: 'ACCEPTED',
  EXTENDED: 'ACCEPTED',
  JOINT_OPENED: 'ACCEPTED',
  WITHDRAWN: 'WITHDRAWN',
  TERMINATED: 'TERMINATED',
  VOIDED: 'VOIDED',
} as const;
const GOES_ON = { ...STAYS, FORWARDED: 'ACCEPTED', RETURNED: 'ACCEPTED' } as const;

/** Which line may follow, and the state it leads to; what is not listed is refused. */
const FOLLOWS: Record<Situation, Partial<Record<LogAction, CaseState>>> = {
  'filed, at the village': {
    FORWARDED: 'FILED',
    RETURNED: 'FILED',
    TRANSFERRED: 'FILED',
    WITHDRAWN: 'WITHDRAWN',
  },
  'filed, at the accepting township': {
    SUPPLEMENT_REQUESTED: 'AWAITING_SUPPLEMENT',
    FORWARDED: 'FILED',
    RETURNED: 'FILED',
    TRANSFERRED: 'FILED',
    ACCEPTED: 'ACCEPTED',
    NOT_ACCEPTED: 'NOT_ACCEPTED',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
    WITHDRAWN: 'WITHDRAWN',
  },
  'filed, under way to the township': { RECEIVED: 'FILED', HANDOFF_REFUSED: 'FILED' },
  'awaiting supplement, back at the village': {
    SUPPLEMENTED: 'FILED',
    TRANSFERRED: 'AWAITING_SUPPLEMENT',
    WITHDRAWN: 'WITHDRAWN',
  },
  'awaiting supplement, under way to the village': {
    RECEIVED: 'AWAITING_SUPPLEMENT',
    HANDOFF_REFUSED: 'AWAITING_SUPPLEMENT',
  },
  'awaiting supplement, still at the township': {
    SUPPLEMENTED: 'FILED',
    RETURNED: 'AWAITING_SUPPLEMENT',
    TRANSFERRED: 'AWAITING_SUPPLEMENT',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
    WITHDRAWN: 'WITHDRAWN',
  },
  'accepted, at the township': {
    ...spoken('ACCEPTED'),
    BILLED: 'ACCEPTED',
    FORWARDED: 'ACCEPTED',
    RETURNED: 'ACCEPTED',
    REVIEWED: 'REVIEWED',
    PROCEDURE_STARTED: 'ACCEPTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  'reviewed, at the township': {
    ...spoken('REVIEWED'),
    BILLED: 'REVIEWED',
    FORWARDED: 'REVIEWED',
    RETURNED: 'REVIEWED',
    PROCEDURE_STARTED: 'REVIEWED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  'reviewed, under way to the county': { RECEIVED: 'ACCEPTED', HANDOFF_REFUSED: 'REVIEWED' },
  'accepted, at the county': {
    ...spoken('ACCEPTED'),
    BILLED: 'ACCEPTED',
    FORWARDED: 'ACCEPTED',
    RETURNED: 'ACCEPTED',
    REVIEWED: 'REVIEWED',
    PROCEDURE_STARTED: 'ACCEPTED',
    EXTENDED: 'ACCEPTED',
    JOINT_OPENED: 'ACCEPTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  'reviewed, at the county': {
    ...spoken('REVIEWED'),
    BILLED: 'REVIEWED',
    FORWARDED: 'REVIEWED',
    RETURNED: 'REVIEWED',
    PROCEDURE_STARTED: 'REVIEWED',
    EXTENDED: 'REVIEWED',
    DECIDED: 'GRANTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  'a draft, at the village': {
    FILED: 'FILED',
    FORWARDED: 'DRAFT',
    RETURNED: 'DRAFT',
    TRANSFERRED: 'DRAFT',
    WITHDRAWN: 'WITHDRAWN',
  },
  'a draft, under way to the county': { RECEIVED: 'DRAFT', HANDOFF_REFUSED: 'DRAFT' },
  'a draft, at the deciding county': {
    PRECHECKED: 'PRECHECKED',
    FORWARDED: 'DRAFT',
    RETURNED: 'DRAFT',
    TRANSFERRED: 'DRAFT',
    WITHDRAWN: 'WITHDRAWN',
  },
  'pre-checked, at the county': { RETURNED: 'PRECHECKED', TRANSFERRED: 'PRECHECKED', WITHDRAWN: 'WITHDRAWN' },
  'pre-checked, back at the village': {
    FILED: 'FILED',
    RETURNED: 'PRECHECKED',
    TRANSFERRED: 'PRECHECKED',
    WITHDRAWN: 'WITHDRAWN',
  },
  'accepted, in a hearing': {
    ...spoken('ACCEPTED'),
    BILLED: 'ACCEPTED',
    REVIEWED: 'REVIEWED',
    PROCEDURE_STARTED: 'ACCEPTED',
    PROCEDURE_ENDED: 'ACCEPTED',
    EXTENDED: 'ACCEPTED',
    JOINT_OPENED: 'ACCEPTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  // nobody reviews it or hands it on before all are heard; its end may come all the same
  'accepted, in joint handling': {
    ...spoken('ACCEPTED'),
    BILLED: 'ACCEPTED',
    OPINION_GIVEN: 'ACCEPTED',
    OPINION_EXCUSED: 'ACCEPTED',
    OPINION_LAPSED: 'ACCEPTED',
    QUESTION_WITHDRAWN: 'ACCEPTED',
    VISIT_SCHEDULED: 'ACCEPTED',
    PROCEDURE_STARTED: 'ACCEPTED',
    EXTENDED: 'ACCEPTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  // nobody is silent who was never asked
  'accepted, with another node asked': {
    ...spoken('ACCEPTED'),
    BILLED: 'ACCEPTED',
    PARTY_ASKED: 'ACCEPTED',
    PARTY_CALLED: 'ACCEPTED',
    OPINION_GIVEN: 'ACCEPTED',
    OPINION_EXCUSED: 'ACCEPTED',
    QUESTION_WITHDRAWN: 'ACCEPTED',
    VISIT_SCHEDULED: 'ACCEPTED',
    VISIT_EXCUSED: 'ACCEPTED',
    VISIT_RECORDED: 'ACCEPTED',
    PROCEDURE_STARTED: 'ACCEPTED',
    EXTENDED: 'ACCEPTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  'accepted, with an objection': {
    ...spoken('ACCEPTED'),
    BILLED: 'ACCEPTED',
    OPINION_GIVEN: 'ACCEPTED',
    OBJECTION_RESOLVED: 'ACCEPTED',
    VISIT_SCHEDULED: 'ACCEPTED',
    PROCEDURE_STARTED: 'ACCEPTED',
    EXTENDED: 'ACCEPTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  'accepted, with all agreed': {
    ...spoken('ACCEPTED'),
    BILLED: 'ACCEPTED',
    VISIT_SCHEDULED: 'ACCEPTED',
    REVIEWED: 'REVIEWED',
    FORWARDED: 'ACCEPTED',
    RETURNED: 'ACCEPTED',
    PROCEDURE_STARTED: 'ACCEPTED',
    EXTENDED: 'ACCEPTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
  },
  granted: { BILLED: 'GRANTED', DOCUMENT_ISSUED: 'GRANTED', ASSIGNED: 'GRANTED', VOIDED: 'VOIDED' },
  'granted, with its document': { BILLED: 'GRANTED', ASSIGNED: 'GRANTED', DELIVERED: 'DELIVERED', VOIDED: 'VOIDED' },
  'granted, under way to the village': { RECEIVED: 'GRANTED', HANDOFF_REFUSED: 'GRANTED' },
  'granted, with its document, at the village': { RETURNED: 'GRANTED', DELIVERED: 'DELIVERED' },
  refused: { DOCUMENT_ISSUED: 'REFUSED', ASSIGNED: 'REFUSED', VOIDED: 'VOIDED' },
  delivered: { CLOSED: 'CLOSED', VOIDED: 'VOIDED' },
  closed: { RATED: 'CLOSED' },
  rated: {},
  terminated: { RATED: 'TERMINATED' },
  voided: { RATED: 'VOIDED' },
  'not accepted': { RATED: 'NOT_ACCEPTED' },
  withdrawn: { RATED: 'WITHDRAWN' },
  'billed, at the county': {
    ...spoken('ACCEPTED'),
    JOINT_OPENED: 'ACCEPTED',
    FORWARDED: 'ACCEPTED',
    RETURNED: 'ACCEPTED',
    REVIEWED: 'REVIEWED',
    PROCEDURE_STARTED: 'ACCEPTED',
    EXTENDED: 'ACCEPTED',
    WITHDRAWN: 'WITHDRAWN',
    TERMINATED: 'TERMINATED',
    VOIDED: 'VOIDED',
    PAID: 'ACCEPTED',
    FEE_WAIVER_PROPOSED: 'ACCEPTED',
  },
  'with a waiver proposed': {
    DOCUMENT_ISSUED: 'GRANTED',
    ASSIGNED: 'GRANTED',
    VOIDED: 'VOIDED',
    PAID: 'GRANTED',
    FEE_WAIVER_PROPOSED: 'GRANTED',
    FEE_WAIVED: 'GRANTED',
  },
  'delivered with its fee due': {
    VOIDED: 'VOIDED',
    PAID: 'DELIVERED',
    FEE_WAIVER_PROPOSED: 'DELIVERED',
  },
  'delivered and paid': { CLOSED: 'CLOSED', VOIDED: 'VOIDED', REFUNDED: 'DELIVERED' },
  'withdrawn after it was paid': { RATED: 'WITHDRAWN', REFUNDED: 'WITHDRAWN' },
  'filed by proxy': {
    FORWARDED: 'FILED',
    RETURNED: 'FILED',
    TRANSFERRED: 'FILED',
    WITHDRAWN: 'WITHDRAWN',
    CONTACTED: 'FILED',
    CONSENT_REVOKED: 'FILED',
    AGENT_CHANGED: 'FILED',
  },
  'accepted, a hearing offered': {
    ...spokenAfterOffer,
    ...GOES_ON,
    HEARING_REQUESTED: 'ACCEPTED',
    HEARING_WAIVED: 'ACCEPTED',
  },
  'accepted, a hearing asked for': { ...spokenAfterOffer, ...STAYS, HEARING_WAIVED: 'ACCEPTED' },
  'accepted, a hearing called': {
    ...spoken('ACCEPTED'),
    ...STAYS,
    CHAIR_RECUSED: 'ACCEPTED',
    HEARING_HELD: 'ACCEPTED',
  },
  'a renewal, filed in time': { ...spoken('ACCEPTED'), ...GOES_ON, DEEMED_RENEWED: 'GRANTED' },
  'a renewal, counted as granted': { BILLED: 'GRANTED', DOCUMENT_ISSUED: 'GRANTED', VOIDED: 'VOIDED' },
  'filed by proxy, the consent taken back': {
    FORWARDED: 'FILED',
    RETURNED: 'FILED',
    TRANSFERRED: 'FILED',
    WITHDRAWN: 'WITHDRAWN',
  },
};

/** Lines that change neither state nor custody are told beside their own steps: `case-steps/expedited.test.ts`. */
type Followed = Exclude<LogAction, (typeof EXPEDITED_ACTIONS)[number]>;
const FOLLOWED = LOG_ACTIONS.filter(
  (action): action is Followed => !EXPEDITED_ACTIONS.some((expedited) => expedited === action),
);

/** The line of an action that would be right in every respect but perhaps its time. */
function rightLine(log: CaseLog, action: Followed): LogLine {
  const { file } = log;
  const epoch = file.epoch + 1;
  const limit = { days: 18, unit: 'WORKDAY' } as const;
  const materials = CaseLog.filed({ materials: [MISSING] }).file.materials;
  const elsewhere = file.custodian === TOWNSHIP ? COUNTY : TOWNSHIP;
  switch (action) {
    case 'FILED':
      return log.next({ action, data: filingData() });
    case 'SUPPLEMENT_REQUESTED':
      return log.next({ action, data: { missing: [{ material: MISSING, reason: '未提交' }] } });
    case 'SUPPLEMENTED':
      return log.next({ action, data: { materials } });
    case 'FORWARDED':
      return log.next({ action, data: { to: elsewhere, epoch } });
    case 'RETURNED': {
      const decider = file.decision && file.custodian !== COUNTY ? COUNTY : null;
      return log.next({ action, data: { to: decider ?? (file.custodian === VILLAGE ? TOWNSHIP : VILLAGE), epoch } });
    }
    case 'ASSIGNED':
      return log.next({ action, data: { to: VILLAGE, epoch } });
    case 'TRANSFERRED':
      return log.next({ action, data: { to: file.custodian === TOWNSHIP ? VILLAGE : TOWNSHIP, epoch } });
    case 'DRAFTED':
      return log.next({ action, data: filingData() });
    case 'PRECHECKED':
      return log.next({ action, data: { missing: [], remarks: null } });
    case 'PROCEDURE_STARTED': {
      const procedure = file.procedures.length + 1;
      const told = { notice: '需检测', expectedDays: 5 };
      return log.next({ action, data: { procedure, kind: 'TESTING', stopsClock: true, ...told } });
    }
    case 'PROCEDURE_ENDED':
      return log.next({ action, data: { procedure: 1, result: '已完成' } });
    case 'EXTENDED':
      return log.next({ action, data: { days: 10, reason: '案情复杂' } });
    case 'DOCUMENT_ISSUED': {
      const document = CaseLog.filed({ materials: ['决定书'] }).file.materials[0];
      if (!document) throw new Error('No document.');
      return log.next({ action, data: { number: '1', document } });
    }
    case 'DELIVERED':
      return log.next({ action, data: { way: 'WINDOW' } });
    case 'CLOSED':
      return log.next({ action, data: {} });
    case 'RATED':
      return log.next({ action, data: { grade: 5, by: 'APPLICANT' } });
    case 'TERMINATED':
    case 'VOIDED':
      return log.next({ action, data: { reason: '原因' } });
    case 'RECEIVED':
      return log.next(
        { action, data: { from: file.custodian, epoch } },
        { node: file.inTransitTo ?? elsewhere, epoch },
      );
    case 'HANDOFF_REFUSED':
      return log.next({ action, data: { by: file.inTransitTo ?? elsewhere, epoch, code: 'SIGNATURE_INVALID' } });
    case 'ACCEPTED': {
      const versions = { itemVersion: 1, implementationVersion: 1 };
      return log.next({
        action,
        data: { from: '2026-03-02', deemed: false, ...versions, promised: limit, statutory: null },
      });
    }
    case 'NOT_ACCEPTED':
      return log.next({ action, data: { reason: '不属本机关职权', remedies: '复议' } });
    case 'REVIEWED':
      return log.next({ action, data: { opinion: 'APPROVE' } });
    case 'DECIDED': {
      const data = { outcome: 'GRANTED', reason: null, remedies: null, inNameOf: file.custodian } as const;
      return log.next({ action, data });
    }
    case 'WITHDRAWN':
      return log.next({ action, data: { reason: '申请人撤回', requestedAt: file.custodian } });
    // of a node the case does not name, and of a desk that was not closed
    case 'SUCCEEDED': {
      const data = { node: OTHER_TOWNSHIP, successor: TOWNSHIP, closing: 'signed' };
      return log.next({ action, data }, { actor: NODE_ACTOR });
    }
    case 'HANDED_OVER':
      return log.next({ action, data: { to: elsewhere, epoch } }, { actor: NODE_ACTOR });
    case 'REROUTED': {
      const { acceptor, power, through } = file;
      return log.next({ action, data: { acceptor, decider: power, through } });
    }
    case 'JOINT_OPENED': {
      const made = log.lines.some((l) => l.action === 'JOINT_OPENED') ? atCounty() : log;
      const dueAt = new Date(made.file.lastAt.getTime() + 90 * 86_400_000).toISOString();
      const party = { party: 1, node: COUNTY, department: '消防', ask: 'OPINION', dueAt } as const;
      const item = { lead: '住房城乡建设', stage: null, silentApproval: true, absenceDefault: true };
      return log.next({ action, data: { ...item, parties: [party] } });
    }
    case 'PARTY_ASKED': {
      const askedAt = log.file.lastAt.toISOString();
      const dueAt = new Date(log.file.lastAt.getTime() + 60 * 86_400_000).toISOString();
      return log.next({ action, data: { party: 1, askedAt, dueAt, answer: 'signed' } }, { actor: NODE_ACTOR });
    }
    case 'OPINION_GIVEN':
      return log.next({ action, data: { party: 1, opinion: 'AGREE', reason: null, ...signedBy(log) } });
    case 'OPINION_EXCUSED': {
      const dueAt = new Date(log.file.lastAt.getTime() + 60 * 86_400_000).toISOString();
      return log.next({ action, data: { party: 1, reason: '需现场核查', dueAt, ...signedBy(log) } });
    }
    case 'OPINION_LAPSED': {
      const at = new Date(log.file.lastAt.getTime() + 31 * 86_400_000).toISOString();
      return log.next({ action, data: { party: 1, effect: 'CONSENT' } }, { actor: NODE_ACTOR, at });
    }
    case 'VISIT_SCHEDULED':
      return log.next({ action, data: { at: log.file.lastAt.toISOString(), place: '厂区', parties: [1] } });
    case 'PARTY_CALLED': {
      const calledAt = log.file.lastAt.toISOString();
      const data = { party: 1, calledAt, visitAt: visitOf(log), answer: 'signed' };
      return log.next({ action, data }, { actor: NODE_ACTOR });
    }
    case 'VISIT_EXCUSED':
      return log.next({ action, data: { party: 1, visitAt: visitOf(log), reason: '抢险', ...signedBy(log) } });
    case 'VISIT_RECORDED': {
      const head = { at: log.file.joint?.visit ? visitOf(log) : log.next({ action: 'CLOSED', data: {} }).at };
      const attendance = [{ party: 1, as: 'PRESENT' as const, reason: null }];
      return log.next({ action, data: { record: '已踏勘', attendance, corrections: [] } }, head);
    }
    case 'CORRECTION_MADE':
      return log.next({ action, data: { correction: 1, evidence: '照片' } });
    case 'OBJECTION_RESOLVED':
      return log.next({ action, data: { party: 1, end: 'SETTLED', resolution: '已协调' } });
    case 'QUESTION_WITHDRAWN':
      return log.next({ action, data: { party: 1, reason: '机构撤并' } });
    case 'BILLED':
      return log.next({ action, data: billData() });
    case 'PAID':
      return log.next({ action, data: { amountFen: 100, receipt: 'R-9', window: 'F1' } });
    case 'FEE_WAIVER_PROPOSED':
      return log.next({ action, data: { waiver: file.fees.waivers.length + 1, amountFen: 100, ground: '低保家庭' } });
    case 'FEE_WAIVED': {
      const actor = { sub: 'chief', name: '首席代表', role: 'CHIEF' } as const;
      return log.next({ action, data: { waiver: 1, amountFen: 100, ground: '低保家庭' } }, { actor });
    }
    case 'REFUNDED':
      return log.next({
        action,
        data: { of: 'R-1', amountFen: 100, reason: '多收', receipt: 'T-9', window: 'F1' },
      });
    case 'CONTACTED':
      return log.next({ action, data: { with: 'DESK', way: 'PHONE', what: '询问办理进度' } });
    case 'CONSENT_REVOKED':
      return log.next({ action, data: { way: 'SIGNATURE', reason: null } });
    case 'AGENT_CHANGED': {
      const from = file.proxy?.agent ?? { node: VILLAGE, sub: 'agent', name: '代办员' };
      const to = { node: VILLAGE, sub: 'agent-b', name: '代办员B' };
      return log.next({ action, data: { change: CHANGE, from, to, reason: 'ABSENCE' } });
    }
    case 'DEEMED_RENEWED': {
      const expiredOn = file.renewal?.expiresOn ?? '2026-04-30';
      return log.next(
        { action, data: { expiredOn, inNameOf: file.decider } },
        {
          at: new Date(Math.max(file.lastAt.getTime(), Date.parse('2026-05-01T00:00:00Z'))).toISOString(),
          actor: NODE_ACTOR,
        },
      );
    }
    case 'INTERESTED_TOLD':
      return log.next(HEARING_ENTRIES.told(log));
    case 'PARTY_HEARD':
      return log.next(HEARING_ENTRIES.heard(log));
    case 'HEARING_OFFERED':
      return log.next(HEARING_ENTRIES.offered(log));
    case 'HEARING_REQUESTED':
      return log.next(HEARING_ENTRIES.requested(log));
    case 'HEARING_WAIVED':
      return log.next(HEARING_ENTRIES.waived(log));
    case 'HEARING_CALLED':
      return log.next(HEARING_ENTRIES.called(log));
    case 'CHAIR_RECUSED':
      return log.next(HEARING_ENTRIES.recused());
    case 'HEARING_HELD':
      return log.next(HEARING_ENTRIES.held(log), {
        at: (file.hearing.call?.at ?? file.lastAt).toISOString(),
        actor: { ...CHAIR, role: 'CLERK' },
      });
    default:
      return action satisfies never;
  }
}

/** What an answer of another node's party comes with; nothing of one of the lead's own. */
function signedBy({ file }: CaseLog): { answeredAt?: string; answer?: string } {
  const far = file.joint?.parties.some((p) => p.node !== file.custodian) ?? false;
  return far ? { answeredAt: file.lastAt.toISOString(), answer: 'signed' } : {};
}

/** When the visit of joint handling is; any time where there is none. */
function visitOf({ file }: CaseLog): string {
  return (file.joint?.visit?.at ?? file.lastAt).toISOString();
}

function billData(): Extract<LogEntry, { action: 'BILLED' }>['data'] {
  const line = SITUATIONS['billed, at the county'].lines.at(-1);
  if (line?.action !== 'BILLED') throw new Error('It ends otherwise.');
  return line.data;
}

function filingData(): Extract<LogEntry, { action: 'FILED' }>['data'] {
  const line = CaseLog.filing();
  if (line.action !== 'FILED') throw new Error('It begins otherwise.');
  return line.data;
}

// a notice by a desk that does not accept the case is not settled here: the fold lets it pass, the steps do not
const cells = (Object.keys(SITUATIONS) as Situation[])
  .flatMap((situation) => FOLLOWED.map((action) => ({ situation, action, leadsTo: FOLLOWS[situation][action] })))
  .filter(({ situation, action }) => situation !== 'filed, at the village' || action !== 'SUPPLEMENT_REQUESTED');

describe('what may follow', () => {
  test.each(cells.filter((cell) => cell.leadsTo !== undefined))(
    'a case that is $situation takes $action and is then $leadsTo',
    ({ situation, action, leadsTo }) => {
      const log = SITUATIONS[situation];
      const after = foldLine(log.file, rightLine(log, action));
      expect(after.state).toBe(leadsTo);
      expect(after.seq).toBe(log.file.seq + 1);
      expect(after.closedAt !== null).toBe(isClosed(after.state));
    },
  );

  test.each(cells.filter((cell) => cell.leadsTo === undefined))(
    'a case that is $situation refuses $action',
    ({ situation, action }) => {
      const log = SITUATIONS[situation];
      const before = structuredClone(log.file);
      expect(refusalCode(() => foldLine(log.file, rightLine(log, action)))).toBe('ILLEGAL_STEP');
      expect(log.file).toEqual(before);
    },
  );

  test('a case can be brought into every situation by folding its lines one by one or all at once', () => {
    for (const log of Object.values(SITUATIONS)) {
      const [first, ...rest] = log.lines;
      if (!first) throw new Error('A log without a line.');
      expect(rest.reduce(foldLine, openFile(first))).toEqual(foldLog(log.lines));
    }
  });

  test('a refused application is REFUSED and keeps its reason and remedies', () => {
    const { file } = atCounty().reviewed('REJECT').decided('REFUSED');
    expect(file.state).toBe('REFUSED');
    expect(file.decision).toMatchObject({ outcome: 'REFUSED', reason: '不符合条件', remedies: '复议', node: COUNTY });
    expect(file.closedAt).toBeNull();
  });

  test('an organ that does not accept the item can neither accept nor refuse to', () => {
    const strayed = CaseLog.filed().handedTo(NEIGHBOUR_VILLAGE);
    expect(refusalCode(() => foldLine(strayed.file, rightLine(strayed, 'ACCEPTED')))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => foldLine(strayed.file, rightLine(strayed, 'NOT_ACCEPTED')))).toBe('ILLEGAL_STEP');
  });

  test('an organ that does not decide the item decides nothing, reviewed or not', () => {
    const { 'reviewed, at the township': reviewed } = SITUATIONS;
    expect(refusalCode(() => foldLine(reviewed.file, rightLine(reviewed, 'DECIDED')))).toBe('ILLEGAL_STEP');
  });
});

describe('the chain', () => {
  const log = atTownship();
  const withdrawal = { action: 'WITHDRAWN', data: { reason: '撤回', requestedAt: TOWNSHIP } } as const;

  test.each([
    ['with a gap', { seq: log.file.seq + 2 }],
    ['with a number twice', { seq: log.file.seq }],
    ['of another case', { case: 'another' }],
    ['dated before the line ahead', { at: new Date(log.file.lastAt.getTime() - 1).toISOString() }],
  ])('is broken by a line %s', (_, head) => {
    expect(refusalCode(() => foldLine(log.file, log.next(withdrawal, head)))).toBe('CHAIN_BROKEN');
  });

  test('holds with two lines of the same millisecond', () => {
    const head = { at: log.file.lastAt.toISOString() };
    expect(foldLine(log.file, log.next(withdrawal, head)).state).toBe('WITHDRAWN');
  });

  test('is broken without a line', () => {
    expect(refusalCode(() => foldLog([]))).toBe('CHAIN_BROKEN');
  });

  test('is broken when it begins otherwise than with the filing', () => {
    expect(refusalCode(() => foldLog(log.lines.slice(1)))).toBe('CHAIN_BROKEN');
    expect(refusalCode(() => openFile({ ...CaseLog.filing(), seq: 2 }))).toBe('CHAIN_BROKEN');
    expect(refusalCode(() => openFile({ ...CaseLog.filing(), epoch: 2 }))).toBe('CHAIN_BROKEN');
  });

  test('is broken by leaving any one line out', () => {
    const { lines } = SITUATIONS.granted;
    for (let i = 0; i < lines.length - 1; i++) {
      const without = lines.filter((_, j) => j !== i);
      expect(refusalCode(() => foldLog(without))).toBe('CHAIN_BROKEN');
    }
  });

  test('holds only with every line in its place', () => {
    const { lines } = SITUATIONS.granted;
    for (let i = 1; i < lines.length - 1; i++) {
      const swapped = [...lines.slice(0, i), lines[i + 1], lines[i], ...lines.slice(i + 2)].filter(
        (l) => l !== undefined,
      );
      expect(refusalCode(() => foldLog(swapped))).toBe('CHAIN_BROKEN');
    }
  });

  test('ends with the closing: nothing follows but the rating, not even a hand-off that comes late', () => {
    const { closed } = SITUATIONS;
    for (const action of FOLLOWED.filter((a) => a !== 'RATED')) {
      expect(refusalCode(() => foldLine(closed.file, rightLine(closed, action)))).toBe('ILLEGAL_STEP');
    }
  });
});

describe('custody', () => {
  test('is with the desk that took the case in, and with nobody else', () => {
    const { file } = CaseLog.filed();
    expect(custodyAt(file, VILLAGE)).toBe('HELD');
    expect(custodyAt(file, TOWNSHIP)).toBe('ELSEWHERE');
  });

  test('stays with the sender until the receiver has the case', () => {
    const { file } = CaseLog.filed().forwarded(TOWNSHIP);
    expect(file).toMatchObject({ custodian: VILLAGE, inTransitTo: TOWNSHIP, epoch: 1 });
    expect(custodyAt(file, VILLAGE)).toBe('IN_TRANSIT');
    expect(custodyAt(file, TOWNSHIP)).toBe('ELSEWHERE');
  });

  test('goes over with the line of the receiver and begins a new epoch', () => {
    const { file } = atTownship();
    expect(file).toMatchObject({ custodian: TOWNSHIP, inTransitTo: null, epoch: 2 });
    expect(custodyAt(file, VILLAGE)).toBe('ELSEWHERE');
    expect(custodyAt(file, TOWNSHIP)).toBe('HELD');
  });

  test('lets nobody but the custodian write a line, and says who that is', () => {
    const log = atTownship();
    const byVillage = log.next({ action: 'REVIEWED', data: { opinion: 'APPROVE' } }, { node: VILLAGE });
    expect(refusal(() => foldLine(log.file, byVillage))).toMatchObject({
      code: 'NOT_CUSTODIAN',
      custodian: TOWNSHIP,
    });
  });

  test.each([1, 3])('lets the custodian write no line of epoch %i when it is at 2', (epoch) => {
    const log = atTownship();
    const stale = log.next({ action: 'WITHDRAWN', data: { reason: '撤回', requestedAt: TOWNSHIP } }, { epoch });
    expect(refusalCode(() => foldLine(log.file, stale))).toBe('STALE_EPOCH');
  });

  test.each([
    ['to the sender itself', { to: TOWNSHIP, epoch: 3 }],
    ['that raises the epoch by two', { to: COUNTY, epoch: 4 }],
    ['that does not raise the epoch', { to: COUNTY, epoch: 2 }],
  ])('takes no hand-off %s', (_, data) => {
    const log = atTownship();
    for (const action of ['FORWARDED', 'RETURNED'] as const) {
      expect(refusalCode(() => foldLine(log.file, log.next({ action, data })))).toBe('ILLEGAL_STEP');
    }
  });

  test('takes no hand-off of a case that awaits a supplement but to the desk that took it in', () => {
    const log = SITUATIONS['awaiting supplement, still at the township'];
    const up = log.next({ action: 'FORWARDED', data: { to: COUNTY, epoch: log.file.epoch + 1 } });
    expect(refusalCode(() => foldLine(log.file, up))).toBe('ILLEGAL_STEP');
    const back = log.next({ action: 'RETURNED', data: { to: VILLAGE, epoch: log.file.epoch + 1 } });
    expect(foldLine(log.file, back).inTransitTo).toBe(VILLAGE);
  });
});

describe('receiving', () => {
  const underWay = CaseLog.filed().forwarded(TOWNSHIP);
  const receivedBy = (node: string, data: { from: string; epoch: number }, epoch = data.epoch) =>
    underWay.next({ action: 'RECEIVED', data }, { node, epoch });

  test('is for the node the case was sent to', () => {
    const line = receivedBy(COUNTY, { from: VILLAGE, epoch: 2 });
    expect(refusalCode(() => foldLine(underWay.file, line))).toBe('ILLEGAL_STEP');
  });

  test('is from the node that held the case', () => {
    const line = receivedBy(TOWNSHIP, { from: COUNTY, epoch: 2 });
    expect(refusalCode(() => foldLine(underWay.file, line))).toBe('ILLEGAL_STEP');
  });

  test('is refused when nothing was sent', () => {
    const rest = CaseLog.filed();
    const line = rest.next({ action: 'RECEIVED', data: { from: VILLAGE, epoch: 2 } }, { node: TOWNSHIP, epoch: 2 });
    expect(refusalCode(() => foldLine(rest.file, line))).toBe('ILLEGAL_STEP');
  });

  test.each([
    ['of the epoch before', 1, 1],
    ['of an epoch too far', 3, 3],
    ['whose own epoch is another than the one it states', 2, 1],
    ['whose own epoch runs ahead of the one it states', 2, 3],
  ])('is refused as stale %s', (_, stated, own) => {
    const line = receivedBy(TOWNSHIP, { from: VILLAGE, epoch: stated }, own);
    expect(refusalCode(() => foldLine(underWay.file, line))).toBe('STALE_EPOCH');
  });

  test('is done once', () => {
    const log = underWay.received();
    const again = log.next({ action: 'RECEIVED', data: { from: VILLAGE, epoch: 2 } }, { node: TOWNSHIP, epoch: 2 });
    expect(refusalCode(() => foldLine(log.file, again))).toBe('ILLEGAL_STEP');
  });
});

describe('a refused hand-off', () => {
  const refused = CaseLog.filed().forwarded(TOWNSHIP).handOffRefused();

  test('leaves the case with the sender and spends the epoch', () => {
    expect(refused.file).toMatchObject({ custodian: VILLAGE, inTransitTo: null, epoch: 2, state: 'FILED' });
    expect(refused.file.spans).toHaveLength(1);
    expect(hopsOf(refused.file)).toBe(0);
  });

  test('can never be received any more', () => {
    const late = (log: CaseLog) =>
      log.next({ action: 'RECEIVED', data: { from: VILLAGE, epoch: 2 } }, { node: TOWNSHIP, epoch: 2 });
    expect(refusalCode(() => foldLine(refused.file, late(refused)))).toBe('ILLEGAL_STEP');
    const again = refused.forwarded(TOWNSHIP);
    expect(refusalCode(() => foldLine(again.file, late(again)))).toBe('STALE_EPOCH');
  });

  test('is followed by a new one of the next epoch', () => {
    const { file } = refused.handedTo(TOWNSHIP);
    expect(file).toMatchObject({ custodian: TOWNSHIP, epoch: 3 });
  });

  test.each([
    ['by a node the case was not sent to', { by: COUNTY, epoch: 2 }],
    ['of another epoch', { by: TOWNSHIP, epoch: 3 }],
  ])('is none %s', (_, data) => {
    const log = CaseLog.filed().forwarded(TOWNSHIP);
    const line = log.next({ action: 'HANDOFF_REFUSED', data: { ...data, code: 'KEY_UNKNOWN' } });
    expect(refusalCode(() => foldLine(log.file, line))).toBe('ILLEGAL_STEP');
  });

  test('is written by the sender, not by whoever refused', () => {
    const log = CaseLog.filed().forwarded(TOWNSHIP);
    const line = log.next(
      { action: 'HANDOFF_REFUSED', data: { by: TOWNSHIP, epoch: 2, code: 'KEY_UNKNOWN' } },
      { node: TOWNSHIP },
    );
    expect(refusalCode(() => foldLine(log.file, line))).toBe('NOT_CUSTODIAN');
  });
});

describe('a review', () => {
  test("does not stand for another desk's own", () => {
    expect(atCounty().file.state).toBe('ACCEPTED');
    expect(atCounty().file.reviews).toHaveLength(1);
  });

  test('stays on record for each desk that made one', () => {
    const { reviews } = atCounty().reviewed('REJECT').file;
    expect(reviews.map(({ node, opinion }) => [node, opinion])).toEqual([
      [TOWNSHIP, 'APPROVE'],
      [COUNTY, 'REJECT'],
    ]);
  });

  test('stands when the hand-off was refused', () => {
    const { file } = atTownship().accepted().reviewed().forwarded(COUNTY).handOffRefused();
    expect(file.state).toBe('REVIEWED');
  });
});

describe('the one-time notice', () => {
  const asked = CaseLog.filed({ materials: ['最低生活保障申请书'] })
    .handedTo(TOWNSHIP)
    .asked(['身份证明', MISSING])
    .returned(VILLAGE)
    .received();

  test('is outstanding until everything has come in', () => {
    expect(outstanding(asked.file).map((m) => m.material)).toEqual(['身份证明', MISSING]);
    const half = asked.supplemented([MISSING]);
    expect(half.file.state).toBe('AWAITING_SUPPLEMENT');
    expect(outstanding(half.file).map((m) => m.material)).toEqual(['身份证明']);
    const whole = half.supplemented(['身份证明']);
    expect(whole.file.state).toBe('FILED');
    expect(outstanding(whole.file)).toEqual([]);
  });

  test('is answered at the moment the last material came in, and the materials count from then', () => {
    const half = asked.supplemented([MISSING]);
    expect(half.file.supplement?.suppliedAt).toBeNull();
    expect(half.file.materialsInAt).toEqual(asked.file.materialsInAt);
    const whole = half.supplemented(['身份证明']);
    expect(whole.file.supplement?.suppliedAt).toEqual(whole.file.lastAt);
    expect(whole.file.materialsInAt).toEqual(whole.file.lastAt);
  });

  test('is not answered by a material that was there before', () => {
    const log = CaseLog.filed().handedTo(TOWNSHIP).asked(['身份证明']).returned(VILLAGE).received();
    expect(outstanding(log.file).map((m) => m.material)).toEqual(['身份证明']);
    expect(log.supplemented(['身份证明']).file.state).toBe('FILED');
  });

  test('is not answered by other materials', () => {
    expect(asked.supplemented(['最低生活保障申请书']).file.state).toBe('AWAITING_SUPPLEMENT');
  });

  test('is given once in the life of a case', () => {
    const again = asked.supplemented(['身份证明', MISSING]).handedTo(TOWNSHIP);
    expect(again.file.state).toBe('FILED');
    const second = rightLine(again, 'SUPPLEMENT_REQUESTED');
    expect(refusalCode(() => foldLine(again.file, second))).toBe('ILLEGAL_STEP');
  });

  test('leaves nothing outstanding where none was given', () => {
    expect(outstanding(CaseLog.filed({ materials: [] }).file)).toEqual([]);
  });
});

describe('what is missing', () => {
  const required = itemOf('3310-MZ-001').standard.materials;

  test('is each required material that was not handed in', () => {
    expect(missingMaterials(incomplete().file, required)).toEqual(['家庭经济状况核对授权书', MISSING]);
    expect(missingMaterials(CaseLog.filed().file, required)).toEqual([]);
  });

  test('is no material that is only wished for', () => {
    expect(missingMaterials(incomplete().file, [{ name: '照片', required: false }])).toEqual([]);
  });
});

describe('the file', () => {
  test('is opened by the first line with all that was filed', () => {
    const { file } = CaseLog.filed({ at: at('2026-03-02') });
    expect(file).toMatchObject({
      item: '3310-MZ-001',
      itemKind: 'PAYMENT',
      filingNode: VILLAGE,
      acceptor: TOWNSHIP,
      decider: COUNTY,
      state: 'FILED',
      epoch: 1,
      seq: 1,
      proxied: false,
      acceptance: null,
      decision: null,
      closedAt: null,
    });
    expect(file.materialsInAt).toEqual(file.filedAt);
    const consent = { way: 'SIGNATURE', givenAt: '2026-03-02T00:00:00.000Z' } as const;
    expect(CaseLog.filed({ data: { consent } }).file.proxied).toBe(true);
  });

  test('keeps the version the item had at acceptance', () => {
    const data = { from: '2026-03-02', deemed: false, itemVersion: 7, implementationVersion: 3 };
    const limits = { promised: { days: 18, unit: 'WORKDAY' }, statutory: null } as const;
    const { file } = atTownship().add({ action: 'ACCEPTED', data: { ...data, ...limits } });
    expect(file.itemVersion).toBe(7);
    expect(file.acceptance).toMatchObject({ node: TOWNSHIP, itemVersion: 7, ...limits });
  });

  test('counts the days for the notice anew at the desk the materials came to, before acceptance only', () => {
    const received = atTownship();
    expect(received.file.materialsInAt).toEqual(received.file.lastAt);
    const up = received.accepted().reviewed().handedTo(COUNTY);
    expect(up.file.materialsInAt).toEqual(received.file.materialsInAt);
  });

  test('names every node that held the case, once each, in order', () => {
    const log = atTownship().returned(VILLAGE).received().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);
    expect(log.file.holders).toEqual([VILLAGE, TOWNSHIP, COUNTY]);
    expect(log.file.spans.map((span) => span.node)).toEqual([VILLAGE, TOWNSHIP, VILLAGE, TOWNSHIP, COUNTY]);
    expect(hopsOf(log.file)).toBe(4);
  });

  test('has spans that follow each other without a gap, the last one open', () => {
    const { spans } = SITUATIONS.granted.file;
    expect(spans.map((span) => span.to)).toEqual([...spans.slice(1).map((span) => span.from), null]);
  });

  test('is not touched by folding one more line', () => {
    const log = incomplete().handedTo(TOWNSHIP).asked([MISSING]).returned(VILLAGE).received();
    const before = structuredClone(log.file);
    foldLine(log.file, rightLine(log, 'SUPPLEMENTED'));
    expect(log.file).toEqual(before);
  });
});
