import { randomUUID } from 'node:crypto';
import type { LogLine } from '@liandong/schema/case';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import type { DataRequestBody, DataRequestView } from '@liandong/schema/domains/sharing';
import type { ProblemError } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, clerk, countyClerk, homestead } from '../testing/cases.ts';
import { trustOfAll } from '../testing/signing.ts';
import { sha256 } from '../trust/index.ts';
import { isolate } from '../testing/isolate.ts';
import { DataSharing, ESSENTIAL, HOUSEHOLD, withoutHousehold } from '../testing/sharing.ts';
import { putOutbox, readOutbox } from '../testing/outbox.ts';
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

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.code,
  );

describe('a request within its grant', () => {
  test('is answered with the fields asked for and no others, and ticks the material off', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const sent = await data.ask(id);
    expect(sent).toMatchObject({
      state: 'SENT',
      asker: VILLAGE,
      provider: COUNTY,
      item: '3310-MZ-001',
      replaces: null,
    });
    const answered = await data.ended(id, sent.id);
    expect(answered).toMatchObject({ state: 'ANSWERED', replaces: '户口簿', refusals: [] });
    expect(answered.fields).toEqual([
      { name: 'householdNumber', label: '户号', value: '3310220001234' },
      { name: 'holder', label: '户主姓名', value: '王秀英' },
      { name: 'relation', label: '与户主关系', value: '户主' },
    ]);
    expect(await data.supplied(id)).toEqual(['户口簿']);
    expect(await data.lights(COUNTY, id)).toEqual([]);
  });

  test('stands in both logs: who asked for what, at which desk, for which purpose', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await data.ask(id);
    await data.ended(id, request);
    const line = { person: agent.sub, asker: VILLAGE, item: '3310-MZ-001', fields: ESSENTIAL };
    expect(await data.logged(VILLAGE, request)).toEqual([
      { ...line, side: 'ASKED', outcome: 'SENT' },
      { ...line, side: 'ASKED', outcome: 'ANSWERED' },
    ]);
    expect(await data.logged(COUNTY, request)).toEqual([{ ...line, side: 'PROVIDED', outcome: 'ANSWERED' }]);
  });

  test('leaves a line in the log that nobody can change or take out', async () => {
    const change = (sql: string) => federation.rows(COUNTY, sql, [COUNTY]);
    await expect(change(`UPDATE data_log SET fields = '{}' WHERE node = $1`)).rejects.toThrow('append-only');
    await expect(change(`DELETE FROM data_log WHERE node = $1`)).rejects.toThrow('append-only');
  });

  test('for less than the essential fields is answered and ticks nothing off', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await data.ask(id, agent, ['address']);
    expect(await data.ended(id, request)).toMatchObject({ state: 'ANSWERED', replaces: null });
    expect(await data.supplied(id)).toEqual([]);
  });

  test('about somebody the register does not hold finds nothing, and lights nothing up', async () => {
    const { applicant } = application();
    const other = { ...applicant, name: '李四', idNumber: '331022198811230048' };
    const id = await steps.file(agent, withoutHousehold({ applicant: other }));
    const { id: request } = await data.ask(id);
    expect(await data.ended(id, request)).toMatchObject({ state: 'NOT_FOUND', replaces: null });
    expect(await data.supplied(id)).toEqual([]);
    expect(await data.lights(COUNTY, id)).toEqual([]);
  });

  test('is asked once for one key, however often it is sent', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const input = { case: id, offer: HOUSEHOLD, fields: ESSENTIAL, idempotencyKey: `ask-${id}` };
    const [first, second] = [
      await data.at(agent).requestData(agent, input),
      await data.at(agent).requestData(agent, input),
    ];
    expect(second.id).toBe(first.id);
    expect(await codeOf(data.at(agent).requestData(agent, { ...input, fields: ['address'] }))).toBe(
      'IDEMPOTENCY_MISMATCH',
    );
  });

  test('sent again shows what was given meanwhile, and that is written down as a reading', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const input = { case: id, offer: HOUSEHOLD, fields: ESSENTIAL, idempotencyKey: `again-${id}` };
    const token = await federation.token(agent);
    const send = async () => {
      const query = `mutation ($input: RequestDataInput!) { requestData(input: $input) {
        request { id fields { value } } errors { code } } }`;
      const { data: sent } = await federation.ask(VILLAGE, { role: 'sharing', query, variables: { input }, token });
      return sent as { requestData: { request: { id: string; fields: { value: string | null }[] } } };
    };
    const readings = () =>
      federation.rows(
        VILLAGE,
        `SELECT person, fields, question FROM personal_data_reads WHERE node = $1 AND subject = $2`,
        [VILLAGE, id],
      );
    const { requestData: first } = await send();
    expect(await readings()).toEqual([]);
    await data.ended(id, first.request.id);
    const { requestData: again } = await send();
    expect(again.request.fields[0]?.value).toBe('3310220001234');
    expect(await readings()).toEqual([
      { person: agent.sub, fields: ['DataRequest.fields.value'], question: 'requestData' },
    ]);
  });

  test('may go to the desk’s own node like any other request', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    const { id: request } = await data.ask(id, countyClerk);
    expect(await data.ended(id, request, countyClerk)).toMatchObject({
      state: 'ANSWERED',
      asker: COUNTY,
      provider: COUNTY,
    });
    expect((await data.logged(COUNTY, request)).map((line) => line.side).sort()).toEqual([
      'ASKED',
      'ASKED',
      'PROVIDED',
    ]);
  });
});

describe('while the line is cut', () => {
  test('a request waits, and is answered once when the line is back', async () => {
    const id = await steps.file(agent, withoutHousehold());
    let request = '';
    await isolate(federation, VILLAGE, async () => {
      request = (await data.ask(id)).id;
      expect((await data.seen(id, agent, request))?.state).toBe('SENT');
    });
    expect(await data.ended(id, request)).toMatchObject({ state: 'ANSWERED', replaces: '户口簿' });
    expect(await data.logged(COUNTY, request)).toHaveLength(1);
  });

  test('an answer that comes after the case moved on follows it to the desk that holds it', async () => {
    const id = await steps.file(agent, withoutHousehold());
    await federation.stopHost(COUNTY);
    const { id: request } = await data.ask(id);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    expect(await data.supplied(id, clerk)).toEqual([]);
    await federation.startHost(COUNTY);
    await eventually(async () => (await data.supplied(id, clerk)).length === 1);
    expect((await data.seen(id, clerk, request))?.fields[1]).toMatchObject({ label: '户主姓名', value: '王秀英' });
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
    const { id: request } = await data.ask(id);
    await data.ended(id, request);
    await Promise.all([settled(VILLAGE, id), settled(COUNTY, id)]);
    const before = [await data.logged(VILLAGE, request), await data.logged(COUNTY, request)];
    // as if every receipt had been lost
    await Promise.all([again(VILLAGE, id, 'DATA_REQUEST'), again(COUNTY, id, 'DATA_ANSWER')]);
    for (const [node, kind] of [
      [VILLAGE, 'DATA_REQUEST'],
      [COUNTY, 'DATA_ANSWER'],
    ] as const) {
      for (const { receiver, body } of await readOutbox(federation, node, id, kind)) {
        await putOutbox(federation, node, { receiver, kind, caseId: id, body });
      }
    }
    await Promise.all([settled(VILLAGE, id), settled(COUNTY, id)]);
    expect([await data.logged(VILLAGE, request), await data.logged(COUNTY, request)]).toEqual(before);
    expect(await data.at(agent).dataRequests(agent, { case: id })).toHaveLength(1);
  });
});

describe('a request outside its grant', () => {
  test.each<[string, string, () => Promise<[string, DataRequestView]>]>([
    [
      'for an item it is not offered for',
      'purpose',
      async () => {
        const id = await steps.file(agent, homestead());
        return [id, await data.ask(id)];
      },
    ],
    [
      'for a field that is not offered',
      'fields',
      async () => {
        const id = await steps.file(agent, withoutHousehold());
        return [id, await data.ask(id, agent, [...ESSENTIAL, 'income'])];
      },
    ],
    [
      'without the applicant’s consent',
      'consent',
      async () => {
        const viewer = personAt(VILLAGE, 'CLERK');
        const id = await steps.file(viewer, withoutHousehold({ consent: null }));
        return [id, await data.ask(id, viewer)];
      },
    ],
    [
      'for something that is not offered',
      'offer',
      async () => {
        const id = await steps.file(agent, withoutHousehold());
        return [id, await data.ask(id, agent, ESSENTIAL, `${COUNTY}-income`)];
      },
    ],
  ])('%s is refused with its reason, gives nothing, and lights up at both ends', async (_name, field, make) => {
    const [id, sent] = await make();
    const refused = await data.ended(id, sent.id);
    expect(refused).toMatchObject({ state: 'REFUSED', replaces: null });
    expect(refused.refusals).toMatchObject([{ code: 'DATA_OUT_OF_GRANT', field, node: COUNTY }]);
    expect(refused.refusals[0]?.article).toMatch(/个人信息保护法/);
    expect(refused.fields.map((f) => f.value)).toEqual(refused.fields.map(() => null));
    for (const node of [COUNTY, VILLAGE]) {
      expect(await data.lights(node, id)).toMatchObject([{ level: 'RED', about: VILLAGE }]);
      expect((await data.logged(node, sent.id)).at(-1)).toMatchObject({ outcome: 'REFUSED' });
    }
    expect(await data.supplied(id)).toEqual([]);
  });

  test('of a tier that may not ask is refused', async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await data.ask(id, agent, ['grade'], `${COUNTY}-disability`);
    const { refusals } = await data.ended(id, request);
    expect(refusals.map((p) => p.field)).toEqual(['asker', 'purpose']);
  });
});

describe('a request whose proof cannot be believed', () => {
  /** Sends the village's request after the test has spoilt it. */
  const inject = async (spoil: (body: DataRequestBody) => Promise<void> | void, from = VILLAGE) => {
    const id = await steps.file(agent, withoutHousehold());
    await isolate(federation, VILLAGE, async () => void (await data.ask(id)));
    const [row] = await readOutbox(federation, VILLAGE, id, 'DATA_REQUEST');
    const body = { ...(JSON.parse(row?.body ?? '{}') as DataRequestBody), request: randomUUID() };
    await spoil(body);
    await putOutbox(federation, from, {
      receiver: COUNTY,
      kind: 'DATA_REQUEST',
      caseId: id,
      body: JSON.stringify(body),
    });
    await eventually(async () => (await data.logged(COUNTY, body.request)).length > 0);
    expect(await data.logged(COUNTY, body.request)).toMatchObject([{ outcome: 'REFUSED', asker: from, item: null }]);
    return data.lights(COUNTY, id);
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

  test('with the line that handed the case to another desk is refused and lights up', async () => {
    const [found] = await inject(async (body) => {
      await steps.forward(body.case, agent);
      await steps.arrives(body.case, clerk);
      const [forwarded] = await federation.rows<{ jws: string }>(
        VILLAGE,
        `SELECT jws FROM case_log WHERE node = $1 AND case_id = $2 AND seq = 2`,
        [VILLAGE, body.case],
      );
      body.lines = [...body.lines, forwarded?.jws ?? ''];
    }, OTHER_TOWNSHIP);
    expect(found).toMatchObject({ about: OTHER_TOWNSHIP });
  });

  test('with a correction that only the asking desk signed is refused and lights up', async () => {
    const trust = await trustOfAll(federation);
    const id = await steps.file(agent, withoutHousehold());
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await isolate(federation, TOWNSHIP, async () => void (await data.ask(id, clerk)));
    const [row] = await readOutbox(federation, TOWNSHIP, id, 'DATA_REQUEST');
    const asked = JSON.parse(row?.body ?? '{}') as DataRequestBody;
    const application = asked.application.replace('331022195203120028', '331022196407080018');
    const [filed] = await federation.rows<{ jws: string }>(
      TOWNSHIP,
      `SELECT jws FROM case_log WHERE node = $1 AND case_id = $2 AND seq = 1`,
      [TOWNSHIP, id],
    );
    const { payload } = await trust.verify(filed?.jws ?? '', SIGNED_TYPES.line);
    const { data: said, ...first } = payload as LogLine & { action: 'FILED' };
    const { consent, facts } = said;
    const corrected = {
      parts: ['APPLICANT'],
      reason: '证件号码有误',
      application: sha256(application),
      consent,
      facts,
    };
    const line = { ...first, seq: 2, node: TOWNSHIP, action: 'APPLICATION_CORRECTED', data: corrected };
    const forged = await trust.sign(TOWNSHIP, SIGNED_TYPES.line, line);
    const body = { ...asked, request: randomUUID(), application, lines: [...asked.lines, forged] };
    await putOutbox(federation, TOWNSHIP, {
      receiver: COUNTY,
      kind: 'DATA_REQUEST',
      caseId: id,
      body: JSON.stringify(body),
    });
    await eventually(async () => (await data.logged(COUNTY, body.request)).length > 0);
    expect(await data.logged(COUNTY, body.request)).toMatchObject([{ outcome: 'REFUSED', item: null }]);
    expect((await data.lights(COUNTY, id))[0]).toMatchObject({ level: 'RED', about: TOWNSHIP });
  });

  test('with a handing over that only the asking desk signed is refused and lights up', async () => {
    const trust = await trustOfAll(federation);
    const [found] = await inject(async (body) => {
      const { payload } = await trust.verify(body.lines[0] ?? '', SIGNED_TYPES.line);
      const { data: _, ...first } = payload as LogLine;
      const data = { to: OTHER_TOWNSHIP, epoch: 2 };
      const line = { ...first, seq: 2, node: OTHER_TOWNSHIP, action: 'FORWARDED', data };
      body.lines = [...body.lines, await trust.sign(OTHER_TOWNSHIP, SIGNED_TYPES.line, line)];
    }, OTHER_TOWNSHIP);
    expect(found).toMatchObject({ about: OTHER_TOWNSHIP });
    expect(found?.detail).toContain(`Nothing shows that the case came to ${OTHER_TOWNSHIP}`);
  });

  test('for another desk’s case is refused and lights up', async () => {
    const [found] = await inject(() => undefined, OTHER_TOWNSHIP);
    expect(found).toMatchObject({ about: OTHER_TOWNSHIP });
  });
});

describe('an answer that cannot be believed', () => {
  const answerOf = async () => {
    const id = await steps.file(agent, withoutHousehold());
    const { id: request } = await data.ask(id);
    await data.ended(id, request);
    const [row] = await readOutbox(federation, COUNTY, id, 'DATA_ANSWER');
    return { id, body: JSON.parse(row?.body ?? '{}') as { record: string; values: string } };
  };
  /** Sends an answer to the township, as a desk that passes a case on does. */
  const pass = async (id: string, content: unknown) => {
    const body = JSON.stringify(content);
    const message = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'DATA_ANSWER', caseId: id, body });
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
