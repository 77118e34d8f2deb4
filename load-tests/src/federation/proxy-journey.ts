import { dayOf, plusDays } from '@liandong/schema/kernel';
import * as documents from './documents.ts';
import type { Federation } from './federation.ts';
import type { Narrator } from './journeys.ts';
import { Journey, fileLowIncome } from './journeys.ts';
import { when } from './waiting.ts';

/** The result of proxy handling: the agents of the case, and the people the applicant saw acting. */
export interface ProxyReport {
  ok: boolean;
  item: string;
  /** Places of the township, and those whose roster has an agent. */
  places: number;
  covered: number;
  /** The agent of the case while its own agent is away, and afterwards. */
  whileAway: string;
  afterwards: string;
  /** The applicant's view: the person of each step, and in whose place. */
  steps: string[];
}

const ITEM = '3310-MZ-001';
const VILLAGE = '331022103201';
const TOWNSHIP = '331022103';

interface Tracked {
  proxy: { agent: { name: string | null } } | null;
  steps: { action: string; actor: string; insteadOf: string | null }[];
}

/** The applicant's view with the slip, once it meets the condition. */
async function untilTracked(
  federation: Federation,
  slip: { number: string; code: string },
  seen: (tracked: Tracked) => boolean,
): Promise<Tracked> {
  const applicant = await federation.as(null);
  const look = async () => (await applicant.get<{ track: Tracked }>(documents.TRACK_PROXY, slip)).track;
  return when(look, seen, `what the applicant of ${slip.number} sees`);
}

/**
 * 代办: 亭旁镇 keeps a roster for 包家村. The village's agent files by consent, records a contact, and goes on leave. The
 * stand-in looks after the case, which the township holds by then. The applicant sees each person who acted.
 */
export async function proxyJourney(federation: Federation, tell: Narrator): Promise<ProxyReport> {
  const today = dayOf(new Date());
  const chief = await federation.as('tingpang-chief');
  const agent = await federation.as('baojia-agent');
  const standIn = await federation.as('baojia-clerk');
  let began = performance.now();
  const told = (text: string) => {
    tell(text, Math.round(performance.now() - began));
    began = performance.now();
  };
  await chief.do(documents.KEEP_ROSTER_AGENT, {
    division: VILLAGE,
    sub: 'baojia-agent',
    name: '包小芳',
    employment: 'STAFF',
    from: plusDays(today, -30),
    standIn: { sub: 'baojia-clerk', name: '包志强' },
  });
  await chief.do(documents.RECORD_TRAINING, {
    division: VILLAGE,
    sub: 'baojia-agent',
    what: '帮办代办业务培训',
    on: plusDays(today, -10),
    validUntil: plusDays(today, 355),
  });
  told('亭旁镇 登记包家村代办员包小芳、B角包志强、培训');

  const journey = new Journey(federation, tell);
  await fileLowIncome(journey);
  const { id } = journey;
  const slip = { number: journey.number, code: journey.trackingCode };
  await journey.step('baojia-agent', '包小芳 上门联系申请人', documents.LOG_CONTACT, {
    with: 'APPLICANT',
    way: 'VISIT',
    what: '上门核对材料,告知办理流程',
  });
  await journey.step('baojia-agent', '包家村 上报 → 亭旁镇', documents.FORWARD_CASE);
  await journey.arrives('tingpang-clerk', TOWNSHIP, '亭旁镇 收到');

  began = performance.now();
  const { absence } = await agent.do<{ absence: { id: string } }>(documents.REPORT_ABSENCE, {
    from: today,
    until: plusDays(today, 3),
    reason: '参加县里培训',
  });
  told('包小芳 请假离岗');
  const away = await untilTracked(federation, slip, (seen) => seen.proxy?.agent.name === '包志强');
  told('亭旁镇 记入代办交接,回传包家村');
  await standIn.do(documents.LOG_CONTACT, {
    id,
    with: 'DESK',
    way: 'PHONE',
    what: '询问亭旁镇受理进度',
  });
  await untilTracked(federation, slip, (seen) => seen.steps.at(-1)?.action === 'CONTACTED');
  told('包志强 代包小芳 询问进度');
  await agent.do(documents.END_ABSENCE, { id: absence.id, on: today });
  const after = await untilTracked(federation, slip, (seen) => seen.proxy?.agent.name === '包小芳');
  told('包小芳 销假返岗,办件交回');

  const { rosterCoverage } = await chief.get<{ rosterCoverage: { places: number; covered: number } }>(
    documents.ROSTER_COVERAGE,
    { division: TOWNSHIP },
  );
  const steps = after.steps.map(
    ({ action, actor, insteadOf }) => `${action} ${actor}${insteadOf === null ? '' : `(代${insteadOf})`}`,
  );
  const expected = [
    'FILED 包小芳',
    'CONTACTED 包小芳',
    'FORWARDED 包小芳',
    'RECEIVED 系统',
    'AGENT_CHANGED 包小芳',
    'CONTACTED 包志强(代包小芳)',
    'AGENT_CHANGED 系统',
  ];
  const report = {
    item: ITEM,
    places: rosterCoverage.places,
    covered: rosterCoverage.covered,
    whileAway: away.proxy?.agent.name ?? '',
    afterwards: after.proxy?.agent.name ?? '',
    steps,
  };
  const ok = report.covered === 1 && steps.join() === expected.join();
  return { ok, ...report };
}
