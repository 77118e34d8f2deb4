import * as documents from './documents.ts';
import type { Federation } from './federation.ts';
import type { Narrator } from './journeys.ts';
import { APPLICANTS, Journey, consentOf, scan } from './journeys.ts';
import { when } from './waiting.ts';

/** The result of one form for several items. */
export interface OneFormReport {
  ok: boolean;
  item: string;
  state: string;
  total: number;
  succeeded: number;
  failed: number;
  /** How many cases the one delivery delivered. */
  delivered: number;
  ms: number;
}

/** 新办企业一件事 */
const ITEM = '3310-LB-001';
const LICENCE = '3310-SJ-003';
const SEAL = '3310-GA-001';
/** The county's departments that decide a member each, with the prefix of their people's names. */
const DEPARTMENTS: Readonly<Record<string, { name: string; people: string }>> = {
  [LICENCE]: { name: '市场监管', people: 'county-market' },
  [SEAL]: { name: '公安', people: 'county-police' },
  '3310-SW-001': { name: '税务', people: 'county-tax' },
  '3310-RS-003': { name: '人力社保', people: 'county-labour' },
  '3310-YH-001': { name: '银行', people: 'county-bank' },
};
const FORM = {
  enterpriseName: '三门联动海产品有限公司',
  capital: '50',
  businessScope: '海产品加工、销售',
  address: '三门县亭旁镇联动路1号',
  representative: APPLICANTS.builder.name,
  sealKinds: '公章、财务章',
  employees: '6',
  bank: '台州银行三门支行',
};
const MATERIALS = ['登记申请书', '主体资格文件', '住所使用证明', '章程', '身份证明', '法定代表人身份证明'];
const TOWNSHIP = '331022103';
const COUNTY = '331022';
const DESK = 'tingpang-agent';

interface BundleNow {
  id: string;
  state: string;
  total: number;
  succeeded: number;
  failed: number;
  members: { item: { code: string }; status: string; caseId: string | null; state: string | null }[];
}

/**
 * 新办企业一件事: one form at 亭旁镇 files the licence; when it is granted, the cases for seal, tax, social insurance and bank
 * account are filed automatically and decided side by side; all results are handed out at once.
 * @param refusing a member that the county does not accept: the rest goes on
 */
export async function oneFormJourney(
  federation: Federation,
  tell: Narrator,
  refusing: string | null = null,
): Promise<OneFormReport> {
  const desk = await federation.as(DESK);
  const start = performance.now();
  let began = start;
  const told = (text: string) => {
    tell(text, Math.round(performance.now() - began));
    began = performance.now();
  };
  const until = async (text: string, seen: (now: BundleNow) => boolean): Promise<BundleNow> => {
    const look = async () => {
      const { bundle } = await desk.get<{ bundle: BundleNow }>(documents.BUNDLE_NOW, { id: filed.bundle.id });
      return bundle;
    };
    const now = await when(look, seen, text);
    told(text);
    return now;
  };

  const filed = await desk.do<{ bundle: BundleNow }>(documents.FILE_BUNDLE, {
    item: ITEM,
    applicant: APPLICANTS.builder,
    consent: consentOf(APPLICANTS.builder, '新办企业一件事'),
    form: Object.entries(FORM).map(([field, value]) => ({ field, value })),
    materials: MATERIALS.map((name) => scan(name)),
  });
  told(`亭旁镇 一表申请:${filed.bundle.total} 个事项填一张表,材料各交一份`);
  const licence = caseOf(filed.bundle, LICENCE);
  const quiet = new Journey(federation, () => undefined);
  quiet.id = licence;
  await quiet.step('tingpang-clerk', '受理', documents.ACCEPT_CASE);
  await quiet.step('tingpang-clerk', '初审', documents.REVIEW_CASE, { opinion: 'APPROVE' });
  await quiet.step('tingpang-clerk', '上报', documents.FORWARD_CASE);
  told('亭旁镇 受理、初审企业设立登记,上报 → 三门县');
  await decide(federation, licence, LICENCE, false);
  told('三门县 市场监管 准予,营业执照 → 亭旁镇');

  const parallel = await until('亭旁镇 自动申报公章、税务、社保、开户,营业执照不再提交', (now) =>
    now.members.every((member) => member.caseId !== null),
  );
  const rest = parallel.members.filter(({ item }) => item.code !== LICENCE);
  await Promise.all(
    rest.map(async ({ item }) => {
      await decide(federation, caseOf(parallel, item.code), item.code, item.code === refusing);
      told(`三门县 ${DEPARTMENTS[item.code]?.name} ${item.code === refusing ? '不予受理' : '准予'}`);
    }),
  );
  const due = await until('亭旁镇 一个进度:五个事项均有结果', (now) => now.state === 'DELIVERY_DUE');
  const delivered = await desk.do<{ bundle: BundleNow }>(documents.DELIVER_BUNDLE, { id: due.id, way: 'WINDOW' });
  told('亭旁镇 一次送达全部结果');
  const { state, total, succeeded, failed, members } = delivered.bundle;
  const closed = members.filter((member) => member.state === 'CLOSED').length;
  const lost = refusing === null ? 0 : 1;
  const ok = state === 'DELIVERED' && total === 5 && succeeded === 5 - lost && failed === lost && closed === 5 - lost;
  const ms = Math.round(performance.now() - start);
  return { ok, item: ITEM, state, total, succeeded, failed, delivered: closed, ms };
}

/** A member at the county: decided, and its document sent down; or not accepted. */
async function decide(federation: Federation, id: string, item: string, refuse: boolean): Promise<void> {
  const people = DEPARTMENTS[item]?.people ?? '';
  const [clerk, chief] = [`${people}-clerk`, `${people}-chief`];
  const journey = new Journey(federation, () => undefined);
  journey.id = id;
  await journey.arrives(clerk, COUNTY, '收到');
  if (refuse) return journey.step(clerk, '不予受理', documents.REFUSE_CASE, { reason: '印章名称与登记不符' });
  if (item !== LICENCE) await journey.step(clerk, '受理', documents.ACCEPT_CASE);
  await journey.step(clerk, '审查', documents.REVIEW_CASE, { opinion: 'APPROVE' });
  await journey.step(chief, '决定', documents.DECIDE_CASE, { outcome: 'GRANTED' });
  await journey.step(chief, '制发文书', documents.ISSUE_DOCUMENT);
  await journey.step(chief, '交办送达', documents.ASSIGN_CASE);
  await journey.arrives(DESK, TOWNSHIP, '结果到亭旁镇');
}

function caseOf({ members }: BundleNow, item: string): string {
  const id = members.find((member) => member.item.code === item)?.caseId;
  if (!id) throw new Error(`${item} has no case.`);
  return id;
}
