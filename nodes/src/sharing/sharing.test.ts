import { filing } from '@liandong/schema/domains/filing';
import { handling } from '@liandong/schema/domains/handling';
import { join } from 'node:path';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { sharing } from '@liandong/schema/domains/sharing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FeedAppender } from '../feeds/index.ts';
import { CaseSteps, agent, clerk, countyClerk } from '../testing/cases.ts';
import { DataSharing, ESSENTIAL, HOUSEHOLD, withoutHousehold } from '../testing/sharing.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

const supervisor = personAt(COUNTY, 'SUPERVISOR');
const stranger = personAt(OTHER_TOWNSHIP, 'CLERK');

let federation: TestFederation;
let steps: CaseSteps;
let data: DataSharing;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  data = await DataSharing.start(federation);
});
afterAll(async () => {
  await federation.stop();
  await data.stop();
});

const at = (node: string) => federation.desk(node, sharing);

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.code,
  );

describe('an offer', () => {
  test('comes down to the desks below, which find it by the material it replaces', async () => {
    const [found, ...rest] = await data.offers(agent, '户口簿');
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ offer: { id: HOUSEHOLD, node: COUNTY, version: 1 }, askableHere: true });
    expect(found?.staleSince).toBeInstanceOf(Date);
    expect(await data.offers(agent, '结婚证')).toEqual([]);
  });

  test('says at its own node that it is no copy', async () => {
    expect((await data.offers(countyClerk, '户口簿'))[0]).toMatchObject({ askableHere: true, staleSince: null });
  });

  test('that does not name the desk is shown as closed to it', async () => {
    expect((await data.offers(agent, '残疾人证'))[0]?.askableHere).toBe(false);
    await eventually(async () => (await data.offers(clerk, '残疾人证'))[0]?.askableHere === true);
  });

  test('is shown to whoever is signed in, in whatever post, and not to the public', async () => {
    for (const role of ['CASHIER', 'CATALOGUER'] as const) {
      expect(await data.offers(personAt(VILLAGE, role), '户口簿')).toHaveLength(1);
    }
    await expect(at(VILLAGE).dataOffers(null, { division: VILLAGE, material: null })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('made in another node’s name is not kept by the desks below', async () => {
    const [{ offer } = { offer: null }] = await data.offers(countyClerk, '户口簿');
    await federation.db(TOWNSHIP).transact(TOWNSHIP, (tx) =>
      new FeedAppender().append(tx, 'CATALOGUE', [
        { kind: 'OFFER', offer: { ...offer, version: 9, consentNeeded: false } },
        { kind: 'OFFER', offer: { ...offer, id: `${COUNTY}-land`, node: TOWNSHIP, name: '用地证明' } },
        { kind: 'OFFER', offer: { ...offer, id: `${TOWNSHIP}-land`, node: TOWNSHIP, name: '用地证明' } },
      ]),
    );
    await eventually(async () => (await data.offers(agent, '用地证明')).length > 0);
    expect((await data.offers(agent, '用地证明')).map((o) => o.offer.id)).toEqual([`${TOWNSHIP}-land`]);
    expect((await data.offers(agent, '户口簿'))[0]?.offer).toMatchObject({ version: 1, consentNeeded: true });
  });
});

describe('what was given', () => {
  test('goes with the case to the next desk and the one after it, which need not ask again', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await data.ask(id);
    await data.ended(id, request);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await data.supplied(id, clerk)).length === 1);
    expect((await data.seen(id, clerk, request))?.fields[0]?.value).toBe('3310220001234');
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await eventually(async () => (await data.supplied(id, countyClerk)).length === 1);
    expect(await data.seen(id, countyClerk, request)).toMatchObject({ asker: VILLAGE, replaces: '户口簿' });
  });

  test('is of the person the corrected application names, here and at the next desk', async () => {
    const right = withoutHousehold();
    const wrong = { ...right.applicant, idNumber: '11010519491231002X' };
    for (const asker of [agent, clerk]) {
      const id = await steps.file(agent, { ...withoutHousehold(), applicant: wrong });
      await federation
        .desk(VILLAGE, filing)
        .correctApplication(agent, { id, applicant: right.applicant, reason: '证件号码有误', idempotencyKey: null });
      if (asker === clerk) {
        await steps.forward(id, agent);
        await steps.arrives(id, clerk);
      }
      const { id: request } = await data.ask(id, asker);
      expect(await data.ended(id, request, asker)).toMatchObject({ state: 'ANSWERED' });
      expect((await data.seen(id, asker, request))?.fields[0]?.value).toBe('3310220001234');
    }
  });

  test('is seen by the desks that handle the case, by supervisors without values, and by nobody else', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await data.ask(id);
    await data.ended(id, request);
    const at = data.at(agent);
    const [shown] = await at.dataRequests(supervisor, { case: id });
    expect(shown).toMatchObject({ state: 'ANSWERED', asker: VILLAGE });
    expect(shown?.fields.map((f) => f.value)).toEqual([null, null, null]);
    expect(await codeOf(at.dataRequests(stranger, { case: id }))).toBe('FORBIDDEN');
    expect(await codeOf(at.suppliedMaterials(stranger, { case: id }))).toBe('FORBIDDEN');
    expect(await codeOf(at.dataRequests(null, { case: id }))).toBe('UNAUTHENTICATED');
    const field = shown?.fields[0]?.name ?? '';
    const value = (viewer: Viewer | null, change: object = {}) =>
      at.showSharedValue(viewer, { division: VILLAGE, case: id, request, field, purpose: '核对户籍', ...change });
    expect(await value(agent)).toBe('3310220001234');
    expect(await codeOf(value(agent, { purpose: '' }))).toBe('REASON_MISSING');
    expect(await codeOf(value(agent, { field: 'nothing' }))).toBe('NOT_FOUND');
    expect(await codeOf(value(supervisor))).toBe('FORBIDDEN');
    expect(await codeOf(value(stranger))).toBe('FORBIDDEN');
    expect(await codeOf(at.dataRequests(agent, { case: `${VILLAGE}-none` }))).toBe('NOT_FOUND');
  });
});

describe('a material that sharing gave', () => {
  test('is not missing at acceptance, and one that nobody gave still is', async () => {
    const id = await steps.file(agent, withoutHousehold());
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    expect(await codeOf(steps.accept(id, clerk))).toBe('MATERIALS_MISSING');
    const { id: request } = await data.ask(id, clerk);
    await data.ended(id, request, clerk);
    expect((await steps.accept(id, clerk)).state).toBe('ACCEPTED');
  });

  test('need not be named in the one-time notice, and the others must', async () => {
    const input = withoutHousehold();
    const id = await steps.file(agent, { ...input, materials: input.materials.slice(0, 1) });
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const { id: request } = await data.ask(id, clerk);
    await data.ended(id, request, clerk);
    const notice = (names: string[]) =>
      federation.desk(TOWNSHIP, handling).requestSupplement(clerk, {
        id,
        missing: names.map((name) => ({ material: name, reason: '未提交' })),
        note: null,
        idempotencyKey: null,
      });
    expect(await codeOf(notice(['身份证明']))).toBe('SUPPLEMENT_INCOMPLETE');
    expect(await codeOf(notice(['身份证明', '家庭经济状况核对授权书']))).toBeNull();
  });
});

describe('the person it is about', () => {
  test('sees with number and code who asked whom for what, also when a desk above asked, and no values', async () => {
    const made = await federation.desk(VILLAGE, filing).fileCase(agent, withoutHousehold());
    const { id: caseId, number } = made.filing;
    await steps.forward(caseId, agent);
    await steps.arrives(caseId, clerk);
    await data.ask(caseId, clerk);
    const use = (code = made.trackingCode) => at(VILLAGE).dataUse(null, { number, code });
    await eventually(async () => (await use()).length === 1);
    expect(await use()).toMatchObject([
      {
        asker: TOWNSHIP,
        provider: COUNTY,
        item: '3310-MZ-001',
        fields: ['户号', '户主姓名', '与户主关系'],
        state: 'ANSWERED',
      },
    ]);
    expect(JSON.stringify(await use())).not.toContain('3310220001234');
    const [row] = await federation.rows<{ given: string | null }>(
      VILLAGE,
      `SELECT given FROM data_requests WHERE node = $1 AND case_id = $2`,
      [VILLAGE, caseId],
    );
    expect(row?.given).toBeNull();
    expect(await codeOf(use('WRONG234'))).toBe('NOT_FOUND');
  });
});

describe('the desk that asks', () => {
  test('must hold the case, and its people must be agents or clerks', async () => {
    const id = await steps.file(agent, withoutHousehold());
    expect(await codeOf(data.at(agent).requestData(null, request(id)))).toBe('UNAUTHENTICATED');
    const chief = { ...agent, roles: ['CHIEF' as const] };
    expect(await codeOf(data.at(agent).requestData(chief, request(id)))).toBe('FORBIDDEN');
    expect(await codeOf(data.at(agent).requestData(supervisor, request(id)))).toBe('FORBIDDEN');
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await codeOf(data.ask(id))) === 'NOT_CUSTODIAN');
    expect(await codeOf(data.ask(id, clerk))).toBeNull();
  });

  test('asks a node that is there', async () => {
    const id = await steps.file(agent, withoutHousehold());
    expect(await codeOf(data.ask(id, agent, ESSENTIAL, '331002-household'))).toBe('NOT_FOUND');
    expect(await codeOf(data.ask(id, agent, ESSENTIAL, 'household'))).toBe('BAD_INPUT');
  });

  const request = (id: string) => ({ case: id, offer: HOUSEHOLD, fields: ESSENTIAL, idempotencyKey: null });
});

describe('lights', () => {
  test('are shown to supervisors of the division and to nobody else', async () => {
    const id = await steps.file(agent, withoutHousehold());
    await data.ended(id, (await data.ask(id, agent, ['income'])).id);
    const lights = (viewer: Viewer | null, division = COUNTY) => at(division).dataLights(viewer, { division });
    const shown = await lights(supervisor);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown[0]).toMatchObject({ kind: 'DATA_OUT_OF_GRANT', level: 'RED', raisedAt: COUNTY });
    expect(await codeOf(lights(supervisor, VILLAGE))).toBeNull();
    expect(await codeOf(lights(countyClerk))).toBe('FORBIDDEN');
    expect(await codeOf(lights(personAt('331002', 'SUPERVISOR')))).toBe('FORBIDDEN');
    expect(await codeOf(lights(null))).toBe('UNAUTHENTICATED');
  });
});

describe('over the graph', () => {
  test('a desk asks and reads, and a refusal of the desk itself comes as data', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const token = await federation.token(agent);
    const asked = await federation.ask(VILLAGE, {
      role: 'sharing',
      query: `mutation ($input: RequestDataInput!) { requestData(input: $input) {
        request { id state asker { code } item { code } fields { name value } } errors { code field } } }`,
      variables: { input: { case: id, offer: HOUSEHOLD, fields: ESSENTIAL } },
      token,
    });
    expect(asked.data).toMatchObject({
      requestData: { request: { state: 'SENT', asker: { code: VILLAGE } }, errors: [] },
    });
    await eventually(async () => (await data.supplied(id)).length === 1);
    const read = await federation.ask(VILLAGE, {
      role: 'sharing',
      query: `query ($id: ID!) {
        dataRequests(case: $id) { state replaces fields { label value } refusals { code } }
        suppliedMaterials(case: $id)
        dataOffers(division: "${VILLAGE}", material: "户口簿") { id name node { code } purposes { code } askableHere }
      }`,
      variables: { id },
      token,
    });
    expect(read.errors).toBeUndefined();
    expect(read.data).toMatchObject({
      dataRequests: [{ state: 'ANSWERED', replaces: '户口簿', refusals: [] }],
      suppliedMaterials: ['户口簿'],
      dataOffers: [{ id: HOUSEHOLD, name: '户口簿', node: { code: COUNTY }, askableHere: true }],
    });
    const refused = await federation.ask(VILLAGE, {
      role: 'sharing',
      query: `mutation ($input: RequestDataInput!) { requestData(input: $input) { request { id } errors { code field } } }`,
      variables: { input: { case: id, offer: HOUSEHOLD, fields: [] } },
      token,
    });
    expect(refused.data).toEqual({ requestData: { request: null, errors: [{ code: 'BAD_INPUT', field: 'fields' }] } });
    const lights = await federation.ask(COUNTY, {
      role: 'sharing',
      query: `{ dataLights(division: "${COUNTY}") { level about { code } detail } }`,
      variables: {},
      token: await federation.token(countyClerk),
    });
    expect(lights.errors?.map((e) => e.extensions?.code)).toEqual(['FORBIDDEN']);
  });
});

describe('the import of registers', () => {
  const rows = () => federation.rows(COUNTY, `SELECT register FROM register_rows WHERE node = $1`, [COUNTY]);

  test('with one fault changes nothing and names every fault', async () => {
    const before = await rows();
    const error = await data
      .load((file) => {
        file.registers.length = 1;
        Object.assign(file.offers[0] ?? {}, { validTo: '2025-01-01' });
      })
      .catch((e: ProblemError) => e);
    expect((error as ProblemError).problems.map((p) => [p.code, p.field])).toEqual([
      ['REGISTER_INVALID', 'offers[0].validTo'],
      ['REGISTER_INVALID', 'offers[1].register'],
    ]);
    expect(await rows()).toEqual(before);
  });

  test('is refused for another node’s file and for one that is not there', async () => {
    await expect(data.load(undefined, TOWNSHIP)).rejects.toMatchObject({ code: 'REGISTER_INVALID' });
    const none = data.importFile(join(data.dir, 'none.json'));
    await expect(none).rejects.toMatchObject({ code: 'REGISTER_INVALID' });
  });

  test('of the same file changes no offer', async () => {
    expect(await data.load()).toEqual({ rows: 3, published: [], withdrawn: [], unchanged: 2 });
  });

  test('keeps no number of a person', async () => {
    const kept = await federation.rows<{ subject_hash: string }>(
      COUNTY,
      `SELECT subject_hash FROM register_rows WHERE node = $1`,
      [COUNTY],
    );
    expect(kept.every((row) => /^[0-9a-f]{64}$/.test(row.subject_hash))).toBe(true);
  });

  test('of a changed file raises the offer’s version, and withdraws what it leaves out, down to the village', async () => {
    const report = await data.load((file) => {
      file.offers.length = 1;
      Object.assign(file.offers[0] ?? {}, { consentNeeded: false });
    });
    expect(report).toMatchObject({ published: [HOUSEHOLD], withdrawn: [`${COUNTY}-disability`] });
    await eventually(async () => (await data.offers(clerk, '残疾人证'))[0]?.askableHere === false);
    await eventually(async () => (await data.offers(agent, '户口簿'))[0]?.offer.version === 2);
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await data.ask(id, agent, ['grade'], `${COUNTY}-disability`);
    expect((await data.ended(id, request)).refusals.map((p) => p.field)).toContain('dates');
  });
});
