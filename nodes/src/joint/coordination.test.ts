import { joint } from '@liandong/schema/domains/joint';
import { signals } from '@liandong/schema/domains/signals';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, codesOf, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, eventually, personAt } from '../testing/test-federation.ts';

/** 三门's 工业项目竣工联合验收, which also asks the township of the works. */
const ACCEPTANCE = '3310-LB-003';
const MATERIALS = ['联合验收申请表', '竣工验收报告', '各专项验收自查材料'];
const DAY_MS = 86_400_000;
const HOUSING = '住房城乡建设';
const OWN = [HOUSING, '自然资源和规划', '消防', '人防', '气象', '水利', '综合执法'];
const FAR = OWN.length + 1;

const clerk = personAt(COUNTY, 'CLERK', HOUSING);
const fire = personAt(COUNTY, 'CLERK', '消防', 'clerk-消防');
const comprehensive = personAt(TOWNSHIP, 'CLERK');
const centre = personAt(COUNTY, 'SUPERVISOR');
const once = { idempotencyKey: null };

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

const desk = (node = COUNTY) => federation.desk(node, joint);
async function opened(days = 3): Promise<string> {
  const materials = MATERIALS.map((name) => material(name));
  const id = await steps.file(clerk, application({ item: ACCEPTANCE, consent: null, materials }));
  await steps.accept(id, clerk);
  const near = OWN.map((department) => ({ node: null, department, ask: 'OPINION' as const, days, materials: null }));
  const far = { node: TOWNSHIP, department: '村镇建设', ask: 'OPINION' as const, days, materials: null };
  await desk().openJointHandling(clerk, { id, stage: 'COMPLETION', parties: [...near, far], ...once });
  await eventually(async () => (await partyAt(id, FAR))?.asked !== null);
  return id;
}
const partyAt = async (id: string, number: number) =>
  (await desk().jointHandling(clerk, { case: id })).joint?.parties.find((p) => p.number === number);
const listed = (viewer: Viewer, node: string, filter: { visitToCall?: boolean; late?: boolean } = {}) =>
  desk(node).jointCases(viewer, { division: node, visitToCall: false, late: false, ...filter });
const told = async (viewer: Viewer, id: string) => {
  const { nodes } = await federation
    .desk(viewer.division, signals)
    .signals(viewer, { unread: true }, { first: 200, after: null });
  return nodes.filter((signal) => signal.caseId === id).map(({ kind }) => kind);
};

describe('the centre', () => {
  test('lists joint cases by their next deadline, with who leads, who is asked and what is late', async () => {
    const later = await opened(5);
    const sooner = await opened(3);
    const ids = (found: { id: string }[]) => found.map(({ id }) => id).filter((id) => [later, sooner].includes(id));
    const found = await listed(centre, COUNTY);
    expect(ids(found)).toEqual([sooner, later]);
    expect(found.find(({ id }) => id === sooner)).toMatchObject({
      leadNode: COUNTY,
      lead: HOUSING,
      late: [],
      visitToCall: true,
      answeredBy: COUNTY,
    });
    expect(found.find(({ id }) => id === sooner)?.parties).toHaveLength(FAR);
    expect(ids(await listed(centre, COUNTY, { late: true }))).toEqual([]);
    const at = new Date(federation.now().getTime() + DAY_MS);
    await desk().scheduleSiteVisit(clerk, { id: later, at, place: '厂区', parties: [1], ...once });
    expect(ids(await listed(centre, COUNTY, { visitToCall: true }))).toEqual([sooner]);
    federation.shiftMs = 20 * DAY_MS;
    expect(ids(await listed(centre, COUNTY, { late: true }))).toEqual([sooner, later]);
  });

  test('of a party’s node sees what its departments are asked from outside its division, and each case comes once', async () => {
    const id = await opened();
    const [own] = (await listed(personAt(TOWNSHIP, 'SUPERVISOR'), TOWNSHIP)).filter((each) => each.id === id);
    expect(own).toMatchObject({ leadNode: COUNTY, lead: HOUSING, visitToCall: false, answeredBy: TOWNSHIP });
    expect(own?.parties.map((party) => party.number)).toEqual([FAR]);
    // the county's centre has the case in the list of its lead
    expect((await listed(centre, TOWNSHIP)).map((each) => each.id)).not.toContain(id);
    expect(await codesOf(listed(clerk, COUNTY))).toEqual(['FORBIDDEN']);
    expect(await codesOf(listed(personAt(TOWNSHIP, 'SUPERVISOR'), COUNTY))).toEqual(['FORBIDDEN']);
  });

  test('reminds late parties, here and at another node, and they hear of it once each', async () => {
    const id = await opened();
    const remind = (viewer: Viewer, party: number) => desk().remindParty(viewer, { id, party, ...once });
    expect(await codesOf(remind(fire, FAR))).toEqual(['WRONG_DEPARTMENT']);
    federation.shiftMs = 20 * DAY_MS;
    await remind(centre, 3);
    await remind(clerk, FAR);
    expect(await codesOf(remind(clerk, FAR))).toEqual(['REMINDER_TOO_EARLY']);
    expect((await partyAt(id, 3))?.reminders?.times).toBe(1);
    await eventually(async () => (await told(fire, id)).includes('OPINION_REMINDED'));
    await eventually(async () => (await told(comprehensive, id)).includes('OPINION_REMINDED'));
    expect((await told(comprehensive, id)).filter((kind) => kind === 'OPINION_REMINDED')).toHaveLength(1);
    const request = await desk(TOWNSHIP).opinionRequest(comprehensive, { case: id, party: FAR });
    expect(request.party.reminders?.times).toBe(1);
    await desk().givePartyOpinion(fire, { id, party: 3, opinion: 'AGREE', reason: null, ...once });
    expect(await codesOf(remind(centre, 3))).toEqual(['OPINION_SETTLED']);
  });
});

describe('a department that owes an answer', () => {
  const dueTold = async (viewer: Viewer, id: string) =>
    (await told(viewer, id)).filter((kind) => kind === 'DUE_TOMORROW').length;
  /** The clockwork looks when a host starts. */
  const looked = async (node: string) => {
    await federation.stopHost(node);
    await federation.startHost(node);
  };

  test('hears once when it is due by the next workday, here and at another node; one that answered does not', async () => {
    const id = await opened(1);
    await desk().givePartyOpinion(fire, { id, party: 3, opinion: 'AGREE', reason: null, ...once });
    const water = personAt(COUNTY, 'CLERK', '水利', 'clerk-水利');
    for (let times = 0; times < 2; times++) {
      await looked(COUNTY);
      await looked(TOWNSHIP);
    }
    await eventually(async () => (await dueTold(water, id)) > 0 && (await dueTold(comprehensive, id)) > 0);
    expect([await dueTold(water, id), await dueTold(comprehensive, id)]).toEqual([1, 1]);
    expect(await dueTold(fire, id)).toBe(0);
  });

  test('hears nothing while it has more days', async () => {
    const id = await opened(5);
    const due = await opened(1);
    await looked(TOWNSHIP);
    await eventually(async () => (await dueTold(comprehensive, due)) > 0);
    expect(await dueTold(comprehensive, id)).toBe(0);
  });
});
