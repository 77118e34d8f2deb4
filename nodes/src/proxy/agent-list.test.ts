import { enquiries } from '@liandong/schema/domains/enquiries';
import { handling } from '@liandong/schema/domains/handling';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { dayOf } from '@liandong/schema/kernel';
import { proxy } from '@liandong/schema/domains/proxy';
import { roster } from '@liandong/schema/domains/roster';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseSteps, agent, application, clerk } from '../testing/cases.ts';
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

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const day = (ahead = 0) => dayOf(new Date(federation.now().getTime() + ahead * 86_400_000));
const listOf = async (viewer: Viewer, of: string | null = null, node = viewer.division) =>
  (await federation.desk(node, proxy).agentCases(viewer, { agent: of }, { first: 200, after: null })).nodes;
const waitsOf = async (viewer: Viewer, id: string) =>
  (await listOf(viewer)).find((found) => found.id === id)?.waits.map(({ kind }) => kind) ?? null;
const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.code,
  );

test("lists an agent's cases wherever they are held, what ends first first, with the hosts of all other nodes away", async () => {
  const consent = application().consent;
  if (!consent) throw new Error('an application by proxy');
  const here = await steps.file(agent, application());
  const ending = await steps.file(agent, application({ consent: { ...consent, until: day(2) } }));
  const there = await steps.file(agent, application());
  const accepted = await steps.file(agent, application());
  const enquiry = await federation
    .desk(VILLAGE, enquiries)
    .openEnquiry(agent, { item: '3310-MZ-001', place: null, asker: null, idempotencyKey: null });
  const asked = await steps.file(agent, application({ enquiry: enquiry.id }));
  const stranger = await steps.file(personAt(VILLAGE, 'AGENT', null, 'another'), application());
  const noProxy = await steps.file(personAt(VILLAGE, 'CLERK'), application({ consent: null }));
  for (const id of [there, accepted]) {
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
  }
  await steps.accept(accepted, clerk);
  await steps.known(accepted, agent, 'ACCEPTED');
  const missing = [{ material: '户口簿', reason: '缺页' }];
  const notice = { id: there, missing, note: null, idempotencyKey: null };
  await federation.desk(TOWNSHIP, handling).requestSupplement(clerk, notice);
  await federation.desk(VILLAGE, handling).withdrawCase(agent, { id: asked, reason: '不办了', idempotencyKey: null });
  await eventually(async () => (await waitsOf(agent, there))?.[0] === 'BRING_SUPPLEMENT');
  for (const node of [CITY, COUNTY, TOWNSHIP]) await federation.stopHost(node);

  const listed = await listOf(agent);
  expect(listed[0]).toMatchObject({ id: ending, waits: [{ kind: 'RENEW_CONSENT' }, { kind: 'FORWARD' }] });
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set([here, ending, there, accepted, asked]));
  expect(listed.map(({ id }) => id)).not.toContain(stranger);
  expect(listed.map(({ id }) => id)).not.toContain(noProxy);
  expect(listed.find(({ id }) => id === there)).toMatchObject({
    state: 'AWAITING_SUPPLEMENT',
    missing,
    applicant: '王秀英',
    agent: { node: VILLAGE, sub: agent.sub },
  });
  const held = listed.find(({ id }) => id === accepted);
  expect(held).toMatchObject({ custodian: TOWNSHIP, state: 'ACCEPTED', waits: [], dueAt: expect.any(Date) });
  expect(await waitsOf(agent, asked)).toEqual(['REPORT_RESULT']);
  await federation
    .desk(VILLAGE, enquiries)
    .reportEnquiry(agent, { id: enquiry.id, result: '申请人撤回', idempotencyKey: null });
  expect(await waitsOf(agent, asked)).toBeNull();
  for (const node of [CITY, COUNTY, TOWNSHIP]) await federation.startHost(node);
});

test('moves a case to the stand-in at once, also one held elsewhere, and back', async () => {
  const away = personAt(VILLAGE, 'AGENT', null, 'away');
  const standIn = personAt(VILLAGE, 'AGENT', null, 'stand-in');
  const chief = personAt(TOWNSHIP, 'CHIEF');
  const registers = federation.desk(VILLAGE, roster);
  const entry = { employment: 'STAFF' as const, withheld: [], from: day(-1), until: null, idempotencyKey: null };
  const ref = ({ sub, name }: Viewer) => ({ sub, name });
  await registers.keepRosterAgent(chief, { ...entry, ...ref(away), standIn: ref(standIn) });
  await registers.keepRosterAgent(chief, { ...entry, ...ref(standIn), standIn: null });
  await registers.keepRosterAgent(chief, { ...entry, ...ref(agent), standIn: null });
  const id = await steps.file(away, application());
  await steps.forward(id, away);
  await steps.arrives(id, clerk);
  await eventually(async () => (await steps.seen(id, away))?.custodian === TOWNSHIP);
  await federation.stopHost(TOWNSHIP);
  const term = { from: day(), until: day(1), reason: '请假', idempotencyKey: null };
  const absence = await registers.reportAbsence(away, { sub: null, ...term });
  // the township is away: the change is not in its log yet, but the list shows it
  expect(await waitsOf(standIn, id)).toEqual([]);
  expect(await waitsOf(away, id)).toBeNull();
  await federation.startHost(TOWNSHIP);
  await eventually(
    async () => (await federation.desk(VILLAGE, proxy).proxyHandling(away, { case: id })).agent.sub === standIn.sub,
  );
  await registers.endAbsence(away, { id: absence.id, on: day(), idempotencyKey: null });
  await eventually(async () => (await waitsOf(away, id)) !== null);
  expect(await waitsOf(standIn, id)).toBeNull();
});

test('is read page by page, none left out and none twice', async () => {
  const whole = (await listOf(agent)).map(({ id }) => id);
  const paged: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page = await federation.desk(VILLAGE, proxy).agentCases(agent, { agent: null }, { first: 1, after });
    paged.push(...page.nodes.map(({ id }) => id));
    after = page.cursors.at(-1) ?? null;
    more = page.hasNextPage;
  }
  expect(whole.length).toBeGreaterThan(2);
  expect(paged).toEqual(whole);
});

test("is open to the desk's people and the supervisors over it, who see no applicant, and to nobody else", async () => {
  const { agentCases } = federation.desk(VILLAGE, proxy);
  const page = { first: 20, after: null };
  expect((await listOf(personAt(VILLAGE, 'CLERK'), agent.sub)).length).toBeGreaterThan(0);
  const seen = await listOf(personAt(COUNTY, 'SUPERVISOR'), agent.sub, VILLAGE);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every(({ applicant }) => applicant === null)).toBe(true);
  for (const viewer of [clerk, personAt(OTHER_VILLAGE, 'AGENT'), personAt(COUNTY, 'CHIEF', '民政')]) {
    expect(await refusal(agentCases(viewer, { agent: agent.sub }, page))).toBe('FORBIDDEN');
  }
  expect(await refusal(agentCases(null, { agent: null }, page))).toBe('UNAUTHENTICATED');
  expect(await refusal(agentCases(agent, { agent: null }, { first: 1, after: 'x' }))).toBe('BAD_INPUT');
});
