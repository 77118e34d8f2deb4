import { filing } from '@liandong/schema/domains/filing';
import type { ProblemError } from '@liandong/schema/kernel';
import { ARTICLES } from '@liandong/schema/kernel';
import { proxy } from '@liandong/schema/domains/proxy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, clerk } from '../testing/cases.ts';
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

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const proxyDesk = (node: string) => federation.desk(node, proxy);
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.code,
  );
const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.problem,
  );
const contact = (id: string, what = '上门核对材料') =>
  ({ id, idempotencyKey: null, with: 'APPLICANT', way: 'VISIT', what }) as const;
const revocation = (id: string) => ({ id, idempotencyKey: null, way: 'SIGNATURE', reason: null }) as const;
const logged = async (id: string, viewer: typeof agent) =>
  ((await steps.seen(id, viewer))?.log ?? []).map((line) => line.action);

describe('a contact', () => {
  test("is written in the case's log here, and at the township once the case is there", async () => {
    const id = await steps.file(agent, application());
    await proxyDesk(VILLAGE).logContact(agent, contact(id));
    expect(await logged(id, agent)).toEqual(['FILED', 'CONTACTED']);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await logged(id, agent)).includes('RECEIVED'));
    await proxyDesk(VILLAGE).logContact(agent, contact(id, '送达进度告知'));
    const told = ['FILED', 'CONTACTED', 'FORWARDED', 'RECEIVED', 'CONTACTED'];
    // sent to the township, written there, echoed back
    await eventually(async () => (await logged(id, agent)).join() === told.join());
    expect(await logged(id, clerk)).toEqual(told);
  });

  test('with a phone number in it is refused and changes nothing', async () => {
    const id = await steps.file(agent, application());
    expect(await codeOf(proxyDesk(VILLAGE).logContact(agent, contact(id, '致电13800138000')))).toBe('BAD_INPUT');
    expect(await logged(id, agent)).toEqual(['FILED']);
  });
});

test("a consent taken back ends the agent's steps; the village's clerk goes on", async () => {
  const id = await steps.file(agent, application());
  await proxyDesk(VILLAGE).revokeConsent(agent, revocation(id));
  expect(await codeOf(steps.forward(id, agent))).toBe('CONSENT_REVOKED');
  await steps.forward(id, personAt(VILLAGE, 'CLERK'));
  await steps.arrives(id, clerk);
});

describe('a take-over', () => {
  const team = personAt(TOWNSHIP, 'AGENT');
  const asked = (...ids: string[]) => ({ ids, reason: '村代办员请假', idempotencyKey: null });

  test("brings a list of a village's cases to its township's proxy team, which looks after them from then on", async () => {
    const ids = [await steps.file(agent, application()), await steps.file(agent, application())];
    expect(await proxyDesk(TOWNSHIP).takeOverCases(team, asked(...ids))).toEqual(
      ids.map((id) => ({ id, from: VILLAGE })),
    );
    for (const id of ids) {
      await steps.arrives(id, clerk);
      expect(await logged(id, clerk)).toEqual(['FILED', 'TRANSFERRED', 'RECEIVED']);
      const { agent: now } = await proxyDesk(TOWNSHIP).proxyHandling(clerk, { case: id });
      expect(now).toEqual({ node: TOWNSHIP, sub: team.sub, name: team.name });
    }
  });

  test('of a list with a stray case in it names that case and asks for none', async () => {
    const id = await steps.file(agent, application());
    const stray = await steps.file(personAt(OTHER_TOWNSHIP, 'AGENT'), application());
    const attempt = proxyDesk(TOWNSHIP).takeOverCases(team, asked(id, stray));
    expect(await refusal(attempt)).toMatchObject({ code: 'NOT_COMPETENT', field: 'ids.1' });
    const waiting = `SELECT 1 FROM outbox WHERE node = $1 AND case_id = ANY ($2)`;
    expect(await federation.rows(TOWNSHIP, waiting, [TOWNSHIP, [id, stray]])).toEqual([]);
    expect(await logged(id, agent)).toEqual(['FILED']);
  });

  test('is refused to another township, to a chief, and without a reason', async () => {
    const id = await steps.file(agent, application());
    const other = personAt(OTHER_TOWNSHIP, 'AGENT');
    expect(await codeOf(proxyDesk(OTHER_TOWNSHIP).takeOverCases(other, asked(id)))).toBe('NOT_COMPETENT');
    expect(await codeOf(proxyDesk(TOWNSHIP).takeOverCases(personAt(TOWNSHIP, 'CHIEF'), asked(id)))).toBe('FORBIDDEN');
    expect(await codeOf(proxyDesk(TOWNSHIP).takeOverCases(team, { ...asked(id), reason: '' }))).toBe('REASON_MISSING');
  });
});

describe('the applicant', () => {
  test('sees with number and code who acted, in which post, whom they spoke to, and nothing of anybody else', async () => {
    const { fileCase, track } = federation.desk(VILLAGE, filing);
    const made = await fileCase(agent, application());
    const { id, number } = made.filing;
    await proxyDesk(VILLAGE).logContact(agent, contact(id));
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.accept(id, clerk);
    await eventually(async () => (await track(null, { number, code: made.trackingCode })).state === 'ACCEPTED');
    const seen = await track(null, { number, code: made.trackingCode });
    const byAgent = { actor: agent.name, post: 'AGENT', insteadOf: null, byProxy: true };
    expect(seen.steps).toMatchObject([
      { action: 'FILED', ...byAgent },
      { action: 'CONTACTED', ...byAgent },
      { action: 'FORWARDED', ...byAgent },
      { action: 'RECEIVED', actor: '系统', post: null, byProxy: false },
      { action: 'ACCEPTED', actor: clerk.name, post: 'CLERK', byProxy: false },
    ]);
    expect(seen.proxy).toMatchObject({
      agent: { node: VILLAGE, name: agent.name },
      consent: { scope: '代办最低生活保障', revokedAt: null },
      contacts: [{ with: 'APPLICANT', way: 'VISIT', what: '上门核对材料' }],
    });
    expect(JSON.stringify(seen)).not.toMatch(/王秀英|331022195203120028|13800000001/);
  });

  test('sees that nobody acts by proxy where a clerk took it in without a consent', async () => {
    const { fileCase, track } = federation.desk(TOWNSHIP, filing);
    const made = await fileCase(clerk, application({ consent: null }));
    const slip = { number: made.filing.number, code: made.trackingCode };
    expect(await track(null, slip)).toMatchObject({ proxy: null });
    expect(await codeOf(proxyDesk(TOWNSHIP).proxyHandling(clerk, { case: made.filing.id }))).toBe('CONSENT_MISSING');
  });
});

describe('the graph', () => {
  const send = async (viewer: typeof agent, query: string, variables: Record<string, unknown>) => {
    const token = await federation.token(viewer);
    const { data, errors } = await federation.ask(viewer.division, { role: 'proxy', query, variables, token });
    expect(errors ?? []).toEqual([]);
    return data;
  };
  const LOG = `mutation ($input: LogContactInput!) { logContact(input: $input) {
    handling { agent { name node { code } } contacts { what by } } carriedTo { code } errors { code field article } } }`;
  const REVOKE = `mutation ($input: RevokeConsentInput!) { revokeConsent(input: $input) {
    handling { consent { revokedAt } } carriedTo { code } errors { code field } } }`;
  const TAKE = `mutation ($input: TakeOverCasesInput!) { takeOverCases(input: $input) {
    asked { id from { code } } errors { code field } } }`;

  test('logs a contact, shows it, takes the consent back, and refuses with code and field', async () => {
    const id = await steps.file(agent, application());
    const input = { id, with: 'APPLICANT', way: 'VISIT', what: '上门核对材料', idempotencyKey: 'contact-01' };
    const logged = {
      handling: { agent: { name: agent.name, node: { code: VILLAGE } }, contacts: [{ by: agent.name }] },
      carriedTo: null,
      errors: [],
    };
    expect(await send(agent, LOG, { input })).toMatchObject({ logContact: logged });
    // the same key again: still one contact
    expect(await send(agent, LOG, { input })).toMatchObject({ logContact: logged });
    const numbers = { ...input, what: '致电13800138000', idempotencyKey: null };
    expect(await send(agent, LOG, { input: numbers })).toEqual({
      logContact: {
        handling: null,
        carriedTo: null,
        errors: [{ code: 'BAD_INPUT', field: 'what', article: ARTICLES.leastData }],
      },
    });
    expect(await send(personAt(VILLAGE, 'CLERK'), LOG, { input: { ...input, idempotencyKey: null } })).toMatchObject({
      logContact: { errors: [{ code: 'FORBIDDEN' }] },
    });
    const revoking = { input: { id, way: 'SIGNATURE' } };
    expect(await send(agent, REVOKE, revoking)).toMatchObject({
      revokeConsent: { handling: { consent: { revokedAt: expect.any(String) } }, errors: [] },
    });
    expect(await send(agent, REVOKE, revoking)).toMatchObject({
      revokeConsent: { errors: [{ code: 'CONSENT_REVOKED' }] },
    });
  });

  test('says to whom a contact is carried, and takes a list over', async () => {
    const id = await steps.file(agent, application());
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await logged(id, agent)).includes('RECEIVED'));
    const input = { id, with: 'DESK', way: 'PHONE', what: '询问受理进度' };
    expect(await send(agent, LOG, { input })).toMatchObject({ logContact: { carriedTo: { code: TOWNSHIP } } });
    const other = await steps.file(agent, application());
    const team = personAt(TOWNSHIP, 'AGENT');
    expect(await send(team, TAKE, { input: { ids: [other], reason: '村代办员请假' } })).toEqual({
      takeOverCases: { asked: [{ id: other, from: { code: VILLAGE } }], errors: [] },
    });
    await steps.arrives(other, clerk);
    expect(await send(team, TAKE, { input: { ids: [other, other], reason: '请假' } })).toMatchObject({
      takeOverCases: { asked: null, errors: [{ code: 'BAD_INPUT', field: 'ids' }] },
    });
  });
});
