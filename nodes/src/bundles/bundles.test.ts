import { handling } from '@liandong/schema/domains/handling';
import { randomUUID } from 'node:crypto';
import type { BundleView, FileBundleInput } from '@liandong/schema/domains/bundles';
import type { Viewer } from '@liandong/schema/operation';
import { bundles } from '@liandong/schema/domains/bundles';
import { proxy } from '@liandong/schema/domains/proxy';
import { roster } from '@liandong/schema/domains/roster';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, material } from '../testing/cases.ts';
import { COUNTY, TOWNSHIP, TestFederation, CITY, eventually, personAt } from '../testing/test-federation.ts';

const LICENCE = '3310-SJ-003';
const SEAL = '3310-GA-001';
const agent = personAt(TOWNSHIP, 'AGENT');
const departments: Record<string, string> = {
  [LICENCE]: '市场监管',
  [SEAL]: '公安',
  '3310-SW-001': '税务',
  '3310-RS-003': '人力社保',
  '3310-YH-001': '银行',
};
const clerkOf = (item: string) => personAt(COUNTY, 'CLERK', departments[item] ?? null);
const chiefOf = (item: string) => personAt(COUNTY, 'CHIEF', departments[item] ?? null);
const townClerk = personAt(TOWNSHIP, 'CLERK');

let federation: TestFederation;
let steps: CaseSteps;
const desk = (viewer: Viewer) => federation.desk(viewer.division, bundles);
const at = (viewer: Viewer) => federation.services(viewer.division);
const casesAt = (viewer: Viewer) => federation.desk(viewer.division, handling);
const step = (id: string) => ({ id, note: null, idempotencyKey: null });
const FORM = {
  enterpriseName: '三门联动科技有限公司',
  capital: '100',
  businessScope: '软件开发',
  address: '三门县海润街道1号',
  representative: '王秀英',
  sealKinds: '公章',
  employees: '3',
  bank: '台州银行三门支行',
};
const MATERIALS = ['登记申请书', '主体资格文件', '住所使用证明', '章程', '身份证明', '法定代表人身份证明'];

function application(change: Partial<FileBundleInput> = {}): FileBundleInput {
  return {
    item: '3310-LB-001',
    place: null,
    applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
    consent: { givenBy: '王秀英', way: 'FINGERPRINT', scope: '新办企业', givenAt: '2026-01-05T01:00:00.000Z' },
    form: Object.entries(FORM).map(([field, value]) => ({ field, value })),
    materials: MATERIALS.map((name) => material(name)),
    idempotencyKey: null,
    ...change,
  };
}
const bundleOf = (id: string) => desk(agent).bundle(agent, { id });
const caseOf = (bundle: BundleView, item: string) => bundle.members.find((m) => m.item === item)?.case?.id ?? '';
const codeOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

/** Accepts, reviews and decides a case at the desk that accepts it, and sends the document back. */
async function grant(id: string, item: string): Promise<void> {
  const township = item === LICENCE;
  if (township) {
    await casesAt(townClerk).acceptCase(townClerk, step(id));
    await steps.review(id, townClerk);
    await steps.forward(id, townClerk);
  }
  const clerk = clerkOf(item);
  await steps.arrives(id, clerk);
  if (!township) await casesAt(clerk).acceptCase(clerk, step(id));
  await steps.review(id, clerk);
  const chief = chiefOf(item);
  await steps.decide(id, chief);
  await casesAt(chief).issueDocument(chief, step(id));
  await casesAt(chief).assignCase(chief, step(id));
  await steps.arrives(id, agent);
}

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

describe('one form for a new enterprise', () => {
  test('files the licence, then the rest by itself with the licence as given, also over a restart, and is delivered once', async () => {
    const key = randomUUID();
    const input = application({ idempotencyKey: key });
    const { bundle } = await desk(agent).fileBundle(agent, input);
    expect((await desk(agent).fileBundle(agent, input)).bundle.id).toBe(bundle.id);
    expect(bundle.members.map((m) => m.status)).toEqual(['UNDER_WAY', 'WAITING', 'WAITING', 'WAITING', 'WAITING']);
    const deliver = { ...step(bundle.id), way: 'WINDOW' as const };
    expect(await codeOf(desk(agent).deliverBundle(agent, deliver))).toBe('BUNDLE_OPEN');
    await grant(caseOf(bundle, LICENCE), LICENCE);
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    await eventually(async () => (await bundleOf(bundle.id)).members.every((m) => m.case !== null));
    const all = await bundleOf(bundle.id);
    const [seal] = await at(agent).filing.getMany(agent, [caseOf(all, SEAL)]);
    expect(seal).toMatchObject({
      filedBy: agent.name,
      form: [
        { field: 'enterpriseName', value: FORM.enterpriseName },
        { field: 'representative' },
        { field: 'sealKinds' },
      ],
      materials: [{ name: '身份证明' }],
      bundle: { id: bundle.id },
    });
    for (const { item, case: member } of all.members) if (item !== LICENCE && member) await grant(member.id, item);
    await eventually(async () => (await bundleOf(bundle.id)).state === 'DELIVERY_DUE');
    expect(await desk(agent).deliverBundle(agent, deliver)).toMatchObject({ state: 'DELIVERED', succeeded: 5 });
    expect(await codeOf(desk(agent).deliverBundle(agent, deliver))).toBe('BUNDLE_OPEN');
    const rows = await federation.rows(TOWNSHIP, `SELECT id FROM cases WHERE node = $1`, [TOWNSHIP]);
    expect(rows).toHaveLength(5);
  });

  test('goes on with the other members when one is withdrawn', async () => {
    const { bundle } = await desk(agent).fileBundle(agent, application());
    await grant(caseOf(bundle, LICENCE), LICENCE);
    await eventually(async () => (await bundleOf(bundle.id)).members.every((m) => m.case !== null));
    const all = await bundleOf(bundle.id);
    const id = caseOf(all, SEAL);
    await steps.arrives(id, clerkOf(SEAL));
    await casesAt(agent).withdrawCase(agent, { id, reason: '自行刻章', idempotencyKey: null });
    for (const { item, case: member } of all.members) {
      if (member && item !== LICENCE && item !== SEAL) await grant(member.id, item);
    }
    await eventually(async () => (await bundleOf(bundle.id)).state === 'DELIVERY_DUE');
    const done = await desk(agent).deliverBundle(agent, { ...step(bundle.id), way: 'WINDOW' });
    expect(done).toMatchObject({ state: 'DELIVERED', succeeded: 4, failed: 1 });
  });

  test('with a member whose case cannot be read is left out of the list, files none twice, and holds up no other', async () => {
    const [broken, sound] = await Promise.all([
      desk(agent).fileBundle(agent, application()),
      desk(agent).fileBundle(agent, application()),
    ]);
    await federation.rows(TOWNSHIP, `UPDATE case_log SET jws = 'x.e30.y' WHERE node = $1 AND case_id = $2`, [
      TOWNSHIP,
      caseOf(broken.bundle, LICENCE),
    ]);
    const listed = (await desk(agent).bundles(agent, { item: null, state: null })).map(({ id }) => id);
    expect(listed).toContain(sound.bundle.id);
    expect(listed).not.toContain(broken.bundle.id);
    expect(await codeOf(bundleOf(broken.bundle.id))).toBe('CHAIN_BROKEN');
    await grant(caseOf(sound.bundle, LICENCE), LICENCE);
    await eventually(async () => (await bundleOf(sound.bundle.id)).members.every((m) => m.case !== null));
    const members = await federation.rows(
      TOWNSHIP,
      `SELECT 1 FROM bundle_members WHERE node = $1 AND bundle = $2 AND case_id IS NOT NULL`,
      [TOWNSHIP, broken.bundle.id],
    );
    expect(members).toHaveLength(1);
    await federation.rows(TOWNSHIP, `DELETE FROM bundle_members WHERE node = $1 AND bundle = $2`, [
      TOWNSHIP,
      broken.bundle.id,
    ]);
    await federation.rows(TOWNSHIP, `DELETE FROM bundles WHERE node = $1 AND id = $2`, [TOWNSHIP, broken.bundle.id]);
  });

  test('files nothing more when the licence is not accepted', async () => {
    const { bundle } = await desk(agent).fileBundle(agent, application());
    const id = caseOf(bundle, LICENCE);
    await casesAt(townClerk).refuseCase(townClerk, { id, reason: '名称禁用', idempotencyKey: null });
    const failed = await bundleOf(bundle.id);
    expect(failed).toMatchObject({ state: 'FAILED', failed: 5 });
    expect(failed.members.filter((m) => m.case !== null)).toHaveLength(1);
    expect((await desk(agent).bundles(agent, { item: null, state: 'FAILED' })).map((b) => b.id)).toEqual([bundle.id]);
  });

  test("is filed within the applicant's consent, which every member's log repeats, and by who may act as agent", async () => {
    const { consent } = application();
    if (!consent) throw new Error('an application by proxy');
    const file = (until: string, who = agent) => {
      const bounded = { ...consent, until };
      return desk(who).fileBundle(who, application({ consent: bounded }));
    };
    expect(await codeOf(file('2026-01-06'))).toBe('CONSENT_EXPIRED');
    const { bundle } = await file('2099-12-31');
    const handling = await federation
      .desk(agent.division, proxy)
      .proxyHandling(agent, { case: caseOf(bundle, LICENCE) });
    expect(handling.consent).toMatchObject({ scope: '新办企业', until: '2099-12-31' });
    const chief = personAt(TOWNSHIP, 'CHIEF');
    const entry = { employment: 'STAFF' as const, withheld: [SEAL], from: '2026-01-01', until: null, standIn: null };
    const { sub, name } = agent;
    const registers = federation.desk(chief.division, roster);
    await registers.keepRosterAgent(chief, { sub, name, ...entry, idempotencyKey: null });
    expect(await codeOf(file('2099-12-31'))).toBe('ITEM_WITHHELD');
    expect(await codeOf(file('2099-12-31', personAt(TOWNSHIP, 'AGENT', null, 'stranger')))).toBe('NOT_IN_ROSTER');
    await registers.keepRosterAgent(chief, { sub, name, ...entry, withheld: [], idempotencyKey: null });
    expect(await codeOf(file('2099-12-31'))).toBe('done');
  });

  test('is refused with every fault of the form, and for whoever may not file', async () => {
    const faulty = desk(agent).fileBundle(agent, application({ form: [{ field: 'capital', value: 'x' }] }));
    expect(await codeOf(faulty)).toBe('FORM_INVALID');
    expect(await codeOf(desk(agent).fileBundle(agent, application({ item: LICENCE })))).toBe('NO_BUNDLE');
    const chief = personAt(TOWNSHIP, 'CHIEF');
    expect(await codeOf(desk(chief).fileBundle(chief, application()))).toBe('FORBIDDEN');
    expect(await codeOf(desk(agent).bundle(null, { id: randomUUID() }))).toBe('UNAUTHENTICATED');
    expect(await codeOf(bundleOf(randomUUID()))).toBe('NOT_FOUND');
  });
});
