import { accountsDomain } from '@liandong/schema/domains/accounts';
import { handling } from '@liandong/schema/domains/handling';
import { roster } from '@liandong/schema/domains/roster';
import type { EnterpriseView } from '@liandong/schema/domains/stewards';
import { stewards } from '@liandong/schema/domains/stewards';
import { signals } from '@liandong/schema/domains/signals';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent as villageAgent, application, codesOf, homestead, material } from '../testing/cases.ts';
import { runAt } from '../testing/commands.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';

const PLANNING = '3310-ZJ-003';
const BUILDING = '3310-JS-001';
const CODE = '91330100799655058B';
const OTHER_CODE = '91110000802100433B';
const PHONE = '13800000009';
const key = { idempotencyKey: null };
const chief = personAt(COUNTY, 'CHIEF');
const administrator = personAt(COUNTY, 'ADMINISTRATOR');
const supervisor = personAt(COUNTY, 'SUPERVISOR');
const steward = personAt(COUNTY, 'AGENT');
const colleague = personAt(COUNTY, 'AGENT', null, 'agent-b');
const planner = personAt(COUNTY, 'CLERK', '自然资源和规划');
const plannerChief = personAt(COUNTY, 'CHIEF', '自然资源和规划');
const firm = { name: '三门联动公司', idType: 'SOCIAL_CREDIT_CODE', idNumber: CODE, phone: '13800000001' } as const;

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  await rostered(steward);
  await rostered(colleague);
});
afterAll(() => federation.stop());

const desk = () => federation.desk(COUNTY, stewards);
const today = () => dayOf(federation.now());
const rostered = ({ sub, name }: Viewer) =>
  federation.desk(COUNTY, roster).keepRosterAgent(chief, {
    division: COUNTY,
    sub,
    name,
    employment: 'STAFF',
    withheld: [],
    from: plusDays(today(), -30),
    until: null,
    standIn: null,
    ...key,
  });
const of = ({ sub, name }: Viewer) => ({ sub, name });
const named = (change: object = {}, viewer: Viewer = chief) =>
  desk().nameSteward(viewer, {
    code: CODE,
    name: firm.name,
    contact: { name: '李经理', phone: PHONE },
    steward: of(steward),
    ...key,
    ...change,
  });
const ended = (id: string) => desk().endSteward(chief, { id, reason: '迁出', ...key });
const page = { first: 10, after: null };
const mine = async (viewer: Viewer) => (await desk().myEnterprises(viewer, {}, page)).nodes;
const listed = async (viewer: Viewer, filter: object = {}) =>
  (await desk().enterprises(viewer, { division: COUNTY, steward: null, ended: false, vacant: false, ...filter }, page))
    .nodes;
/** Does something with an enterprise on the list, which is ended afterwards. */
async function withEnterprise<T>(work: (made: EnterpriseView) => Promise<T>, change: object = {}): Promise<T> {
  const made = await named(change);
  try {
    return await work(made);
  } finally {
    await ended(made.id);
  }
}
const planned = () =>
  application({
    item: PLANNING,
    applicant: firm,
    form: [
      { field: 'projectName', value: '滨海新城产业园' },
      { field: 'developer', value: '三门滨海开发有限公司' },
      { field: 'floorArea', value: '12000' },
    ],
    materials: ['建设工程规划许可申请表', '建设工程设计方案', '用地证明'].map((name) => material(name)),
  });
const casesOf = async (made: EnterpriseView | undefined) => (await made?.approvals())?.cases.map(({ id }) => id);

describe('a steward', () => {
  test('is named for an enterprise by a chief or the head of the centre, and by no other person', async () => {
    await withEnterprise(async (made) => {
      expect(made).toMatchObject({ name: firm.name, code: '913301********058B', steward: of(steward) });
      expect(made.contact).toEqual({ name: '李经理', phone: '138****0009' });
    });
    await ended((await named({}, personAt(COUNTY, 'HEAD'))).id);
    for (const viewer of [
      steward,
      administrator,
      supervisor,
      planner,
      personAt(TOWNSHIP, 'CHIEF'),
      personAt(CITY, 'CHIEF'),
    ]) {
      expect(await codesOf(named({}, viewer))).toEqual(['FORBIDDEN']);
    }
    expect(await codesOf(named({}, plannerChief))).toEqual(['WRONG_DEPARTMENT']);
  });

  test('is an agent of the desk, and has a code with the right check character', async () => {
    expect(await codesOf(named({ steward: { sub: 'somebody', name: '无名' } }))).toEqual(['NOT_IN_ROSTER']);
    expect(await codesOf(named({ code: `${CODE.slice(0, -1)}C` }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(named({ code: '331022195203120028' }))).toEqual(['BAD_INPUT']);
  });

  test('is one for an enterprise at a desk, and another when the first has ended', async () => {
    const made = await named();
    expect(await codesOf(named({ steward: of(colleague) }))).toEqual(['STEWARD_CONFLICT']);
    await ended(made.id);
    expect(await codesOf(ended(made.id))).toEqual(['STEWARD_CONFLICT']);
    await ended((await named({ steward: of(colleague) })).id);
    expect((await listed(chief, { ended: true })).map(({ id }) => id)).toContain(made.id);
  });

  test('of two who are named at the same moment is one', async () => {
    const tried = await Promise.allSettled([named(), named({ steward: of(colleague) })]);
    const made = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(made).toHaveLength(1);
    await ended(made[0]?.id ?? '');
  });

  test('is changed for a reason, and the one before has the enterprise no longer', async () => {
    await withEnterprise(async ({ id }) => {
      const change = (to: Viewer, reason = '轮岗') =>
        desk().changeSteward(chief, { id, steward: of(to), reason, ...key });
      expect(await codesOf(change(colleague, ''))).toEqual(['REASON_MISSING']);
      expect(await codesOf(change(steward))).toEqual(['NO_CHANGE']);
      expect((await change(colleague)).steward).toMatchObject(of(colleague));
      expect((await mine(steward)).map((e) => e.id)).not.toContain(id);
      expect((await mine(colleague)).map((e) => e.id)).toContain(id);
      const changes = await federation
        .desk(COUNTY, roster)
        .postChanges(chief, { division: COUNTY }, { first: 2, after: null });
      expect(changes.nodes.map((line) => line.change)).toEqual(['STEWARD_CHANGED', 'STEWARD_NAMED']);
    });
  });

  test('whose post ends leaves the enterprise without one, until the chief names another', async () => {
    const accounts = federation.desk(COUNTY, accountsDomain);
    const { account } = await accounts.openAccount(administrator, {
      division: COUNTY,
      username: 'leaving-steward',
      name: '叶代办',
      roles: ['AGENT'],
      department: null,
      window: null,
      from: today(),
      until: null,
      ...key,
    });
    await withEnterprise(
      async ({ id }) => {
        const leaving = { division: COUNTY, username: 'leaving-steward' };
        expect(await accounts.leaving(administrator, leaving)).toMatchObject({ enterprises: 1 });
        const left = await accounts.endAccount(administrator, { ...leaving, reason: '调离', ...key });
        expect(left).toMatchObject({ enterprises: 1 });
        const [found] = (await listed(chief)).filter((e) => e.id === id);
        expect(found?.steward).toBeNull();
        expect((await listed(chief, { vacant: true })).map((e) => e.id)).toEqual([id]);
        const next = await desk().changeSteward(chief, { id, steward: of(colleague), reason: '接任', ...key });
        expect(next.steward).toMatchObject(of(colleague));
        expect(await listed(chief, { vacant: true })).toEqual([]);
      },
      { steward: { sub: account.sub, name: '叶代办' } },
    );
  });
});

describe('the list of enterprises', () => {
  test('is read by those who name stewards and by supervisors above; a steward reads their own', async () => {
    await withEnterprise(async ({ id }) => {
      for (const viewer of [chief, supervisor, personAt(CITY, 'SUPERVISOR')]) {
        expect((await listed(viewer)).map((e) => e.id)).toEqual([id]);
      }
      expect((await listed(chief, { steward: colleague.sub })).map((e) => e.id)).toEqual([]);
      for (const viewer of [
        steward,
        administrator,
        planner,
        personAt(TOWNSHIP, 'SUPERVISOR'),
        personAt(CITY, 'CHIEF'),
      ]) {
        expect(await codesOf(listed(viewer))).toEqual(['FORBIDDEN']);
      }
      expect((await mine(steward)).map((e) => e.id)).toEqual([id]);
      expect(await mine(colleague)).toEqual([]);
      expect(await codesOf(mine(planner))).toEqual(['FORBIDDEN']);
    });
  });

  test('goes on behind its cursor', async () => {
    await withEnterprise(async (one) => {
      await withEnterprise(
        async (two) => {
          const asked = { division: COUNTY, steward: null, ended: false, vacant: false };
          const first = await desk().enterprises(chief, asked, { first: 1, after: null });
          expect(first.nodes.map(({ id }) => id)).toEqual([two.id]);
          const rest = await desk().enterprises(chief, asked, { first: 5, after: first.cursors[0] ?? '' });
          expect(rest.nodes.map(({ id }) => id)).toEqual([one.id]);
          expect(await codesOf(desk().enterprises(chief, asked, { first: 5, after: 'x' }))).toEqual(['BAD_INPUT']);
        },
        { code: OTHER_CODE },
      );
    });
  });

  test('holds nothing of an enterprise or its contact in the clear in the database', async () => {
    await withEnterprise(async () => {
      const rows = await federation
        .db(COUNTY)
        .queries(COUNTY)
        .query(`SELECT * FROM stewarded_enterprises WHERE node = $1`);
      const stored = JSON.stringify(rows);
      for (const said of [CODE, firm.name, '李经理', PHONE]) expect(stored).not.toContain(said);
    });
  });
});

describe('the contact of an enterprise', () => {
  test('is kept by the steward and those who name stewards, and by no colleague', async () => {
    await withEnterprise(async ({ id }) => {
      const keep = (viewer: Viewer) =>
        desk().keepEnterpriseContact(viewer, { id, contact: { name: '陈联络', phone: '13800000010' }, ...key });
      expect((await keep(steward)).contact).toEqual({ name: '陈联络', phone: '138****0010' });
      expect((await keep(chief)).contact.name).toBe('陈联络');
      for (const viewer of [colleague, planner, supervisor]) expect(await codesOf(keep(viewer))).toEqual(['FORBIDDEN']);
    });
  });

  test('has its phone shown in the clear to the same people for a purpose, and to no other person', async () => {
    await withEnterprise(async ({ id }) => {
      const show = (viewer: Viewer, purpose = '联系补正') => desk().showContactPhone(viewer, { id, purpose });
      expect(await show(steward)).toBe(PHONE);
      expect(await show(chief)).toBe(PHONE);
      expect(await codesOf(show(steward, ''))).toEqual(['REASON_MISSING']);
      for (const viewer of [colleague, planner, supervisor, personAt(TOWNSHIP, 'AGENT')]) {
        expect(await codesOf(show(viewer))).toEqual(['FORBIDDEN']);
      }
    });
  });
});

describe('the cases of an enterprise', () => {
  test('are shown with what each waits for and what can be next to the steward, stand-ins and supervisors alone', async () => {
    const open = await steps.file(steward, planned());
    const done = await steps.file(steward, planned());
    const others = await steps.file(steward, { ...planned(), applicant: { ...firm, idNumber: OTHER_CODE } });
    await steps.accept(done, planner);
    await steps.review(done, planner);
    await steps.decide(done, plannerChief);
    await federation.desk(COUNTY, handling).issueDocument(planner, { id: done, note: null, ...key });
    await withEnterprise(async () => {
      const [own] = await mine(steward);
      expect(await casesOf(own)).toEqual(expect.arrayContaining([open, done]));
      expect(await casesOf(own)).not.toContain(others);
      const found = await own?.approvals();
      expect(found?.cases.find(({ id }) => id === open)?.waits).toMatchObject({ kind: 'ACCEPTANCE', node: COUNTY });
      expect(found?.nextItems.map(({ item }) => item)).toContain(BUILDING);
      expect(await casesOf((await listed(supervisor))[0])).toContain(open);
      expect(await (await listed(chief))[0]?.approvals()).toBeNull();

      await federation.desk(COUNTY, roster).nameStandIn(chief, {
        division: COUNTY,
        role: 'AGENT',
        absent: of(steward),
        department: null,
        standIn: of(colleague),
        from: today(),
        until: plusDays(today(), 3),
        ...key,
      });
      expect(await casesOf((await mine(colleague))[0])).toContain(open);
    });
  });

  test('at other desks of the division are opened by the steward’s pass, each at the desk that holds it', async () => {
    const atTownship = await steps.file(villageAgent, homestead({ applicant: firm }));
    await steps.forward(atTownship, villageAgent);
    await steps.arrives(atTownship, personAt(TOWNSHIP, 'CLERK'));
    await steps.handedOver(atTownship, villageAgent);
    await withEnterprise(async ({ id }) => {
      expect(await codesOf(desk().stewardPass(chief, { id }))).toEqual(['FORBIDDEN']);
      const { pass } = await desk().stewardPass(steward, { id });
      const at = async (division: string, viewer: Viewer = steward, shown = pass) => {
        const found = await federation.desk(division, stewards).enterpriseCases(viewer, { division, pass: shown });
        return found.cases.map((c) => c.id);
      };
      expect(await at(TOWNSHIP)).toEqual([atTownship]);
      expect(await at(VILLAGE)).toEqual([]);
      expect(await at(COUNTY)).not.toContain(atTownship);
      // the person's alone, inside the division alone, for a while, and signed by the steward's desk
      expect(await codesOf(at(TOWNSHIP, personAt(COUNTY, 'AGENT', null, 'agent-c')))).toEqual(['FORBIDDEN']);
      expect(await codesOf(at(CITY))).toEqual(['FORBIDDEN']);
      expect(await codesOf(at(TOWNSHIP, steward, `${pass.slice(0, -4)}AAAA`))).toEqual(['FORBIDDEN']);
      expect(await codesOf(at(TOWNSHIP, villageAgent))).toEqual(['FORBIDDEN']);
      federation.shiftMs += 16 * 60_000;
      expect(await codesOf(at(TOWNSHIP))).toEqual(['FORBIDDEN']);
      federation.shiftMs -= 16 * 60_000;
      const reads = await federation
        .db(TOWNSHIP)
        .queries(TOWNSHIP)
        .query<{ subject: string }>(
          `SELECT subject FROM personal_data_reads WHERE node = $1 AND question = 'enterpriseCases' ORDER BY id`,
        );
      expect(reads.map(({ subject }) => subject)).toEqual(['enterpriseCases', atTownship]);
    });
  });
});

test('an enterprise is found again after the data key was changed, and stands on the list once', async () => {
  await withEnterprise(async ({ id }) => {
    const digest = async () =>
      (
        await federation.rows<{ digest: string }>(
          COUNTY,
          'SELECT digest FROM stewarded_enterprises WHERE node = $1 AND id = $2',
          [COUNTY, id],
        )
      )[0]?.digest;
    const before = await digest();
    const open = await steps.file(steward, planned());
    await runAt(federation, COUNTY, 'data-keys', 'rotate', '--why', '年度换钥', '--node', COUNTY);
    expect(await digest()).not.toBe(before);
    expect(await casesOf((await mine(steward))[0])).toContain(open);
    expect(await codesOf(named())).toEqual(['STEWARD_CONFLICT']);
  });
});

test('a steward whom the roster no longer has finds the enterprise on no list of their own, and the chief finds it vacant', async () => {
  const gone = personAt(COUNTY, 'AGENT', null, 'agent-gone');
  await rostered(gone);
  await withEnterprise(
    async ({ id }) => {
      expect((await mine(gone)).map((e) => e.id)).toEqual([id]);
      const until = plusDays(today(), -1);
      const input = { division: COUNTY, sub: gone.sub, until, reason: '退出', ...key };
      await federation.desk(COUNTY, roster).endRosterAgent(chief, input);
      expect(await mine(gone)).toEqual([]);
      expect((await listed(chief, { vacant: true })).map((e) => e.id)).toEqual([id]);
      expect(await codesOf(desk().stewardPass(gone, { id }))).toEqual(['FORBIDDEN']);
      expect(await codesOf(desk().showContactPhone(gone, { id, purpose: '联系' }))).toEqual(['FORBIDDEN']);
    },
    { steward: of(gone) },
  );
});

test('a steward hears of what the enterprise is to know of its cases, once, also where another agent filed them', async () => {
  const heard = async (viewer: Viewer) =>
    (await federation.desk(COUNTY, signals).signals(viewer, { unread: true }, { first: 100, after: null })).nodes;
  await withEnterprise(
    async () => {
      const id = await steps.file(colleague, { ...planned(), applicant: { ...firm, idNumber: OTHER_CODE } });
      await steps.accept(id, planner);
      await steps.review(id, planner);
      await steps.decide(id, plannerChief);
      const of = async (viewer: Viewer) => (await heard(viewer)).filter((s) => s.caseId === id).map(({ kind }) => kind);
      await eventually(async () => (await of(steward)).length > 0);
      expect(await of(steward)).toEqual(['DECIDED']);
      const own = await steps.file(steward, { ...planned(), applicant: { ...firm, idNumber: OTHER_CODE } });
      await steps.accept(own, planner);
      await steps.review(own, planner);
      await steps.decide(own, plannerChief);
      const ofOwn = async () => (await heard(steward)).filter((s) => s.caseId === own).map(({ kind }) => kind);
      await eventually(async () => (await ofOwn()).length > 0);
      expect(await ofOwn()).toEqual(['DECIDED']);
    },
    { code: OTHER_CODE },
  );
});
