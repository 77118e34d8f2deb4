import { randomUUID } from 'node:crypto';
import { bundles } from '@liandong/schema/domains/bundles';
import { filing } from '@liandong/schema/domains/filing';
import { MOST_SEARCHES, finding } from '@liandong/schema/domains/finding';
import { reads } from '@liandong/schema/domains/reads';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, clerk, codesOf, countyClerk, material } from '../testing/cases.ts';
import { runAt } from '../testing/commands.ts';
import { dumpOf } from '../testing/dump.ts';
import {
  CITY,
  COUNTY,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

const NUMBER = '110101199003071233';
const PHONE = '13911112222';
const NAME = '欧阳·静茹';
const OWN = { name: NAME, idType: 'RESIDENT_ID', idNumber: NUMBER, phone: PHONE } as const;
/** The same person, in cases that are not counted. */
const ANEW = { ...OWN, idNumber: '331022195203120028', phone: '13922223333' } as const;
const purpose = '本人到窗口查询办件';
const supervisor = personAt(COUNTY, 'SUPERVISOR');
const chief = personAt(TOWNSHIP, 'CHIEF');

let federation: TestFederation;
let steps: CaseSteps;
let id: string;
let other: string;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE] });
  steps = new CaseSteps(federation);
  id = await steps.file(agent, application({ applicant: OWN }));
  other = await steps.file();
});
afterAll(() => federation.stop());

type Asked = Pick<InputOf<typeof finding.operations.findCases>, 'by' | 'value'>;
const byNumber: Asked = { by: 'ID_NUMBER', value: NUMBER };

/** A person of a desk who has not searched yet. */
const fresh = (node: DivisionCode, role: 'AGENT' | 'CLERK' | 'SUPERVISOR' = node === VILLAGE ? 'AGENT' : 'CLERK') =>
  personAt(node, role, null, `${role}-${randomUUID()}`);
const find = (asked: Asked, viewer: Viewer = fresh(VILLAGE), node: DivisionCode = viewer.division) =>
  federation.desk(node, finding).findCases(viewer, { ...asked, division: node, purpose });
const found = async (...asked: Parameters<typeof find>) => (await find(...asked)).map((view) => view.id);
const digests = (node: DivisionCode, of: string) =>
  federation.rows<{ digest: string }>(node, `SELECT digest FROM applicant_digests WHERE node = $1 AND case_id = $2`, [
    node,
    of,
  ]);
/** What the log of reads has on a subject. */
const noted = (subject: string, node: DivisionCode = VILLAGE) =>
  federation.desk(node, reads).personalDataReadsAt(supervisor, { division: node, subject });

describe('a resident’s cases', () => {
  test.each<Asked>([
    byNumber,
    { by: 'ID_NUMBER', value: ' 110101 19900307 1233' },
    { by: 'PHONE', value: '+86 139-1111-2222' },
    { by: 'NAME', value: '欧阳 静茹' },
    // who consented for the applicant
    { by: 'NAME', value: '王秀英' },
  ])('are found at the desk by %o', async (asked) => {
    expect(await found(asked)).toContain(id);
  });

  test('are found by the whole value alone, and only by what it is', async () => {
    for (const asked of [
      { by: 'ID_NUMBER', value: NUMBER.slice(0, -1) },
      { by: 'NAME', value: '欧阳' },
      { by: 'NAME', value: NUMBER },
    ] as const) {
      expect(await found(asked)).toEqual([]);
    }
    expect(await found(byNumber)).toEqual([id]);
    expect(await codesOf(find({ by: 'PHONE', value: '139' }))).toEqual(['BAD_INPUT']);
  });

  test('are found at the next desk once it has them, and by a supervisor at every desk below', async () => {
    const moved = await steps.file(agent, application({ applicant: ANEW }));
    const byPhone = { by: 'PHONE', value: '13922223333' } as const;
    expect(await found(byPhone, fresh(TOWNSHIP))).toEqual([]);
    await steps.forward(moved, agent);
    await steps.arrives(moved, clerk);
    expect(await found(byPhone, fresh(TOWNSHIP))).toEqual([moved]);
    expect(await found(byPhone)).toEqual([moved]);
    for (const node of [VILLAGE, TOWNSHIP]) expect(await found(byPhone, supervisor, node)).toEqual([moved]);
  });

  test('are a workbook too, which counts and is noted as a search', async () => {
    const searcher = fresh(VILLAGE);
    const sheet = (viewer: Viewer, change: { value?: string; purpose?: string } = {}) =>
      federation.desk(VILLAGE, finding).foundCasesSheet(viewer, {
        ...byNumber,
        division: VILLAGE,
        purpose,
        columns: ['NUMBER', 'APPLICANT', 'STATE'],
        ...change,
      });
    const { fileName, bytes, rows, complete } = await sheet(searcher);
    expect({ fileName, rows, complete }).toMatchObject({
      fileName: expect.stringMatching(/\.xlsx$/u),
      rows: 1,
      complete: true,
    });
    const file = unzipSync(Buffer.from(bytes, 'base64'))['xl/worksheets/sheet1.xml'] ?? new Uint8Array();
    expect(strFromU8(file)).toContain(NAME);
    expect((await noted(id))[0]).toMatchObject({
      fields: ['Query.foundCasesSheet'],
      personName: searcher.name,
      purpose,
    });
    expect(await codesOf(sheet(searcher, { purpose: '' }))).toEqual(['REASON_MISSING']);
    expect(await codesOf(sheet(clerk))).toEqual(['FORBIDDEN']);
    for (let n = 1; n < MOST_SEARCHES; n++) await find({ by: 'NAME', value: `某${n}` }, searcher);
    expect(await codesOf(sheet(searcher))).toEqual(['RATE_LIMITED']);
  });

  test('are found with the line to the levels above cut, since the desk asks its own database', async () => {
    await federation.stopHost(TOWNSHIP);
    const alone = await found(byNumber);
    await federation.startHost(TOWNSHIP);
    expect(alone).toEqual([id]);
  });

  test('are not found by people of another desk, whatever their post, nor without a purpose', async () => {
    for (const viewer of [fresh(OTHER_VILLAGE, 'AGENT'), clerk, chief, countyClerk]) {
      expect(await codesOf(find(byNumber, viewer, VILLAGE))).toEqual(['FORBIDDEN']);
    }
    expect(await codesOf(find(byNumber, personAt(VILLAGE, 'CASHIER')))).toEqual(['FORBIDDEN']);
    const { findCases } = federation.desk(VILLAGE, finding);
    const asked = { ...byNumber, division: VILLAGE };
    expect(await codesOf(findCases(agent, { ...asked, purpose: '' }))).toEqual(['REASON_MISSING']);
    expect(await codesOf(findCases(agent, { ...asked, purpose: `查 ${NUMBER}` }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(findCases(null, { ...asked, purpose }))).toEqual(['UNAUTHENTICATED']);
    expect(await codesOf(findCases({ ...agent, onlyCase: 'one' }, { ...asked, purpose }))).toEqual(['FORBIDDEN']);
  });
});

describe('a search', () => {
  test('is in the log of reads with its purpose, also if nothing was found, and so is each case it found', async () => {
    const searcher = fresh(VILLAGE);
    await find(byNumber, searcher);
    await find({ by: 'NAME', value: '无此人' }, searcher);
    const own = (await noted('findCases')).filter(({ question }) => question === 'findCases').slice(0, 2);
    expect(own).toMatchObject([
      { fields: ['NAME'], purpose, personName: searcher.name },
      { fields: ['ID_NUMBER'], purpose, personName: searcher.name },
    ]);
    expect((await noted(id))[0]).toMatchObject({ fields: ['Query.findCases'], purpose, personName: searcher.name });
    expect((await noted(other)).filter(({ personName }) => personName === searcher.name)).toEqual([]);
  });

  test('leaves no number, phone or name in the database', async () => {
    const dump = await dumpOf(federation.db(VILLAGE));
    for (const value of [NUMBER, PHONE, NAME, '欧阳静茹', '王秀英']) expect(dump).not.toContain(value);
  });

  test('too many in an hour is refused, also after a restart, to that person alone and for that hour', async () => {
    const eager = fresh(VILLAGE);
    for (let n = 0; n < MOST_SEARCHES; n++) await find({ by: 'NAME', value: `某${n}` }, eager);
    expect(await codesOf(find(byNumber, eager))).toEqual(['RATE_LIMITED']);
    expect(await found(byNumber)).toEqual([id]);
    await federation.stopHost(VILLAGE);
    await federation.startHost(VILLAGE);
    expect(await codesOf(find(byNumber, eager))).toEqual(['RATE_LIMITED']);
    const input = { case: id, idNumber: NUMBER, purpose, idempotencyKey: null };
    expect(await codesOf(federation.desk(VILLAGE, finding).reissueTrackingCode(eager, input))).toEqual([
      'RATE_LIMITED',
    ]);
    await federation.rows(VILLAGE, `UPDATE search_rates SET since = since - interval '1 hour' WHERE node = $1`, [
      VILLAGE,
    ]);
    expect(await found(byNumber, eager)).toEqual([id]);
  });
});

describe('the digests of applicants', () => {
  const forgotten = async () => {
    await federation.stopHost(VILLAGE);
    await federation.rows(VILLAGE, `DELETE FROM applicant_digests WHERE node = $1`, [VILLAGE]);
    await federation.rows(VILLAGE, `DELETE FROM node_settings WHERE node = $1 AND key = 'applicant-digests'`, [
      VILLAGE,
    ]);
  };

  test('are written for the cases of a database that an earlier program filled, but for one that does not open', async () => {
    const broken = await steps.file(agent, application({ applicant: ANEW }));
    const before = await digests(VILLAGE, id);
    await forgotten();
    const sealed = `SELECT application FROM cases WHERE node = $1 AND id = $2`;
    const [kept] = await federation.rows<{ application: string }>(VILLAGE, sealed, [VILLAGE, broken]);
    const put = (text: string) =>
      federation.rows(VILLAGE, `UPDATE cases SET application = $3 WHERE node = $1 AND id = $2`, [
        VILLAGE,
        broken,
        text,
      ]);
    await put(`${kept?.application.slice(0, -4)}AAAA`);
    await federation.startHost(VILLAGE);
    await eventually(async () => (await digests(VILLAGE, other)).length > 0 && (await digests(VILLAGE, id)).length > 0);
    expect(new Set(await digests(VILLAGE, id))).toEqual(new Set(before));
    expect(await digests(VILLAGE, broken)).toEqual([]);
    await put(kept?.application ?? '');
    expect(await found(byNumber)).toEqual([id]);
  });

  test('are written again when the data key is changed, and the old key is not retired before', async () => {
    const command = (...argv: string[]) => runAt(federation, VILLAGE, 'data-keys', ...argv, '--node', VILLAGE);
    const kidOf = async () => (await digests(VILLAGE, id))[0]?.digest.split('.')[1];
    const old = await kidOf();
    await command('rotate', '--why', '年度换钥');
    const next = await kidOf();
    expect(next).not.toBe(old);
    expect(await found(byNumber)).toContain(id);
    // a host that did not learn of the new key yet writes under the old one
    const put = `UPDATE applicant_digests SET digest = replace(digest, $3, $4) WHERE node = $1 AND case_id = $2`;
    await federation.rows(VILLAGE, put, [VILLAGE, id, next, old]);
    await expect(command('retire', old ?? '', '--why', '已换')).rejects.toThrow(/reseal/);
    await command('reseal');
    expect(await kidOf()).toBe(next);
    await command('retire', old ?? '', '--why', '已换');
    expect(await found(byNumber)).toContain(id);
  });
});

describe('a new tracking code', () => {
  const reissue = (of: string, viewer: Viewer = fresh(VILLAGE), change: object = {}) =>
    federation
      .desk(viewer.division, finding)
      .reissueTrackingCode(viewer, { case: of, idNumber: NUMBER, purpose, idempotencyKey: null, ...change });
  const track = (number: string, code: string) => federation.desk(VILLAGE, filing).track(null, { number, code });

  test('opens the case against the applicant’s number, and the old one ends at once', async () => {
    const made = await federation.desk(VILLAGE, filing).fileCase(agent, application({ applicant: ANEW }));
    const { number } = made.filing;
    const viewer = fresh(VILLAGE);
    const code = await reissue(made.filing.id, viewer, { idNumber: '331022-19520312-0028' });
    expect(code).not.toBe(made.trackingCode);
    expect(await track(number, code)).toMatchObject({ number });
    expect(await codesOf(track(number, made.trackingCode))).toEqual(['NOT_FOUND']);
    expect((await noted(made.filing.id))[0]).toMatchObject({
      fields: ['Mutation.reissueTrackingCode'],
      purpose,
      personName: viewer.name,
    });
    // a later step of the case leaves it
    await steps.forward(made.filing.id, agent);
    expect(await track(number, code)).toMatchObject({ number });
  });

  test('is issued once under its key', async () => {
    const [viewer, idempotencyKey] = [fresh(VILLAGE), randomUUID()];
    const code = await reissue(id, viewer, { idempotencyKey });
    expect(await reissue(id, viewer, { idempotencyKey })).toBe(code);
    expect(await codesOf(reissue(id, viewer, { idempotencyKey, purpose: '另一目的' }))).toEqual([
      'IDEMPOTENCY_MISMATCH',
    ]);
  });

  test('is refused against another number, without a purpose, for a case that is not here, and each attempt counts', async () => {
    const viewer = fresh(VILLAGE);
    const before = await federation.rows(VILLAGE, `SELECT tracking_hash FROM cases WHERE node = $1 AND id = $2`, [
      VILLAGE,
      id,
    ]);
    expect(await codesOf(reissue(id, viewer, { idNumber: ANEW.idNumber }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(reissue(id, viewer, { purpose: '' }))).toEqual(['REASON_MISSING']);
    expect(await codesOf(reissue(`${VILLAGE}-none`, viewer))).toEqual(['NOT_FOUND']);
    const counted = `SELECT searches FROM search_rates WHERE node = $1 AND person = $2`;
    expect(await federation.rows(VILLAGE, counted, [VILLAGE, viewer.sub])).toEqual([{ searches: 3 }]);
    const after = await federation.rows(VILLAGE, `SELECT tracking_hash FROM cases WHERE node = $1 AND id = $2`, [
      VILLAGE,
      id,
    ]);
    expect(after).toEqual(before);
  });

  test('is issued where the case was taken in, by nobody above or beside', async () => {
    const moved = await steps.file(agent, application({ applicant: ANEW }));
    await steps.forward(moved, agent);
    await steps.arrives(moved, clerk);
    expect(await codesOf(reissue(moved, fresh(TOWNSHIP)))).toEqual(['NOT_COMPETENT']);
    expect(await codesOf(reissue(id, fresh(OTHER_VILLAGE, 'AGENT')))).toEqual(['NOT_FOUND']);
    const above = federation
      .desk(VILLAGE, finding)
      .reissueTrackingCode(supervisor, { case: id, idNumber: NUMBER, purpose, idempotencyKey: null });
    expect(await codesOf(above)).toEqual(['FORBIDDEN']);
    expect(await reissue(moved, fresh(VILLAGE), { idNumber: ANEW.idNumber })).toMatch(/^\w{8}$/);
  });

  test('for a case of one form opens all its cases', async () => {
    const form = Object.entries({
      enterpriseName: '三门联动科技有限公司',
      capital: '100',
      businessScope: '软件开发',
      address: '三门县海润街道1号',
      representative: '王秀英',
      sealKinds: '公章',
      employees: '3',
      bank: '台州银行三门支行',
    }).map(([field, value]) => ({ field, value }));
    const papers = ['登记申请书', '主体资格文件', '住所使用证明', '章程', '身份证明', '法定代表人身份证明'];
    const townAgent = personAt(TOWNSHIP, 'AGENT');
    const { fileBundle } = federation.desk(TOWNSHIP, bundles);
    const filed = await fileBundle(townAgent, {
      ...application({ applicant: ANEW }),
      item: '3310-LB-001',
      form,
      materials: papers.map((name) => material(name)),
    });
    const first = filed.bundle.members.find((member) => member.case)?.case;
    if (!first) throw new Error('no member was filed');
    const code = await reissue(first.id, townAgent, { idNumber: ANEW.idNumber });
    const atTownship = federation.desk(TOWNSHIP, filing);
    expect(await atTownship.track(null, { number: first.number, code })).toMatchObject({ number: first.number });
    expect(await codesOf(atTownship.track(null, { number: first.number, code: filed.trackingCode }))).toEqual([
      'NOT_FOUND',
    ]);
  });
});
