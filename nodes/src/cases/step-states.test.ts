import { handling } from '@liandong/schema/domains/handling';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { DOMAINS } from '@liandong/schema/domains';
import { stepsOf } from '@liandong/schema/operation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseSteps, agent, clerk } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';

let federation: TestFederation;
let steps: CaseSteps;
let id: string;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  id = await steps.file();
});
afterAll(() => federation.stop());

const asked = (viewer: Viewer) => federation.desk(viewer.division, handling).steps(viewer, { case: id });
/** The possible steps, and the reason why the named step is refused. */
async function seen(viewer: Viewer, name: string) {
  const states = await asked(viewer);
  const found = states.find((state) => state.step === name);
  return { possible: states.filter((s) => s.why === null).map((s) => s.step), why: found?.why?.code ?? null, found };
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: ProblemError) => error.problem.code,
  );

test('the steps of a case are those of every domain, each with who can', async () => {
  const states = await asked(agent);
  expect(states.map((state) => state.step)).toEqual(stepsOf(DOMAINS).map((step) => step.name));
  const { found } = await seen(agent, 'forwardCase');
  expect(found).toEqual({ step: 'forwardCase', zh: '上报', why: null, posts: ['AGENT', 'CLERK'] });
});

test('a step is possible where the case is, and nowhere else', async () => {
  expect((await seen(agent, 'acceptCase')).why).toBe('FORBIDDEN');
  expect((await seen(agent, 'closeCase')).why).toBe('ILLEGAL_STEP');
  expect((await seen(agent, 'forwardCase')).possible).toContain('withdrawCase');
  expect(await codeOf(asked(clerk))).toBe('NOT_FOUND');
  await steps.forward(id, agent);
  await steps.arrives(id, clerk);
  expect((await seen(clerk, 'acceptCase')).possible).toContain('acceptCase');
  // until the receipt is in, the case is still under way for the desk that sent it
  await eventually(async () => (await steps.seen(id, agent))?.custody !== 'IN_TRANSIT');
  expect((await seen(agent, 'forwardCase')).why).toBe('NOT_CUSTODIAN');
});

test('the steps of a case are told to whoever may read it, and by its own token', async () => {
  expect(await codeOf(asked(personAt(VILLAGE, 'CATALOGUER')))).toBe('FORBIDDEN');
  expect(await codeOf(asked({ ...agent, onlyCase: 'another' }))).toBe('FORBIDDEN');
});
