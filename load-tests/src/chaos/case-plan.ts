import * as documents from '../federation/documents.ts';
import { consentOf, scan } from '../federation/journeys.ts';
import { Random } from './random.ts';

/** A case at rest at the desk that holds it. */
export interface HeldCase {
  node: string;
  id: string;
  number: string;
  item: string;
  state: string;
  epoch: number;
  filing_node: string;
  acceptor: string;
  decider: string;
}

/** The special turns of one case, besides the usual way of its item. */
export interface CasePlan {
  /** How often the accepting organ sends it back before it accepts. */
  returns: number;
  /** How often the deciding organ above sends it back to be reviewed again. */
  upperReturns: number;
  /** Whether it is handed to the township's proxy team instead of being forwarded. */
  transfer: boolean;
  /** The round in which the applicant withdraws; null for most. */
  withdrawIn: number | null;
  outcome: 'GRANTED' | 'REFUSED';
}

/** The plan of a case depends only on the seed and the case's number, so that any worker can continue the case. */
export function planOf(seed: string, number: string): CasePlan {
  const random = new Random(`${seed} ${number}`);
  return {
    returns: random.pick([0, 1, 2, 2, 3, 4]),
    upperReturns: random.pick([0, 0, 0, 1, 2]),
    transfer: random.next() < 0.1,
    withdrawIn: random.next() < 0.06 ? random.between(1, 5) : null,
    outcome: random.next() < 0.15 ? 'REFUSED' : 'GRANTED',
  };
}

/** Items of the load: department, materials, whether it is filed with all of them, and the tier that takes it in. */
export const ITEMS = [
  { code: '3310-RS-001', name: '城乡居民基本养老保险参保登记', department: '人力社保', tier: 'VILLAGE', share: 5 },
  { code: '3310-WJ-001', name: '生育登记', department: '卫生健康', tier: 'VILLAGE', share: 3 },
  { code: '3310-MZ-005', name: '老年人优待证办理', department: '民政', tier: 'VILLAGE', share: 2 },
  { code: '3310-MZ-001', name: '最低生活保障对象认定', department: '民政', tier: 'VILLAGE', share: 1 },
  // always filed without all its materials: the desk asks for them once, and they are supplied
  { code: '3310-MZ-003', name: '特困人员认定', department: '民政', tier: 'VILLAGE', share: 2 },
  { code: '3310-JY-001', name: '高级中学教师资格认定', department: '教育', tier: 'COUNTY', share: 1 },
] as const;
export type Item = (typeof ITEMS)[number];
export const INCOMPLETE = '3310-MZ-003';

/** What the load remembers of a case because its row does not say it. */
export interface Remembered {
  issued: boolean;
  supplementAsked: boolean;
  withdrawalAsked: boolean;
}

/** The next step of a case: the post that takes it, its role of the graph, and the operation. */
export interface NextStep {
  at: string;
  post: 'agent' | 'clerk' | 'chief';
  role: 'filing' | 'handling';
  query: string;
  input: Record<string, unknown>;
}

/** The role that takes materials in does not know the state of the case: the gateway asks another role for that. */
const SUPPLEMENT = documents.SUPPLEMENT_CASE.replace('{ id state }', '{ id }');
const RETURN_REASON = '申请表填写有误,退回核对';

/** The next step of a case where it rests; null if there is none. */
export function nextStep(held: HeldCase, plan: CasePlan, remembered: Remembered, required: readonly string[]) {
  const { node, id, state, epoch, filing_node: filingNode, acceptor, decider } = held;
  const desk = (
    post: NextStep['post'],
    query: string,
    input: Record<string, unknown> = {},
    role: NextStep['role'] = 'handling',
  ): NextStep => ({ at: node, post, role, query, input: { id, ...input } });
  const taker = node.length === 12 ? 'agent' : 'clerk';
  const incomplete = held.item === INCOMPLETE;
  switch (state) {
    case 'FILED': {
      if (plan.withdrawIn !== null && plan.withdrawIn <= epoch && !remembered.withdrawalAsked) {
        const from: NextStep['post'] = filingNode.length === 12 ? 'agent' : 'clerk';
        return { ...desk(from, documents.WITHDRAW_CASE, { reason: '申请人改变主意' }), at: filingNode };
      }
      if (node !== acceptor) {
        return plan.transfer && epoch === 1
          ? desk(taker, documents.TRANSFER_CASE, { to: acceptor, reason: '由乡镇帮办团队帮办' })
          : desk(taker, documents.FORWARD_CASE);
      }
      if (node !== filingNode && epoch <= 2 * plan.returns) {
        return desk('clerk', documents.RETURN_CASE, { reason: RETURN_REASON });
      }
      if (incomplete && !remembered.supplementAsked) {
        const missing = required.slice(1).map((material) => ({ material, reason: '未提交' }));
        return desk('clerk', documents.REQUEST_SUPPLEMENT, { missing });
      }
      return desk('clerk', documents.ACCEPT_CASE);
    }
    case 'AWAITING_SUPPLEMENT':
      return desk(taker, SUPPLEMENT, { materials: papers(required.slice(1), held.number) }, 'filing');
    case 'ACCEPTED': {
      const first = (acceptor === filingNode ? 1 : 2 + 2 * plan.returns + (incomplete ? 2 : 0)) + 1;
      if (node === decider && node !== acceptor && epoch < first + 2 * plan.upperReturns) {
        return desk('clerk', documents.RETURN_CASE, { reason: '初审意见不完整,退回补充' });
      }
      return desk('clerk', documents.REVIEW_CASE, { opinion: 'APPROVE', note: '属实' });
    }
    case 'REVIEWED':
      if (node !== decider) return desk('clerk', documents.FORWARD_CASE, { note: '拟同意' });
      return desk('chief', documents.DECIDE_CASE, {
        outcome: plan.outcome,
        ...(plan.outcome === 'REFUSED' ? { reason: '不符合规定条件' } : {}),
      });
    case 'GRANTED':
    case 'REFUSED':
      if (node === filingNode) return desk(taker, documents.DELIVER_CASE, { way: 'WINDOW' });
      return desk('clerk', remembered.issued ? documents.ASSIGN_CASE : documents.ISSUE_DOCUMENT);
    default:
      return null;
  }
}

/** An application in the load. */
export function application(item: Item, required: readonly string[], key: string): Record<string, unknown> {
  const applicant = { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' };
  const given = item.code === INCOMPLETE ? required.slice(0, 1) : required;
  return {
    item: item.code,
    applicant,
    // long enough ago also for a host whose clock is behind
    ...(item.tier === 'VILLAGE'
      ? {
          consent: {
            ...consentOf(applicant, item.name),
            givenAt: new Date(Date.now() - 3_600_000).toISOString(),
          },
        }
      : {}),
    materials: papers(given, key),
    idempotencyKey: key,
  };
}

/** Scans with content of their own. */
function papers(names: readonly string[], of: string): Record<string, unknown>[] {
  return names.map((name) => ({ ...scan(`${name} ${of}`), name }));
}
