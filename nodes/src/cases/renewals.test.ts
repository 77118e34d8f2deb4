import { handling } from '@liandong/schema/domains/handling';
import type { ProblemError } from '@liandong/schema/kernel';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, clerk, custodians, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';

// 食品经营许可 renewed: taken in at 包家村, accepted at 亭旁镇, decided by 三门县 (行政许可法 Art. 50).
const FOOD = '3310-SJ-001';
const MATERIALS = ['食品经营许可申请书', '营业执照', '设备布局图'];
const countyChief = personAt(COUNTY, 'CHIEF', '市场监管');
const DAY_MS = 86_400_000;
const step = (id: string) => ({ id, note: null, idempotencyKey: null });

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

/** Files a case at the village, on a licence that expires in so many days. */
const filed = (days: number) => {
  const renewal = { licence: 'JY13310220001', expiresOn: plusDays(dayOf(federation.now()), days) };
  const materials = MATERIALS.map((name) => material(name));
  return steps.file(agent, application({ item: FOOD, renewal, materials }));
};

/** Shifts the clock by some days and restarts hosts, which then check their limits at once. */
async function later(days: number, ...hosts: string[]): Promise<void> {
  federation.shiftMs = days * DAY_MS;
  for (const host of hosts) {
    await federation.stopHost(host);
    await federation.startHost(host);
  }
}

const stateAt = async (id: string, viewer = agent) => (await steps.seen(id, viewer))?.state;

describe('a renewal', () => {
  test('asked for too late is refused, and filed as a new application', async () => {
    const refused = await filed(29).catch((error: ProblemError) => error.problem);
    expect(refused).toMatchObject({ code: 'RENEWAL_TOO_LATE', field: 'renewal.expiresOn' });
    const materials = MATERIALS.map((name) => material(name));
    const id = await steps.file(agent, application({ item: FOOD, materials }));
    expect(await steps.seen(id, agent)).toMatchObject({ state: 'FILED', renewal: null });
  });

  test('not decided by expiry counts as granted where it is, gets its document and is closed', async () => {
    const id = await filed(30);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.accept(id, clerk);
    // a stop of the clock does not stop the expiry
    const start = { ...step(id), kind: 'EXPERT_REVIEW', notice: '专家评审', expectedDays: 60 } as const;
    await federation.desk(TOWNSHIP, handling).startProcedure(clerk, start);
    await later(31, TOWNSHIP);
    await eventually(async () => (await stateAt(id, clerk)) === 'GRANTED');
    const granted = await steps.seen(id, clerk);
    expect(granted?.decision).toMatchObject({ outcome: 'GRANTED', deemed: true, node: COUNTY });
    expect(granted?.log.at(-1)).toMatchObject({ action: 'DEEMED_RENEWED', actorRole: null, node: TOWNSHIP });
    expect(granted?.clock?.deliveryDueAt).not.toBeNull();

    await federation.desk(TOWNSHIP, handling).returnCase(clerk, { ...step(id), reason: '请制发文书' });
    await steps.arrives(id, countyChief);
    expect((await steps.deliver(id, countyChief, agent)).state).toBe('CLOSED');
    const document = await federation.desk(COUNTY, handling).resultDocument(countyChief, { case: id });
    expect(document).toContain('视为准予延续(《行政许可法》第五十条)');
    expect(document).toContain('JY13310220001');
  });

  test('counts as granted also at a village’s desk, which accepts and decides nothing', async () => {
    const id = await filed(30);
    await later(31, VILLAGE);
    await eventually(async () => (await stateAt(id)) === 'GRANTED');
    expect(await custodians(federation, [VILLAGE, TOWNSHIP, COUNTY], id)).toEqual([VILLAGE]);
  });

  test('that was under way when it expired counts as granted where it arrives', async () => {
    const id = await filed(30);
    await federation.stopHost(TOWNSHIP);
    await steps.forward(id, agent);
    await later(31, VILLAGE);
    expect(await stateAt(id)).toBe('FILED');
    await federation.startHost(TOWNSHIP);
    await steps.arrives(id, clerk);
    await later(31, TOWNSHIP);
    await eventually(async () => (await stateAt(id, clerk)) === 'GRANTED');
    await steps.known(id, agent, 'GRANTED');
    const log = (await steps.seen(id, agent))?.log.map((line) => line.action);
    expect(log).toEqual(['FILED', 'FORWARDED', 'RECEIVED', 'DEEMED_RENEWED']);
  });

  test('that was decided in time is decided, and nothing happens at expiry', async () => {
    const id = await filed(30);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await federation.desk(TOWNSHIP, handling).refuseCase(clerk, { ...step(id), reason: '不属本机关职权范围' });
    await later(31, TOWNSHIP);
    const rows = () =>
      federation.rows(TOWNSHIP, `SELECT id FROM cases WHERE id = $1 AND renewal_due_at IS NOT NULL`, [id]);
    expect(await rows()).toEqual([]);
    expect(await stateAt(id, clerk)).toBe('NOT_ACCEPTED');
  });
});
