import { dayOf } from '@liandong/schema/kernel';
import type { Client } from './client.ts';
import * as documents from './documents.ts';
import type { Federation } from './federation.ts';
import type { Narrator } from './journeys.ts';
import { APPLICANTS, Journey, consentOf, scan } from './journeys.ts';
import { when } from './waiting.ts';

/** The results of a lent power: given, used, taken back. */
export interface DelegationReport {
  ok: boolean;
  item: string;
  /** The organ that decides at the cap, and above it, while the grant is in effect. */
  atCap: string;
  aboveCap: string;
  decidedBy: string;
  inNameOf: string;
  /** The organ that decides once the grant is revoked. */
  afterRevocation: string;
}

const ITEM = '3310-MZ-002';
const VILLAGE = '331022103201';
/** 1,000 yuan, in fen. */
const CAP_FEN = 100_000;

interface CompetenceNow {
  competence: { decider: { code: string }; reasons: string[] };
}

async function deciderOf(client: Client, amountFen: number): Promise<string> {
  const { competence } = await client.get<CompetenceNow>(documents.COMPETENCE, {
    item: ITEM,
    division: VILLAGE,
    amountFen,
  });
  return competence.decider.code;
}

/** Waits until the village, asked through the gateway, names a decider. */
function untilDecided(client: Client, by: string): Promise<string> {
  return when(
    () => deciderOf(client, CAP_FEN),
    (decider) => decider === by,
    `${ITEM} is decided by ${by}`,
  );
}

/**
 * 临时救助: the county lends the township the decision up to 1,000 yuan; the township decides a case in the county's
 * name; the county revokes, and decides itself again.
 */
export async function delegationJourney(federation: Federation, tell: Narrator): Promise<DelegationReport> {
  const chief = await federation.as('county-civil-chief');
  const agent = await federation.as('baojia-agent');
  let began = performance.now();
  const told = (text: string) => {
    tell(text, Math.round(performance.now() - began));
    began = performance.now();
  };
  const delegation = await lend(federation, told);
  const atCap = await untilDecided(agent, '331022103');
  const aboveCap = await deciderOf(agent, CAP_FEN + 1);
  told(`包家村 得知:一千元由 ${atCap} 决定,一千元以上由 ${aboveCap} 决定`);

  const journey = new Journey(federation, tell);
  await journey.file('baojia-agent', '包家村 收件', {
    item: ITEM,
    amountFen: 80_000,
    applicant: APPLICANTS.widow,
    consent: consentOf(APPLICANTS.widow, '临时救助'),
    materials: ['临时救助申请书', '身份证明', '困难情况证明'].map((name) => scan(name)),
  });
  await journey.step('baojia-agent', '包家村 上报 → 亭旁镇', documents.FORWARD_CASE);
  await journey.arrives('tingpang-clerk', '331022103', '亭旁镇 收到');
  await journey.step('tingpang-clerk', '亭旁镇 受理', documents.ACCEPT_CASE);
  await journey.step('tingpang-clerk', '亭旁镇 审查,核定八百元', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    amountFen: 80_000,
  });
  await journey.step('tingpang-chief', '亭旁镇 首席代表 以三门县名义决定', documents.DECIDE_CASE, {
    outcome: 'GRANTED',
  });
  await journey.until('baojia-agent', '包家村 得知结果', (now) => now.state === 'GRANTED');
  const { case: decided } = await agent.get<{
    case: { decision: { node: { code: string }; inNameOf: { code: string } } };
  }>(documents.DECISION, { id: journey.id });

  began = performance.now();
  await chief.do(documents.REVOKE_DELEGATION, { id: delegation, reason: '试行期满,收回评估' });
  const afterRevocation = await untilDecided(agent, '331022');
  told(`三门县 撤销委托;包家村 得知:由 ${afterRevocation} 决定`);
  const { node, inNameOf } = decided.decision;
  const report = { item: ITEM, atCap, aboveCap, decidedBy: node.code, inNameOf: inNameOf.code, afterRevocation };
  const expected = { ...report, atCap: '331022103', aboveCap: '331022', decidedBy: '331022103', inNameOf: '331022' };
  const ok = JSON.stringify(report) === JSON.stringify({ ...expected, afterRevocation: '331022' });
  return { ok, ...report };
}

/**
 * The county lends 亭旁镇 the decision on 临时救助 up to 1,000 yuan, and the township accepts.
 * @param told called after each of the two steps
 * @returns the grant's id
 */
async function lend(federation: Federation, told: (text: string) => void): Promise<string> {
  const chief = await federation.as('county-civil-chief');
  const { delegation } = await chief.do<{ delegation: { id: string } }>(documents.GRANT_POWER, {
    grantee: '331022103',
    items: [ITEM],
    stages: ['REVIEW', 'DECIDE'],
    mode: 'ENTRUSTED',
    capFen: CAP_FEN,
    from: dayOf(new Date()),
    basis: '《社会救助暂行办法》第四十八条',
    announcement: '三门县民政局委托亭旁镇人民政府审核确认一千元以内的临时救助',
  });
  told('三门县 委托亭旁镇 决定一千元以内的临时救助');
  await accept(await federation.as('tingpang-chief'), delegation.id);
  told('亭旁镇 接受');
  return delegation.id;
}

/** Does work while 亭旁镇 decides 临时救助 up to 1,000 yuan and 包家村 knows it; then the county takes the power back. */
export async function whileLent(federation: Federation, work: () => Promise<void>): Promise<void> {
  const id = await lend(federation, () => undefined);
  await untilDecided(await federation.as('baojia-agent'), '331022103');
  await work();
  const chief = await federation.as('county-civil-chief');
  await chief.do(documents.REVOKE_DELEGATION, { id, reason: '演示结束' });
}

/** Accepts the grant, which may still be on its way to the grantee. */
async function accept(chief: Client, id: string): Promise<void> {
  const answer = () => chief.refusals(documents.ANSWER_DELEGATION, { id, accepted: true });
  const [refused] = await when(answer, ([why]) => why?.code !== 'NOT_FOUND', `grant ${id} is at the grantee`);
  if (refused) throw new Error(`${refused.code}: ${refused.message}`);
}
