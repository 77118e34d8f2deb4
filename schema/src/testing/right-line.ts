import type { LogEntry, LogLine } from '../case/log-line.ts';
import { NODE_ACTOR } from '../case/log-line.ts';
import { EXPEDITED_ACTIONS } from '../domains/expedited/rules.ts';
import type { LogAction } from '../case/log-words.ts';
import { LOG_ACTIONS } from '../case/log-words.ts';
import { dayOf } from '../kernel/calendar.ts';
import { CaseLog } from './case-log.ts';
import { COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from './fixtures.ts';
import { CHAIR, HEARING_ENTRIES } from './hearing-log.ts';
import { atCounty, MISSING, SITUATIONS } from './situations.ts';

const CHANGE = '6f1c2f7e-5f0e-4f6e-9d55-0b5f0c7a1d11';

/** Lines that change neither state nor custody; `case-steps/expedited.test.ts` tests them with their own steps. */
export type Followed = Exclude<LogAction, (typeof EXPEDITED_ACTIONS)[number]>;
export const FOLLOWED = LOG_ACTIONS.filter(
  (action): action is Followed => !EXPEDITED_ACTIONS.some((expedited) => expedited === action),
);

/** The line of an action that would be right in every respect but perhaps its time. */
export function rightLine(log: CaseLog, action: Followed): LogLine {
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
    case 'MATERIALS_ARRANGED':
      return log.next({ action, data: { materials } });
    case 'APPLICATION_CORRECTED': {
      const { application, facts } = file;
      return log.next({ action, data: { parts: ['APPLICANT'], reason: '有误', application, consent: null, facts } });
    }
    case 'FORWARDED':
      return log.next({ action, data: { to: elsewhere, epoch } });
    case 'RETURNED': {
      const decider = (file.decision ?? file.report?.result) && file.custodian !== COUNTY ? COUNTY : null;
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
    case 'ANSWERED': {
      const data = { verdict: 'POSSIBLE', reason: '属允许类', basis: '目录', inNameOf: file.custodian } as const;
      return log.next({ action, data });
    }
    case 'REPORTED': {
      const letter = { to: '省水利厅', number: '1', way: 'EXCHANGE', sent: '材料', dueOn: null } as const;
      return log.next({ action, data: { ...letter, sentOn: dayOf(file.lastAt) } });
    }
    case 'REPORT_PROGRESSED': {
      const event = file.report?.events.at(-1)?.event === 'SUPPLEMENT_ASKED' ? 'SUPPLEMENT_SENT' : 'SUPPLEMENT_ASKED';
      return log.next({ action, data: { event, on: dayOf(file.lastAt), number: null, what: '论证', dueOn: null } });
    }
    case 'REPORT_DECIDED': {
      const [document] = CaseLog.filed({ materials: ['许可文件'] }).file.materials;
      if (!document) throw new Error('No document.');
      return log.next({
        action,
        data: { result: 'GRANTED', number: '1', on: dayOf(file.lastAt), document, reason: null },
      });
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
    case 'PARTY_REMINDED':
      return log.next({ action, data: { party: 1 } });
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

/** Extra data on an answer of another node's party; empty for one of the lead's own. */
function signedBy({ file }: CaseLog): { answeredAt?: string; answer?: string } {
  const far = file.joint?.parties.some((p) => p.node !== file.custodian) ?? false;
  return far ? { answeredAt: file.lastAt.toISOString(), answer: 'signed' } : {};
}

/** Time of the visit in joint handling; any time if there is no visit. */
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
