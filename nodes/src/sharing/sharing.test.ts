import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataRequestBody, DataRequestView, FileCaseInput, ProblemError, Viewer } from '@liandong/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FeedAppender } from '../feeds/index.ts';
import {
  CaseSteps,
  LOW_INCOME_MATERIALS,
  agent,
  application,
  clerk,
  countyClerk,
  homestead,
  material,
} from '../testing/cases.ts';
import { isolate } from '../testing/isolate.ts';
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
import { importRegisters } from './index.ts';

const SAMPLE = new URL('../../../data/registers-sample.json', import.meta.url);
const HOUSEHOLD = `${COUNTY}-household`;
const ESSENTIAL = ['householdNumber', 'holder', 'relation'];
const supervisor = personAt(COUNTY, 'SUPERVISOR');
const stranger = personAt(OTHER_TOWNSHIP, 'CLERK');

interface RegisterContent {
  registers: unknown[];
  offers: Record<string, unknown>[];
}

let federation: TestFederation;
let steps: CaseSteps;
let dir: string;

const content = async () => JSON.parse(await readFile(SAMPLE, 'utf8')) as RegisterContent;
const load = async (change: (file: RegisterContent) => void = () => undefined, node = COUNTY) => {
  const file = await content();
  change(file);
  const path = join(dir, `${randomUUID()}.json`);
  await writeFile(path, JSON.stringify(file));
  return importRegisters(federation.db(node), node, federation.divisions, path, new FeedAppender(), federation.now());
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-registers-'));
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  await load();
  await eventually(async () => (await offers(agent)).length === 2);
});
afterAll(async () => {
  await federation.stop();
  await rm(dir, { recursive: true });
});

const sharing = (viewer: Viewer) => federation.services(viewer.division).sharing;
const offers = (viewer: Viewer, name: string | null = null) => sharing(viewer).offers(viewer, name);
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.code,
  );

/** A low-income application without the household register: sharing shall give it. */
const withoutHousehold = (change: Partial<FileCaseInput> = {}) =>
  application({
    materials: LOW_INCOME_MATERIALS.filter((name) => name !== '户口簿').map((name) => material(name)),
    ...change,
  });

const ask = (caseId: string, viewer: Viewer = agent, fields = ESSENTIAL, offer = HOUSEHOLD) =>
  sharing(viewer).request(viewer, { case: caseId, offer, fields, idempotencyKey: null });
const seen = async (caseId: string, viewer: Viewer, id: string): Promise<DataRequestView | undefined> =>
  (await sharing(viewer).requests(viewer, caseId)).find((request) => request.id === id);
const ended = async (caseId: string, id: string, viewer: Viewer = agent): Promise<DataRequestView> => {
  await eventually(async () => ((await seen(caseId, viewer, id))?.state ?? 'SENT') !== 'SENT');
  const request = await seen(caseId, viewer, id);
  if (!request) throw new Error('gone');
  return request;
};
const logged = (node: string, request: string) =>
  federation.rows<{ side: string; outcome: string; person: string; asker: string; item: string; fields: string[] }>(
    node,
    `SELECT side, outcome, person, asker, item, fields FROM data_log WHERE node = $1 AND request = $2 ORDER BY id`,
    [node, request],
  );
const lightsOf = async (node: string, caseId: string) =>
  federation.rows<{ level: string; about: string; detail: string }>(
    node,
    `SELECT level, about, detail FROM lights WHERE node = $1 AND case_id = $2`,
    [node, caseId],
  );

describe('an offer', () => {
  test('comes down to the desks below, which find it by the material it replaces', async () => {
    const [found, ...rest] = await offers(agent, '户口簿');
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ offer: { id: HOUSEHOLD, node: COUNTY, version: 1 }, askableHere: true });
    expect(found?.staleSince).toBeInstanceOf(Date);
    expect(await offers(agent, '结婚证')).toEqual([]);
  });

  test('says at its own node that it is no copy', async () => {
    expect((await offers(countyClerk, '户口簿'))[0]).toMatchObject({ askableHere: true, staleSince: null });
  });

  test('that does not name the desk is shown as closed to it', async () => {
    expect((await offers(agent, '残疾人证'))[0]?.askableHere).toBe(false);
    await eventually(async () => (await offers(clerk, '残疾人证'))[0]?.askableHere === true);
  });

  test('is shown to people of a desk and not to the public', async () => {
    await expect(federation.services(VILLAGE).sharing.offers(null, null)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('made in another node’s name is not kept by the desks below', async () => {
    const [{ offer } = { offer: null }] = await offers(countyClerk, '户口簿');
    await federation.db(TOWNSHIP).transact(TOWNSHIP, (tx) =>
      new FeedAppender().append(tx, 'CATALOGUE', [
        { kind: 'OFFER', offer: { ...offer, version: 9, consentNeeded: false } },
        { kind: 'OFFER', offer: { ...offer, id: `${COUNTY}-land`, node: TOWNSHIP, name: '用地证明' } },
        { kind: 'OFFER', offer: { ...offer, id: `${TOWNSHIP}-land`, node: TOWNSHIP, name: '用地证明' } },
      ]),
    );
    await eventually(async () => (await offers(agent, '用地证明')).length > 0);
    expect((await offers(agent, '用地证明')).map((o) => o.offer.id)).toEqual([`${TOWNSHIP}-land`]);
    expect((await offers(agent, '户口簿'))[0]?.offer).toMatchObject({ version: 1, consentNeeded: true });
  });
});

describe('a request within its grant', () => {
  test('is answered with the fields asked for and no others, and ticks the material off', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const sent = await ask(id);
    expect(sent).toMatchObject({
      state: 'SENT',
      asker: VILLAGE,
      provider: COUNTY,
      item: '3310-MZ-001',
      replaces: null,
    });
    const answered = await ended(id, sent.id);
    expect(answered).toMatchObject({ state: 'ANSWERED', replaces: '户口簿', refusals: [] });
    expect(answered.fields).toEqual([
      { name: 'householdNumber', label: '户号', value: '3310220001234' },
      { name: 'holder', label: '户主姓名', value: '王秀英' },
      { name: 'relation', label: '与户主关系', value: '户主' },
    ]);
    expect(await sharing(agent).supplied(agent, id)).toEqual(['户口簿']);
    expect(await lightsOf(COUNTY, id)).toEqual([]);
  });

  test('stands in both logs: who asked for what, at which desk, for which purpose', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await ask(id);
    await ended(id, request);
    const line = { person: agent.sub, asker: VILLAGE, item: '3310-MZ-001', fields: ESSENTIAL };
    expect(await logged(VILLAGE, request)).toEqual([
      { ...line, side: 'ASKED', outcome: 'SENT' },
      { ...line, side: 'ASKED', outcome: 'ANSWERED' },
    ]);
    expect(await logged(COUNTY, request)).toEqual([{ ...line, side: 'PROVIDED', outcome: 'ANSWERED' }]);
  });

  test('leaves a line in the log that nobody can change or take out', async () => {
    const change = (sql: string) => federation.rows(COUNTY, sql, [COUNTY]);
    await expect(change(`UPDATE data_log SET fields = '{}' WHERE node = $1`)).rejects.toThrow('append-only');
    await expect(change(`DELETE FROM data_log WHERE node = $1`)).rejects.toThrow('append-only');
  });

  test('for less than the essential fields is answered and ticks nothing off', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await ask(id, agent, ['address']);
    expect(await ended(id, request)).toMatchObject({ state: 'ANSWERED', replaces: null });
    expect(await sharing(agent).supplied(agent, id)).toEqual([]);
  });

  test('about somebody the register does not hold finds nothing, and lights nothing up', async () => {
    const { applicant } = application();
    const other = { ...applicant, name: '李四', idNumber: '331022198811230048' };
    const id = await steps.file(agent, withoutHousehold({ applicant: other }));
    const { id: request } = await ask(id);
    expect(await ended(id, request)).toMatchObject({ state: 'NOT_FOUND', replaces: null });
    expect(await sharing(agent).supplied(agent, id)).toEqual([]);
    expect(await lightsOf(COUNTY, id)).toEqual([]);
  });

  test('is asked once for one key, however often it is sent', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const input = { case: id, offer: HOUSEHOLD, fields: ESSENTIAL, idempotencyKey: `ask-${id}` };
    const [first, second] = [await sharing(agent).request(agent, input), await sharing(agent).request(agent, input)];
    expect(second.id).toBe(first.id);
    expect(await codeOf(sharing(agent).request(agent, { ...input, fields: ['address'] }))).toBe('IDEMPOTENCY_MISMATCH');
  });

  test('may go to the desk’s own node, as any other', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    const { id: request } = await ask(id, countyClerk);
    expect(await ended(id, request, countyClerk)).toMatchObject({ state: 'ANSWERED', asker: COUNTY, provider: COUNTY });
    expect((await logged(COUNTY, request)).map((line) => line.side).sort()).toEqual(['ASKED', 'ASKED', 'PROVIDED']);
  });
});

describe('while the line is cut', () => {
  test('a request waits, and is answered once when the line is back', async () => {
    const id = await steps.file(agent, withoutHousehold());
    let request = '';
    await isolate(federation, VILLAGE, async () => {
      request = (await ask(id)).id;
      expect((await seen(id, agent, request))?.state).toBe('SENT');
    });
    expect(await ended(id, request)).toMatchObject({ state: 'ANSWERED', replaces: '户口簿' });
    expect(await logged(COUNTY, request)).toHaveLength(1);
  });

  test('an answer that comes after the case moved on follows it to the desk that holds it', async () => {
    const id = await steps.file(agent, withoutHousehold());
    await federation.stopHost(COUNTY);
    const { id: request } = await ask(id);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    expect(await sharing(clerk).supplied(clerk, id)).toEqual([]);
    await federation.startHost(COUNTY);
    await eventually(async () => (await sharing(clerk).supplied(clerk, id)).length === 1);
    expect((await seen(id, clerk, request))?.fields[1]).toMatchObject({ label: '户主姓名', value: '王秀英' });
  });
});

describe('a request or an answer that comes again', () => {
  const again = (node: string, id: string, kind: string) =>
    federation.rows(
      node,
      `UPDATE outbox SET settled_at = NULL, outcome = NULL, receipt_id = NULL, next_at = now()
       WHERE node = $1 AND case_id = $2 AND kind = $3`,
      [node, id, kind],
    );
  const settled = (node: string, id: string) =>
    eventually(
      async () =>
        (
          await federation.rows(node, `SELECT 1 FROM outbox WHERE node = $1 AND case_id = $2 AND settled_at IS NULL`, [
            node,
            id,
          ])
        ).length === 0,
    );

  test('is done once, also under a new message id', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await ask(id);
    await ended(id, request);
    await Promise.all([settled(VILLAGE, id), settled(COUNTY, id)]);
    const before = [await logged(VILLAGE, request), await logged(COUNTY, request)];
    // as if every receipt had been lost
    await Promise.all([again(VILLAGE, id, 'DATA_REQUEST'), again(COUNTY, id, 'DATA_ANSWER')]);
    for (const [node, kind] of [
      [VILLAGE, 'DATA_REQUEST'],
      [COUNTY, 'DATA_ANSWER'],
    ] as const) {
      await federation.rows(
        node,
        `INSERT INTO outbox (node, id, receiver, kind, case_id, body)
         SELECT node, gen_random_uuid(), receiver, kind, case_id, body FROM outbox
         WHERE node = $1 AND case_id = $2 AND kind = $3`,
        [node, id, kind],
      );
    }
    await Promise.all([settled(VILLAGE, id), settled(COUNTY, id)]);
    expect([await logged(VILLAGE, request), await logged(COUNTY, request)]).toEqual(before);
    expect(await sharing(agent).requests(agent, id)).toHaveLength(1);
  });
});

describe('a request outside its grant', () => {
  test.each<[string, string, () => Promise<[string, DataRequestView]>]>([
    [
      'for an item it is not offered for',
      'purpose',
      async () => {
        const id = await steps.file(agent, homestead());
        return [id, await ask(id)];
      },
    ],
    [
      'for a field that is not offered',
      'fields',
      async () => {
        const id = await steps.file(agent, withoutHousehold());
        return [id, await ask(id, agent, [...ESSENTIAL, 'income'])];
      },
    ],
    [
      'without the applicant’s consent',
      'consent',
      async () => {
        const viewer = personAt(VILLAGE, 'CLERK');
        const id = await steps.file(viewer, withoutHousehold({ consent: null }));
        return [id, await ask(id, viewer)];
      },
    ],
    [
      'for something that is not offered',
      'offer',
      async () => {
        const id = await steps.file(agent, withoutHousehold());
        return [id, await ask(id, agent, ESSENTIAL, `${COUNTY}-income`)];
      },
    ],
  ])('%s is refused with its reason, gives nothing, and lights up at both ends', async (_name, field, make) => {
    const [id, sent] = await make();
    const refused = await ended(id, sent.id);
    expect(refused).toMatchObject({ state: 'REFUSED', replaces: null });
    expect(refused.refusals).toMatchObject([{ code: 'DATA_OUT_OF_GRANT', field, node: COUNTY }]);
    expect(refused.refusals[0]?.article).toMatch(/个人信息保护法/);
    expect(refused.fields.map((f) => f.value)).toEqual(refused.fields.map(() => null));
    for (const node of [COUNTY, VILLAGE]) {
      expect(await lightsOf(node, id)).toMatchObject([{ level: 'RED', about: VILLAGE }]);
      expect((await logged(node, sent.id)).at(-1)).toMatchObject({ outcome: 'REFUSED' });
    }
    expect(await sharing(agent).supplied(agent, id)).toEqual([]);
  });

  test('of a tier that may not ask is refused', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await ask(id, agent, ['grade'], `${COUNTY}-disability`);
    const { refusals } = await ended(id, request);
    expect(refusals.map((p) => p.field)).toEqual(['asker', 'purpose']);
  });
});

describe('a request whose proof can not be believed', () => {
  /** What the village would have sent, spoilt on the way out. */
  const inject = async (spoil: (body: DataRequestBody) => Promise<void> | void, from = VILLAGE) => {
    const id = await steps.file(agent, withoutHousehold());
    await isolate(federation, VILLAGE, async () => void (await ask(id)));
    const [row] = await federation.rows<{ body: string }>(
      VILLAGE,
      `SELECT body FROM outbox WHERE node = $1 AND case_id = $2 AND kind = 'DATA_REQUEST'`,
      [VILLAGE, id],
    );
    const body = { ...(JSON.parse(row?.body ?? '{}') as DataRequestBody), request: randomUUID() };
    await spoil(body);
    await federation.rows(
      from,
      `INSERT INTO outbox (node, id, receiver, kind, case_id, body) VALUES ($1, $2, $3, 'DATA_REQUEST', $4, $5)`,
      [from, randomUUID(), COUNTY, id, JSON.stringify(body)],
    );
    await eventually(async () => (await logged(COUNTY, body.request)).length > 0);
    expect(await logged(COUNTY, body.request)).toMatchObject([{ outcome: 'REFUSED', asker: from, item: null }]);
    return lightsOf(COUNTY, id);
  };

  test('by a changed byte in a signed line is refused and lights up', async () => {
    const [found] = await inject((body) => {
      const [first = ''] = body.lines;
      body.lines = [first.replace(/\.(.)/, (_, c: string) => `.${c === 'e' ? 'f' : 'e'}`)];
    });
    expect(found).toMatchObject({ level: 'RED', about: VILLAGE });
  });

  test('with another person’s number in the application is refused and lights up', async () => {
    const [found] = await inject((body) => {
      body.application = body.application.replace('331022195203120028', '331022196407080018');
    });
    expect(found?.detail).toContain('application');
  });

  test('for another desk’s case is refused and lights up', async () => {
    const [found] = await inject(() => undefined, OTHER_TOWNSHIP);
    expect(found).toMatchObject({ about: OTHER_TOWNSHIP });
  });
});

describe('an answer that can not be believed', () => {
  const answerOf = async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await ask(id);
    await ended(id, request);
    const [row] = await federation.rows<{ body: string }>(
      COUNTY,
      `SELECT body FROM outbox WHERE node = $1 AND case_id = $2 AND kind = 'DATA_ANSWER'`,
      [COUNTY, id],
    );
    return { id, body: JSON.parse(row?.body ?? '{}') as { record: string; values: string } };
  };
  /** Sends it to the township, as a desk that passes a case on does. */
  const pass = async (id: string, body: unknown) => {
    const message = randomUUID();
    await federation.rows(
      VILLAGE,
      `INSERT INTO outbox (node, id, receiver, kind, case_id, body) VALUES ($1, $2, $3, 'DATA_ANSWER', $4, $5)`,
      [VILLAGE, message, TOWNSHIP, id, JSON.stringify(body)],
    );
    const row = async () =>
      (
        await federation.rows<{ outcome: string | null; code: string | null }>(
          VILLAGE,
          `SELECT outcome, code FROM outbox WHERE node = $1 AND id = $2`,
          [VILLAGE, message],
        )
      )[0];
    await eventually(async () => (await row())?.outcome !== null);
    const found = await row();
    await federation.rows(VILLAGE, `DELETE FROM outbox WHERE node = $1 AND id = $2`, [VILLAGE, message]);
    const kept = await federation.rows(TOWNSHIP, `SELECT 1 FROM data_requests WHERE node = $1 AND case_id = $2`, [
      TOWNSHIP,
      id,
    ]);
    return { ...found, kept: kept.length };
  };

  test('passed on as it was signed is kept', async () => {
    const { id, body } = await answerOf();
    expect(await pass(id, body)).toEqual({ outcome: 'DONE', code: null, kept: 1 });
  });

  test('with other values than were signed is refused', async () => {
    const { id, body } = await answerOf();
    const values = body.values.replace('王秀英', '李秀英');
    expect(await pass(id, { ...body, values })).toEqual({ outcome: 'REFUSED', code: 'MESSAGE_INVALID', kept: 0 });
  });

  test('with a changed byte in the signed record is parked', async () => {
    const { id, body } = await answerOf();
    const record = body.record.replace(/\.(.)/, (_, c: string) => `.${c === 'e' ? 'f' : 'e'}`);
    expect(await pass(id, { ...body, record })).toEqual({ outcome: 'PARKED', code: 'SIGNATURE_INVALID', kept: 0 });
  });
});

describe('what was given', () => {
  test('goes with the case to the next desk and the one after it, which need not ask again', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await ask(id);
    await ended(id, request);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await sharing(clerk).supplied(clerk, id)).length === 1);
    expect((await seen(id, clerk, request))?.fields[0]?.value).toBe('3310220001234');
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await eventually(async () => (await sharing(countyClerk).supplied(countyClerk, id)).length === 1);
    expect(await seen(id, countyClerk, request)).toMatchObject({ asker: VILLAGE, replaces: '户口簿' });
  });

  test('is seen by the desks that handle the case, by supervisors without values, and by nobody else', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await ask(id);
    await ended(id, request);
    const at = federation.services(VILLAGE).sharing;
    const [shown] = await at.requests(supervisor, id);
    expect(shown).toMatchObject({ state: 'ANSWERED', asker: VILLAGE });
    expect(shown?.fields.map((f) => f.value)).toEqual([null, null, null]);
    expect(await codeOf(at.requests(stranger, id))).toBe('FORBIDDEN');
    expect(await codeOf(at.supplied(stranger, id))).toBe('FORBIDDEN');
    expect(await codeOf(at.requests(null, id))).toBe('UNAUTHENTICATED');
    expect(await codeOf(at.requests(agent, `${VILLAGE}-none`))).toBe('NOT_FOUND');
  });
});

describe('a material that sharing gave', () => {
  test('is not missing at acceptance, and one that nobody gave still is', async () => {
    const id = await steps.file(agent, withoutHousehold());
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    expect(await codeOf(steps.accept(id, clerk))).toBe('MATERIALS_MISSING');
    const { id: request } = await ask(id, clerk);
    await ended(id, request, clerk);
    expect((await steps.accept(id, clerk)).state).toBe('ACCEPTED');
  });

  test('need not be named in the one-time notice, and the others must', async () => {
    const input = withoutHousehold();
    const id = await steps.file(agent, { ...input, materials: input.materials.slice(0, 1) });
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const { id: request } = await ask(id, clerk);
    await ended(id, request, clerk);
    const notice = (names: string[]) =>
      federation.services(TOWNSHIP).handling.requestSupplement(clerk, {
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
    const { filing, trackingCode } = await federation.services(VILLAGE).filing.file(agent, withoutHousehold());
    await steps.forward(filing.id, agent);
    await steps.arrives(filing.id, clerk);
    await ask(filing.id, clerk);
    const use = () => federation.services(VILLAGE).sharing.use(filing.number, trackingCode);
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
      [VILLAGE, filing.id],
    );
    expect(row?.given).toBeNull();
    expect(await codeOf(federation.services(VILLAGE).sharing.use(filing.number, 'WRONG234'))).toBe('NOT_FOUND');
  });
});

describe('the desk that asks', () => {
  test('must hold the case, and its people must be agents or clerks', async () => {
    const id = await steps.file(agent, withoutHousehold());
    expect(await codeOf(federation.services(VILLAGE).sharing.request(null, request(id)))).toBe('UNAUTHENTICATED');
    const chief = { ...agent, roles: ['CHIEF' as const] };
    expect(await codeOf(sharing(agent).request(chief, request(id)))).toBe('FORBIDDEN');
    expect(await codeOf(sharing(agent).request(supervisor, request(id)))).toBe('FORBIDDEN');
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await codeOf(ask(id))) === 'NOT_CUSTODIAN');
    expect(await codeOf(ask(id, clerk))).toBeNull();
  });

  test('asks a node that is there', async () => {
    const id = await steps.file(agent, withoutHousehold());
    expect(await codeOf(ask(id, agent, ESSENTIAL, '331002-household'))).toBe('NOT_FOUND');
    expect(await codeOf(ask(id, agent, ESSENTIAL, 'household'))).toBe('BAD_INPUT');
  });

  const request = (id: string) => ({ case: id, offer: HOUSEHOLD, fields: ESSENTIAL, idempotencyKey: null });
});

describe('lights', () => {
  test('are shown to supervisors of the division and to nobody else', async () => {
    const at = federation.services(COUNTY).sharing;
    const shown = await at.lights(supervisor);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown[0]).toMatchObject({ kind: 'DATA_OUT_OF_GRANT', level: 'RED', raisedAt: COUNTY });
    expect(await codeOf(federation.services(VILLAGE).sharing.lights(supervisor))).toBeNull();
    expect(await codeOf(at.lights(countyClerk))).toBe('FORBIDDEN');
    expect(await codeOf(at.lights(personAt('331002', 'SUPERVISOR')))).toBe('FORBIDDEN');
    expect(await codeOf(at.lights(null))).toBe('UNAUTHENTICATED');
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
    await eventually(async () => (await sharing(agent).supplied(agent, id)).length === 1);
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
    const error = await load((file) => {
      file.registers.length = 1;
      Object.assign(file.offers[0] ?? {}, { validTo: '2025-01-01' });
    }).catch((e: ProblemError) => e);
    expect((error as ProblemError).problems.map((p) => [p.code, p.field])).toEqual([
      ['REGISTER_INVALID', 'offers[0].validTo'],
      ['REGISTER_INVALID', 'offers[1].register'],
    ]);
    expect(await rows()).toEqual(before);
  });

  test('is refused for another node’s file and for one that is not there', async () => {
    await expect(load(undefined, TOWNSHIP)).rejects.toMatchObject({ code: 'REGISTER_INVALID' });
    const none = importRegisters(
      federation.db(COUNTY),
      COUNTY,
      federation.divisions,
      join(dir, 'none.json'),
      new FeedAppender(),
      federation.now(),
    );
    await expect(none).rejects.toMatchObject({ code: 'REGISTER_INVALID' });
  });

  test('of the same file changes no offer', async () => {
    expect(await load()).toEqual({ rows: 3, published: [], withdrawn: [], unchanged: 2 });
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
    const report = await load((file) => {
      file.offers.length = 1;
      Object.assign(file.offers[0] ?? {}, { consentNeeded: false });
    });
    expect(report).toMatchObject({ published: [HOUSEHOLD], withdrawn: [`${COUNTY}-disability`] });
    await eventually(async () => (await offers(clerk, '残疾人证'))[0]?.askableHere === false);
    await eventually(async () => (await offers(agent, '户口簿'))[0]?.offer.version === 2);
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await ask(id, agent, ['grade'], `${COUNTY}-disability`);
    expect((await ended(id, request)).refusals.map((p) => p.field)).toContain('dates');
  });
});
