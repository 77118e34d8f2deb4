import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, countyChief, countyClerk, custodians } from '../testing/cases.ts';
import { CITY, COUNTY, DIVISIONS_FILE, TestFederation, personAt } from '../testing/test-federation.ts';

/** 天台县, to which the zone moves the day after tomorrow. */
const NEXT_COUNTY = '331023';
const ZONE = '331022Z01';
const NODES = [CITY, COUNTY, NEXT_COUNTY, ZONE];
const zoneClerk = personAt(ZONE, 'CLERK');
const DAY_MS = 86_400_000;

let federation: TestFederation;
let steps: CaseSteps;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-zone-'));
  const register = join(dir, 'divisions.csv');
  const real = (await readFile(DIVISIONS_FILE, 'utf8')).trimEnd();
  const moves = plusDays(dayOf(new Date()), 2);
  await writeFile(register, `${real}\n${ZONE},浦坝港园区,township,${COUNTY};${moves}:${NEXT_COUNTY}\n`);
  federation = await TestFederation.start({ nodes: NODES, divisionsFile: register });
  steps = new CaseSteps(federation);
});
afterAll(async () => {
  await federation.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('a zone that moves to another county', () => {
  const open = async () => {
    const id = await steps.file(zoneClerk, application({ consent: null }));
    await steps.accept(id, zoneClerk);
    await steps.review(id, zoneClerk);
    return id;
  };

  test('keeps its cases on their way to the county they were filed for, and files new ones for the next', async () => {
    const before = await open();
    for (const node of NODES) await federation.stopHost(node);
    federation.shiftMs = 3 * DAY_MS;
    for (const node of NODES) await federation.startHost(node);
    await steps.forward(before, zoneClerk);
    await steps.arrives(before, countyClerk);
    await steps.review(before, countyClerk);
    await steps.decide(before, countyChief);
    await steps.known(before, zoneClerk, 'GRANTED');
    expect(await custodians(federation, NODES, before)).toEqual([COUNTY]);

    const after = await open();
    const [view] = await federation.services(ZONE).filing.getMany(zoneClerk, [after]);
    expect(view).toMatchObject({ acceptor: ZONE, decider: NEXT_COUNTY });
    await steps.forward(after, zoneClerk);
    await steps.arrives(after, personAt(NEXT_COUNTY, 'CLERK', '民政'));
  });
});
