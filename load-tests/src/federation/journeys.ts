import { dayOf } from '@liandong/schema/kernel';
import type { Client } from './client.ts';
import type { Federation } from './federation.ts';
import * as documents from './documents.ts';
import { when } from './waiting.ts';

/** The result of one journey. */
export interface JourneyReport {
  id: string;
  item: string;
  outcome: string;
  /** Hand-offs between nodes. */
  hops: number;
  custodian: string;
  ms: number;
}

/** Called after each step of a journey. */
export type Narrator = (step: string, ms: number) => void;

interface CaseNow {
  id: string;
  state: string;
  decision: { outcome: string } | null;
  custodian: { code: string } | null;
  inTransitTo: { code: string } | null;
  log: { seq: number; action: string; node: { code: string } }[] | null;
  staleSince: string | null;
}

/** One case under way, told step by step. */
export class Journey {
  readonly #federation: Federation;
  readonly #tell: Narrator;
  readonly #began = performance.now();
  #stepBegan = performance.now();
  id = '';
  number = '';
  trackingCode = '';

  constructor(federation: Federation, tell: Narrator) {
    this.#federation = federation;
    this.#tell = tell;
  }

  get elapsedMs(): number {
    return Math.round(performance.now() - this.#began);
  }

  /** A person takes a step on the case; its text is told with the time it took. */
  async step(who: string, text: string, mutation: string, input: Record<string, unknown> = {}): Promise<void> {
    const client = await this.#federation.as(who);
    await client.do(mutation, { id: this.id, ...input });
    this.told(text);
  }

  /** A person takes the case in. */
  async file(who: string, text: string, input: Record<string, unknown>): Promise<void> {
    const client = await this.#federation.as(who);
    const filed = await client.do<{ case: { id: string; number: string }; trackingCode: string }>(
      documents.FILE_CASE,
      input,
    );
    this.id = filed.case.id;
    this.number = filed.case.number;
    this.trackingCode = filed.trackingCode;
    this.told(`${text} ${this.number}`);
  }

  /** Waits until a person sees that the case meets a condition. */
  async until(who: string, text: string, seen: (now: CaseNow) => boolean): Promise<void> {
    const client = await this.#federation.as(who);
    const look = async () => {
      const { data } = await client.ask(documents.CASE_NOW, { id: this.id });
      return data?.['case'] as CaseNow | null | undefined;
    };
    await when(look, (now) => !!now?.log && seen(now), text);
    this.told(text);
  }

  /** Waits until the custodian is the node and the case rests there. */
  async arrives(who: string, node: string, text: string): Promise<void> {
    await this.until(
      who,
      text,
      (now) => now.custodian?.code === node && now.inTransitTo === null && now.staleSince === null,
    );
  }

  async report(who: string, item: string): Promise<JourneyReport> {
    const client = await this.#federation.as(who);
    const { case: found } = await client.get<{ case: CaseNow }>(documents.CASE_NOW, { id: this.id });
    const hops = (found.log ?? []).filter((line) => line.action === 'RECEIVED').length;
    return {
      id: this.id,
      item,
      outcome: found.decision?.outcome ?? found.state,
      hops,
      custodian: found.custodian?.code ?? '',
      ms: this.elapsedMs,
    };
  }

  /** Tells what has happened since the last step. */
  told(text: string): void {
    const now = performance.now();
    this.#tell(text, Math.round(now - this.#stepBegan));
    this.#stepBegan = now;
  }
}

/** Takes a decision to the applicant: its document, the way down, and its delivery where it was filed. */
async function deliver(
  journey: Journey,
  decided: { by: string; name: string },
  filed: { by: string; node: string; name: string },
): Promise<void> {
  await journey.step(decided.by, `${decided.name} 制发决定书`, documents.ISSUE_DOCUMENT);
  if (decided.name !== filed.name) {
    await journey.step(decided.by, `${decided.name} 交办送达 → ${filed.name}`, documents.ASSIGN_CASE);
    await journey.arrives(filed.by, filed.node, `${filed.name} 收到决定书`);
  }
  await journey.step(filed.by, `${filed.name} 送达`, documents.DELIVER_CASE, { way: 'WINDOW' });
}

/** A scan as a desk would hand it in: a small, real PDF with content of its own. */
export function scan(name: string, pages = 1): { name: string; fileName: string; mediaType: string; content: string } {
  const text = `(${Buffer.from(name).toString('hex')}) Tj `.repeat(20 * pages);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length + 27} >>\nstream\nBT /F1 8 Tf 40 800 Td ${text}ET\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = body.length;
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  body += offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('');
  body += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  const bytes = Buffer.from(body, 'latin1');
  return { name, fileName: `${name}.pdf`, mediaType: 'application/pdf', content: bytes.toString('base64') };
}

/** Residents of the demo. Their numbers follow the rule for identity numbers, but no person has them. */
export const APPLICANTS = {
  widow: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
  builder: { name: '邵建平', idType: 'RESIDENT_ID', idNumber: '331022198001010019', phone: '13800000002' },
  teacher: { name: '陈思远', idType: 'RESIDENT_ID', idNumber: '331022199607150029', phone: '13800000003' },
  elder: { name: '奚福根', idType: 'RESIDENT_ID', idNumber: '331022194511200033', phone: '13800000004' },
} as const;

export function consentOf(applicant: { name: string }, item: string) {
  return {
    givenBy: applicant.name,
    way: 'FINGERPRINT',
    scope: `代办${item}`,
    givenAt: new Date(Date.now() - 60_000).toISOString(),
  };
}

const LOW_INCOME = ['最低生活保障申请书', '身份证明', '家庭经济状况核对授权书', '户口簿'];
const HOMESTEAD = ['宅基地和建房申请表', '农村宅基地使用承诺书', '身份证明', '村集体讨论通过及公示证明'];
const TEACHER = ['身份证明', '学历证书', '普通话水平测试等级证书', '体格检查合格证明', '教师资格考试合格证明'];
const RELIEF = ['特困人员供养申请书', '身份证明', '财产状况声明'];

/** 最低生活保障对象认定: village → township → county, decided by the chief of the county's civil-affairs window. */
export async function lowIncomeJourney(federation: Federation, tell: Narrator): Promise<JourneyReport> {
  const journey = new Journey(federation, tell);
  await fileLowIncome(journey);
  await journey.step('baojia-agent', '包家村 上报 → 亭旁镇', documents.FORWARD_CASE, {
    note: '家中仅其一人,无劳动能力',
  });
  await journey.arrives('tingpang-clerk', '331022103', '亭旁镇 收到');
  await journey.step('tingpang-clerk', '亭旁镇 受理', documents.ACCEPT_CASE);
  await journey.step('tingpang-clerk', '亭旁镇 审查', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    note: '入户核查属实,公示无异议',
  });
  await journey.step('tingpang-clerk', '亭旁镇 上报 → 三门县', documents.FORWARD_CASE, { note: '拟同意,随附全部材料' });
  await journey.arrives('county-civil-clerk', '331022', '三门县 收到');
  await journey.step('county-civil-clerk', '三门县 民政窗口 审查', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    note: '信息核对无异常',
  });
  await journey.step('county-civil-chief', '三门县 民政首席代表 决定', documents.DECIDE_CASE, { outcome: 'GRANTED' });
  await journey.until('baojia-agent', '包家村 得知结果', (now) => now.state === 'GRANTED');
  await deliver(
    journey,
    { by: 'county-civil-chief', name: '三门县' },
    { by: 'baojia-agent', node: '331022103201', name: '包家村' },
  );
  return journey.report('baojia-agent', '3310-MZ-001');
}

/** Takes the first journey's case in, with consent and all materials. */
export async function fileLowIncome(journey: Journey): Promise<void> {
  await journey.file('baojia-agent', '包家村 收件', lowIncome());
}

/** A valid application for the low-income allowance. */
export function lowIncome(pages = 3): Record<string, unknown> {
  return {
    item: '3310-MZ-001',
    applicant: APPLICANTS.widow,
    consent: consentOf(APPLICANTS.widow, '最低生活保障'),
    materials: LOW_INCOME.map((name) => scan(name, pages)),
  };
}

/** 农村村民宅基地审批: decided at the township itself. */
export async function homesteadJourney(federation: Federation, tell: Narrator): Promise<JourneyReport> {
  const journey = new Journey(federation, tell);
  await fileHomestead(journey);
  await journey.step('renjia-agent', '任家村 上报 → 亭旁镇', documents.FORWARD_CASE, { note: '村民代表会议已通过' });
  await journey.arrives('tingpang-clerk', '331022103', '亭旁镇 收到');
  await journey.step('tingpang-clerk', '亭旁镇 受理', documents.ACCEPT_CASE);
  await journey.step('tingpang-clerk', '亭旁镇 审查', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    note: '符合村庄规划和一户一宅',
  });
  await journey.step('tingpang-chief', '亭旁镇 首席代表 决定', documents.DECIDE_CASE, { outcome: 'GRANTED' });
  await journey.until('renjia-agent', '任家村 得知结果', (now) => now.state === 'GRANTED');
  await deliver(
    journey,
    { by: 'tingpang-chief', name: '亭旁镇' },
    { by: 'renjia-agent', node: '331022103210', name: '任家村' },
  );
  return journey.report('renjia-agent', '3310-NY-001');
}

/** Takes the second journey's case in, with consent and all materials. */
export async function fileHomestead(journey: Journey): Promise<void> {
  await journey.file('renjia-agent', '任家村 收件', {
    item: '3310-NY-001',
    applicant: APPLICANTS.builder,
    consent: consentOf(APPLICANTS.builder, '农村村民宅基地审批'),
    materials: HOMESTEAD.map((name) => scan(name, 2)),
  });
}

/** 高级中学教师资格认定: taken in and reviewed at the county, decided by the city. */
export async function teacherJourney(federation: Federation, tell: Narrator): Promise<JourneyReport> {
  const journey = new Journey(federation, tell);
  await journey.file('county-education-clerk', '三门县 教育窗口 收件', {
    item: '3310-JY-001',
    applicant: APPLICANTS.teacher,
    materials: TEACHER.map((name) => scan(name, 2)),
  });
  await journey.step('county-education-clerk', '三门县 受理', documents.ACCEPT_CASE);
  await journey.step('county-education-clerk', '三门县 审查', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    note: '县初审通过',
  });
  await journey.step('county-education-clerk', '三门县 上报 → 台州市', documents.FORWARD_CASE, { note: '报市认定' });
  await journey.arrives('city-education-clerk', '331000', '台州市 收到');
  await journey.step('city-education-clerk', '台州市 审查', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    note: '材料齐全',
  });
  await journey.step('city-education-chief', '台州市 首席代表 决定', documents.DECIDE_CASE, { outcome: 'GRANTED' });
  await journey.until('county-education-clerk', '三门县 得知结果', (now) => now.state === 'GRANTED');
  await deliver(
    journey,
    { by: 'city-education-chief', name: '台州市' },
    { by: 'county-education-clerk', node: '331022', name: '三门县' },
  );
  return journey.report('county-education-clerk', '3310-JY-001');
}

/** 特困人员认定: sent back once for all missing materials, and up again. */
export async function supplementJourney(federation: Federation, tell: Narrator): Promise<JourneyReport> {
  const journey = new Journey(federation, tell);
  await journey.file('zhuao-village-agent', '珠岙村 收件', {
    item: '3310-MZ-003',
    applicant: APPLICANTS.elder,
    consent: consentOf(APPLICANTS.elder, '特困人员认定'),
    materials: [scan('身份证明')],
  });
  await journey.step('zhuao-village-agent', '珠岙村 上报 → 珠岙镇', documents.FORWARD_CASE);
  await journey.arrives('zhuao-clerk', '331022102', '珠岙镇 收到');
  await journey.step('zhuao-clerk', '珠岙镇 一次告知补正 → 珠岙村', documents.REQUEST_SUPPLEMENT, {
    missing: RELIEF.filter((name) => name !== '身份证明').map((material) => ({ material, reason: '未提交' })),
  });
  await journey.arrives('zhuao-village-agent', '331022102217', '珠岙村 收到补正通知');
  await journey.step('zhuao-village-agent', '珠岙村 补正', documents.SUPPLEMENT_CASE, {
    materials: RELIEF.filter((name) => name !== '身份证明').map((name) => scan(name)),
  });
  await journey.step('zhuao-village-agent', '珠岙村 再上报 → 珠岙镇', documents.FORWARD_CASE);
  await journey.arrives('zhuao-clerk', '331022102', '珠岙镇 再收到');
  await journey.step('zhuao-clerk', '珠岙镇 受理', documents.ACCEPT_CASE);
  await journey.step('zhuao-clerk', '珠岙镇 审查', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    note: '符合特困供养条件',
  });
  await journey.step('zhuao-clerk', '珠岙镇 上报 → 三门县', documents.FORWARD_CASE, { note: '拟同意' });
  await journey.arrives('county-civil-clerk', '331022', '三门县 收到');
  await journey.step('county-civil-clerk', '三门县 民政窗口 审查', documents.REVIEW_CASE, {
    opinion: 'APPROVE',
    note: '属实',
  });
  await journey.step('county-civil-chief', '三门县 民政首席代表 决定', documents.DECIDE_CASE, { outcome: 'GRANTED' });
  await journey.until('zhuao-village-agent', '珠岙村 得知结果', (now) => now.state === 'GRANTED');
  await deliver(
    journey,
    { by: 'county-civil-chief', name: '三门县' },
    { by: 'zhuao-village-agent', node: '331022102217', name: '珠岙村' },
  );
  return journey.report('zhuao-village-agent', '3310-MZ-003');
}

/** The four journeys of the demo, and the expected result of each. */
export const JOURNEYS = [
  {
    title: '最低生活保障对象认定:村收件、镇受理审查、县决定',
    run: lowIncomeJourney,
    expect: { outcome: 'GRANTED', custodian: '331022103201', hops: 3 },
  },
  {
    title: '农村村民宅基地审批:镇自行决定',
    run: homesteadJourney,
    expect: { outcome: 'GRANTED', custodian: '331022103210', hops: 2 },
  },
  {
    title: '高级中学教师资格认定:县初审、市决定',
    run: teacherJourney,
    expect: { outcome: 'GRANTED', custodian: '331022', hops: 2 },
  },
  {
    title: '特困人员认定:一次告知补正后再上报',
    run: supplementJourney,
    expect: { outcome: 'GRANTED', custodian: '331022102217', hops: 5 },
  },
] as const;

/** A division's figures of today, once they count so many cases as closed and cover every node. */
export async function rollupWhen(client: Client, division: string, closed: number): Promise<RollupNow> {
  const today = dayOf(new Date());
  const look = async () => {
    const { rollup } = await client.get<{ rollup: RollupNow }>(documents.ROLLUP, { division, from: today, to: today });
    return rollup;
  };
  const counted = ({ figures, coverage }: RollupNow) => figures.closed >= closed && coverage.complete;
  return when(look, counted, `figures of ${division}`);
}

export interface RollupNow {
  division: { code: string; name: string };
  figures: Record<'filed' | 'accepted' | 'granted' | 'closed' | 'closedInTime' | 'supplementRequested', number>;
  coverage: {
    expected: number;
    covered: number;
    complete: boolean;
    asOf: string | null;
    watermarks: { node: { code: string }; seq: number; behind: number; asOf: string | null }[];
  };
}
