import { handling } from '@liandong/schema/domains/handling';
import { joint } from '@liandong/schema/domains/joint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, eventually, personAt } from '../testing/test-federation.ts';

const ACCEPTANCE = '3310-LB-003';
const MATERIALS = ['联合验收申请表', '竣工验收报告', '各专项验收自查材料'];
const HOUSING = '住房城乡建设';
const OWN = [HOUSING, '自然资源和规划', '消防', '人防', '气象', '水利', '综合执法'];
const AT_TOWNSHIP = OWN.length + 1;

const clerk = personAt(COUNTY, 'CLERK', HOUSING);
const chief = personAt(COUNTY, 'CHIEF', HOUSING);
const fire = personAt(COUNTY, 'CLERK', '消防', 'clerk-消防');
const comprehensive = personAt(TOWNSHIP, 'CLERK');
const once = { idempotencyKey: null };
const NODES = [CITY, COUNTY, TOWNSHIP];

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const desk = (node = COUNTY) => federation.desk(node, joint);
const settled = () =>
  eventually(async () => {
    for (const node of NODES) {
      const owed = await federation.rows(node, `SELECT 1 FROM outbox WHERE node = $1 AND settled_at IS NULL`, [node]);
      if (owed.length > 0) return false;
    }
    return true;
  });
const healed = (node: string) =>
  eventually(async () => {
    const [row] = await federation.rows<{ healed_at: Date | null }>(
      node,
      `SELECT healed_at FROM lives WHERE node = $1 ORDER BY life DESC LIMIT 1`,
      [node],
    );
    return row?.healed_at instanceof Date;
  });
const deadline = async (node: string, id: string) => {
  const rows = await federation.rows<{ due_at: Date }>(
    node,
    `SELECT due_at FROM joint_deadlines WHERE node = $1 AND case_id = $2`,
    [node, id],
  );
  return rows[0]?.due_at ?? null;
};
const partyAt = async (id: string, number = AT_TOWNSHIP) =>
  (await desk().jointHandling(clerk, { case: id })).joint?.parties.find((p) => p.number === number);
const asked = (id: string) => eventually(async () => (await partyAt(id))?.asked !== null);
const seen = (id: string) => desk(TOWNSHIP).opinionRequest(comprehensive, { case: id, party: AT_TOWNSHIP });
const waiting = async (node: string, viewer = comprehensive) => {
  const { nodes } = await desk(node).opinionRequests(viewer, { waiting: true }, { first: 100, after: null });
  return nodes.map((r) => r.case);
};

async function accepted(filedAt = COUNTY): Promise<string> {
  const viewer = filedAt === COUNTY ? clerk : comprehensive;
  const materials = MATERIALS.map((name) => material(name));
  const id = await steps.file(viewer, application({ item: ACCEPTANCE, consent: null, materials }));
  if (filedAt !== COUNTY) {
    await steps.forward(id, viewer);
    await steps.arrives(id, clerk);
  }
  await steps.accept(id, clerk);
  return id;
}
async function open(id: string): Promise<void> {
  const near = OWN.map((department) => ({ node: null, department }));
  const parties = [...near, { node: TOWNSHIP, department: '村镇建设' }].map((p) => {
    return { ...p, ask: 'OPINION' as const, days: 3, materials: null };
  });
  await desk().openJointHandling(clerk, { id, stage: 'COMPLETION', parties, ...once });
}
const agree = (id: string) =>
  desk(TOWNSHIP).givePartyOpinion(comprehensive, { id, party: AT_TOWNSHIP, opinion: 'AGREE', reason: null, ...once });

describe('the lead’s database, restored from before it asked', () => {
  test('has the question back from the party, asks again, and is given the answer again', async () => {
    const id = await accepted();
    await settled();
    const backup = await federation.backup(COUNTY);
    await open(id);
    await asked(id);
    await agree(id);
    await eventually(async () => (await partyAt(id))?.given !== null);
    await settled();
    const [word, due] = [(await partyAt(id))?.asked, await deadline(COUNTY, id)];
    await federation.restore(COUNTY, backup);
    expect(await deadline(COUNTY, id)).toBeNull();
    await federation.startHost(COUNTY);
    await healed(COUNTY);
    await eventually(async () => (await partyAt(id))?.given?.opinion === 'AGREE');
    await settled();
    expect((await partyAt(id))?.asked).toEqual(word);
    // the departments of its own node find their questions again, and their silence has its deadline
    expect(await waiting(COUNTY, fire)).toContain(id);
    expect(await deadline(COUNTY, id)).toEqual(due);
    expect((await seen(id)).words.map((w) => w.state)).toEqual(['TAKEN']);
    expect((await seen(id)).standing).toBe('ANSWERED');
  });

  test('has the day of the next silence back from whoever holds the log, and none where the case is not', async () => {
    const id = await accepted(TOWNSHIP);
    await settled();
    const backup = await federation.backup(COUNTY);
    await open(id);
    await asked(id);
    await settled();
    const due = await deadline(COUNTY, id);
    expect(due).not.toBeNull();
    // the desk that took it in follows the log but is not the lead
    expect(await deadline(TOWNSHIP, id)).toBeNull();
    await federation.restore(COUNTY, backup);
    await federation.startHost(COUNTY);
    await healed(COUNTY);
    await settled();
    expect(await deadline(COUNTY, id)).toEqual(due);
    await federation.desk(COUNTY, handling).terminateCase(chief, { id, reason: '项目取消', ...once });
    expect(await deadline(COUNTY, id)).toBeNull();
    await eventually(async () => (await seen(id)).standing === 'ENDED');
  });
});

describe('a party’s database, restored from before it was asked', () => {
  test('is asked again and may answer', async () => {
    await settled();
    const backup = await federation.backup(TOWNSHIP);
    const id = await accepted();
    await open(id);
    await asked(id);
    await settled();
    await federation.restore(TOWNSHIP, backup);
    await federation.startHost(TOWNSHIP);
    await healed(TOWNSHIP);
    await eventually(async () => (await waiting(TOWNSHIP)).includes(id));
    await settled();
    // the lead counts from the first date, and says so
    const due = (await partyAt(id))?.dueAt;
    await eventually(async () => (await seen(id)).party.dueAt.getTime() === due?.getTime());
    await agree(id);
    await eventually(async () => (await partyAt(id))?.given?.opinion === 'AGREE');
  });

  test('learns what it answered in the forgotten incarnation, and need not answer again', async () => {
    await settled();
    const backup = await federation.backup(TOWNSHIP);
    const id = await accepted();
    await open(id);
    await asked(id);
    await agree(id);
    await eventually(async () => (await partyAt(id))?.given !== null);
    await settled();
    await federation.restore(TOWNSHIP, backup);
    await federation.startHost(TOWNSHIP);
    await healed(TOWNSHIP);
    await eventually(async () => (await seen(id).catch(() => null))?.standing === 'ANSWERED');
    await settled();
    expect(await waiting(TOWNSHIP)).not.toContain(id);
  });
});
