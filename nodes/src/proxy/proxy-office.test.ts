import type { FileCaseInput } from '@liandong/schema/domains/filing';
import { proxy } from '@liandong/schema/domains/proxy';
import { roster } from '@liandong/schema/domains/roster';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, codesOf, countyChief, countyClerk, material } from '../testing/cases.ts';
import { CITY, COUNTY, TestFederation, personAt } from '../testing/test-federation.ts';

/** 取水许可, accepted and decided by the county's water bureau. */
const ITEM = '3310-SL-001';
const MATERIALS = ['取水许可申请书', '水资源论证报告', '与第三者利害关系说明'];
const agent = personAt(COUNTY, 'AGENT');
const water = personAt(COUNTY, 'CLERK', '水利');
const waterChief = personAt(COUNTY, 'CHIEF', '水利');
const centre = personAt(COUNTY, 'CHIEF');
const key = { idempotencyKey: null };

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const filed = (viewer: Viewer = agent, change: Partial<FileCaseInput> = {}) =>
  steps.file(viewer, application({ item: ITEM, materials: MATERIALS.map((name) => material(name)), ...change }));
const entry = (change: object = {}) => ({
  division: COUNTY,
  sub: agent.sub,
  name: '傅代梅',
  employment: 'STAFF' as const,
  withheld: [],
  from: '2026-01-01',
  until: null,
  standIn: null,
  ...key,
  ...change,
});

describe('the proxy office of a county', () => {
  test('takes a case in, follows it and hands the result out; the department accepts, reviews and decides', async () => {
    const id = await filed();
    expect(await codesOf(steps.accept(id, agent))).toEqual(['FORBIDDEN']);
    expect(await codesOf(steps.accept(id, countyClerk))).toEqual(['WRONG_DEPARTMENT']);
    const contact = { id, with: 'APPLICANT', way: 'PHONE', what: '告知办理进度', ...key } as const;
    await federation.desk(COUNTY, proxy).logContact(agent, contact);
    const list = await federation.desk(COUNTY, proxy).agentCases(agent, {}, { first: 10, after: null });
    expect(list.nodes.map((c) => c.id)).toEqual([id]);
    await steps.accept(id, water);
    await steps.review(id, water);
    await steps.decide(id, waterChief);
    const done = await steps.deliver(id, waterChief, agent);
    expect(done.state).toBe('CLOSED');
  });

  test('does not hand out what another desk’s agent or a window looks after', async () => {
    const byWindow = await filed(water, { consent: null });
    await steps.accept(byWindow, water);
    await steps.review(byWindow, water);
    await steps.decide(byWindow, waterChief);
    expect(await codesOf(steps.deliver(byWindow, waterChief, agent))).toEqual(['WRONG_DEPARTMENT']);
  });

  test('keeps a roster: once it has one, only who stands in it acts as agent', async () => {
    const desk = federation.desk(COUNTY, roster);
    expect(await codesOf(desk.keepRosterAgent(countyChief, entry()))).toEqual(['WRONG_DEPARTMENT']);
    expect(await desk.keepRosterAgent(centre, entry())).toMatchObject({ inRoster: true });
    await filed();
    expect(await codesOf(filed(personAt(COUNTY, 'AGENT', null, 'stranger')))).toEqual(['NOT_IN_ROSTER']);
    expect(await federation.services(COUNTY).roster.coverage()).toMatchObject({ agents: 1 });
  });
});
