import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from './client.ts';
import * as documents from './documents.ts';
import type { Federation } from './federation.ts';
import type { Narrator } from './journeys.ts';
import { Journey, scan } from './journeys.ts';
import { when } from './waiting.ts';

/** The result of a joint acceptance. */
export interface JointReport {
  ok: boolean;
  id: string;
  outcome: string;
  state: string;
  /** Each department's standing: its opinion, or the effect of its absence. */
  parties: string[];
  /** Mandatory corrections, and how many of them are made. */
  corrections: { mandatory: number; made: number };
  ms: number;
}

const COUNTY = '331022';
const TOWNSHIP = '331022103';
const ITEM = '3310-LB-003';
const MATERIALS = ['联合验收申请表', '竣工验收报告', '各专项验收自查材料'];
/** 三门's seven departments with the clerks of their windows. */
const DEPARTMENTS = [
  ['住房城乡建设', 'county-housing-clerk'],
  ['自然资源和规划', 'county-planning-clerk'],
  ['消防', 'county-fire-clerk'],
  ['人防', 'county-air-defence-clerk'],
  ['气象', 'county-weather-clerk'],
  ['水利', 'county-water-clerk'],
  ['综合执法', 'county-enforcement-clerk'],
] as const;
/** The township of the works, asked as the eighth party. */
const AT_TOWNSHIP = DEPARTMENTS.length + 1;
const FIRE = 3;
const WEATHER = 5;
/** Time between the call and the visit, ms: long enough for the call to reach the township. */
const VISIT_MS = 3_000;

/** The applicant. Its code follows the rule for codes, but no organisation has it. */
const WORKS = {
  name: '三门亭旁橡胶厂',
  idType: 'SOCIAL_CREDIT_CODE',
  idNumber: '91331022MA0000000F',
  phone: '13800000009',
} as const;

export interface JointNow {
  open: boolean;
  parties: {
    number: number;
    department: string;
    node: { code: string };
    askedAt: string | null;
    opinion: string | null;
    absent: boolean;
    outstanding: boolean;
  }[];
  visit: { notified: number[] } | null;
  corrections: { number: number; mandatory: boolean; madeAt: string | null }[];
}

export interface RequestNow {
  caseId: string;
  state: string;
  party: { number: number; department: string; dueAt: string };
  leadNode: { code: string; name: string };
  applicant: string | null;
  materials: { name: string; sha256: string }[];
  answers: { state: string; opinion: string | null }[];
}

/** 工业项目竣工联合验收: seven departments of the county and the township, one visit, one list, one decision. */
export async function jointJourney(federation: Federation, tell: Narrator): Promise<JointReport> {
  const journey = new Journey(federation, tell);
  const lead = await federation.as('county-housing-clerk');
  const township = await federation.as('tingpang-clerk');
  await journey.file('county-housing-clerk', '三门县 住房城乡建设窗口 收件', {
    item: ITEM,
    applicant: WORKS,
    materials: MATERIALS.map((name) => scan(name, 2)),
  });
  await journey.step('county-housing-clerk', '三门县 受理', documents.ACCEPT_CASE);
  const party = { ask: 'OPINION', days: 5 };
  const parties = [
    ...DEPARTMENTS.map(([department]) => ({ department, ...party })),
    { node: TOWNSHIP, department: '村镇建设', materials: ['竣工验收报告'], ...party },
  ];
  const asked = { stage: 'COMPLETION', parties };
  await journey.step('county-housing-clerk', '三门县 启动联合验收:七部门和亭旁镇同时征询', documents.OPEN_JOINT, asked);
  await requestWhen(township, journey.id, (found) => found.state === 'WAITING');
  journey.told('亭旁镇 村镇建设 收到征询,看到竣工验收报告');

  const at = new Date(Date.now() + VISIT_MS);
  const called = [FIRE, WEATHER, AT_TOWNSHIP];
  const visit = { at: at.toISOString(), place: '厂区', parties: called };
  await journey.step('county-housing-clerk', '三门县 通知联合踏勘', documents.SCHEDULE_VISIT, visit);
  await jointWhen(lead, journey.id, (now) => now.visit?.notified.includes(AT_TOWNSHIP) ?? false);
  await pause(Math.max(0, at.getTime() - Date.now()) + 50);
  await journey.step('county-housing-clerk', '三门县 联合踏勘:气象缺席,一次性整改意见两条', documents.RECORD_VISIT, {
    record: '消防、村镇建设到场,气象缺席',
    attendance: called.map((number) => ({ party: number, as: number === WEATHER ? 'ABSENT' : 'PRESENT' })),
    corrections: [
      { party: FIRE, text: '补设疏散指示标志', mandatory: true },
      { party: AT_TOWNSHIP, text: '厂前绿化宜补种', mandatory: false },
    ],
  });
  for (const [i, [department, who]] of DEPARTMENTS.entries()) {
    // absent without an excuse: under this item, that counts as no objection
    if (i + 1 === WEATHER) continue;
    const opinion = { party: i + 1, opinion: 'AGREE' };
    await journey.step(who, `三门县 ${department} 同意`, documents.GIVE_OPINION, opinion);
  }
  const opinion = { party: AT_TOWNSHIP, opinion: 'AGREE' };
  await journey.step('tingpang-clerk', '亭旁镇 村镇建设 在本镇签署同意', documents.GIVE_OPINION, opinion);
  await jointWhen(lead, journey.id, (now) => now.parties.every((p) => !p.outstanding));
  journey.told('三门县 收到亭旁镇的签名答复');
  const made = { correction: 1, evidence: '整改照片' };
  await journey.step('county-housing-clerk', '三门县 确认必须整改项完成', documents.CONFIRM_CORRECTION, made);
  await journey.step('county-housing-clerk', '三门县 审查', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    note: '各部门无异议',
  });
  await journey.step('county-housing-chief', '三门县 住房城乡建设首席代表 决定', documents.DECIDE_CASE, {
    outcome: 'GRANTED',
  });
  await journey.step('county-housing-chief', '三门县 制发一份决定书', documents.ISSUE_DOCUMENT);
  await journey.step('county-housing-clerk', '三门县 送达', documents.DELIVER_CASE, { way: 'WINDOW' });

  const now = await jointWhen(lead, journey.id, () => true);
  const { outcome, custodian } = await journey.report('county-housing-clerk', ITEM);
  const { case: ended } = await lead.get<{ case: { state: string } }>(documents.CASE_NOW, { id: journey.id });
  const { resultDocument } = await lead.get<{ resultDocument: string }>(documents.RESULT_DOCUMENT, { id: journey.id });
  const mandatory = now.corrections.filter((c) => c.mandatory);
  const standing = now.parties.map(
    (p) => `${p.department}${p.opinion === 'AGREE' ? '同意' : p.absent ? '缺席默认' : ''}`,
  );
  const right =
    outcome === 'GRANTED' &&
    ended.state === 'CLOSED' &&
    custodian === COUNTY &&
    !now.open &&
    now.parties.length === AT_TOWNSHIP &&
    now.parties.every((p) => p.askedAt !== null && (p.opinion === 'AGREE') === (p.number !== WEATHER)) &&
    DEPARTMENTS.every(([department]) => resultDocument.includes(department)) &&
    resultDocument.includes('村镇建设');
  return {
    ok: right,
    id: journey.id,
    outcome,
    state: ended.state,
    parties: standing,
    corrections: { mandatory: mandatory.length, made: mandatory.filter((c) => c.madeAt !== null).length },
    ms: journey.elapsedMs,
  };
}

/** Joint handling as the lead's desk sees it, once it meets the condition. */
export async function jointWhen(client: Client, id: string, seen: (now: JointNow) => boolean): Promise<JointNow> {
  const read = async () => {
    const { jointHandling } = await client.get<{ jointHandling: JointNow }>(documents.JOINT_HANDLING, { id });
    return jointHandling;
  };
  return when(read, seen, `joint handling of ${id}`);
}

/** The question about a case as the asked desk sees it, once it meets the condition. */
export async function requestWhen(client: Client, id: string, seen: (now: RequestNow) => boolean): Promise<RequestNow> {
  const read = async () => {
    const [waiting, settled] = await Promise.all(
      [true, false].map((open) =>
        client.get<{ opinionRequests: { nodes: RequestNow[] } }>(documents.OPINION_REQUESTS, { waiting: open }),
      ),
    );
    return [...(waiting?.opinionRequests.nodes ?? []), ...(settled?.opinionRequests.nodes ?? [])].find(
      (found) => found.caseId === id,
    );
  };
  return when(read, (found) => found !== undefined && seen(found), `the question about ${id}`) as Promise<RequestNow>;
}
