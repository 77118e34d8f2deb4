import type { ProblemError } from '@liandong/schema';
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

const proxy = (node: string) => federation.services(node).proxy;
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.code,
  );
const contact = (id: string, what = '上门核对材料') =>
  ({ id, idempotencyKey: null, with: 'APPLICANT', way: 'VISIT', what }) as const;
const revocation = (id: string) => ({ id, idempotencyKey: null, way: 'SIGNATURE', reason: null }) as const;
const logged = async (id: string, viewer: typeof agent) =>
  ((await steps.seen(id, viewer))?.log ?? []).map((line) => line.action);

describe('a contact', () => {
  test("is written in the case's log here, and at the township once the case is there", async () => {
    const id = await steps.file(agent, application());
    await proxy(VILLAGE).logContact(agent, contact(id));
    expect(await logged(id, agent)).toEqual(['FILED', 'CONTACTED']);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await logged(id, agent)).includes('RECEIVED'));
    await proxy(VILLAGE).logContact(agent, contact(id, '送达进度告知'));
    const told = ['FILED', 'CONTACTED', 'FORWARDED', 'RECEIVED', 'CONTACTED'];
    // carried to the township, written there, echoed back
    await eventually(async () => (await logged(id, agent)).join() === told.join());
    expect(await logged(id, clerk)).toEqual(told);
  });

  test('with a phone number in it is refused and changes nothing', async () => {
    const id = await steps.file(agent, application());
    expect(await codeOf(proxy(VILLAGE).logContact(agent, contact(id, '致电13800138000')))).toBe('BAD_INPUT');
    expect(await logged(id, agent)).toEqual(['FILED']);
  });
});

test("a consent taken back ends the agent's steps; the village's clerk goes on", async () => {
  const id = await steps.file(agent, application());
  await proxy(VILLAGE).revokeConsent(agent, revocation(id));
  expect(await codeOf(steps.forward(id, agent))).toBe('CONSENT_REVOKED');
  await steps.forward(id, personAt(VILLAGE, 'CLERK'));
  await steps.arrives(id, clerk);
});

describe('a take-over', () => {
  const team = personAt(TOWNSHIP, 'AGENT');
  const asked = (id: string) => ({ id, reason: '村代办员请假', idempotencyKey: null });

  test("brings a village's case to its township's proxy team", async () => {
    const id = await steps.file(agent, application());
    expect(await proxy(TOWNSHIP).takeOver(team, asked(id))).toEqual({ id, from: VILLAGE });
    await steps.arrives(id, clerk);
    expect(await logged(id, clerk)).toEqual(['FILED', 'TRANSFERRED', 'RECEIVED']);
  });

  test('is refused to another township, and to a chief', async () => {
    const id = await steps.file(agent, application());
    const other = personAt(OTHER_TOWNSHIP, 'AGENT');
    expect(await codeOf(proxy(OTHER_TOWNSHIP).takeOver(other, asked(id)))).toBe('NOT_COMPETENT');
    expect(await codeOf(proxy(TOWNSHIP).takeOver(personAt(TOWNSHIP, 'CHIEF'), asked(id)))).toBe('FORBIDDEN');
  });
});
