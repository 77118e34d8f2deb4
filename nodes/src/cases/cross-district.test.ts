import { filing } from '@liandong/schema/domains/filing';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, clerk, countyChief, countyClerk, custodians } from '../testing/cases.ts';
import {
  CATALOGUE_FILE,
  CITY,
  COUNTY,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  personAt,
} from '../testing/test-federation.ts';

/** 椒江区, 海门街道 and one of its villages: another county of the city. */
const ELSEWHERE = ['331002', '331002001', '331002001003'] as const;
const [, , OTHER_VILLAGE] = ELSEWHERE;
const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE, ...ELSEWHERE];
const farAgent = personAt(OTHER_VILLAGE, 'AGENT');

let federation: TestFederation;
let steps: CaseSteps;
let dir: string;

beforeAll(async () => {
  // the sample names no scope; here 低保 is handled over the whole city and 特困 over the county
  const file = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as { items: Record<string, unknown>[] };
  const scopes: Record<string, string> = { '3310-MZ-001': 'city', '3310-MZ-003': 'county' };
  for (const item of file.items) {
    const crossDistrict = scopes[String(item['code'])];
    if (crossDistrict) Object.assign(item, { crossDistrict });
  }
  dir = await mkdtemp(join(tmpdir(), 'liandong-catalogue-'));
  const path = join(dir, 'catalogue.json');
  await writeFile(path, JSON.stringify(file));
  federation = await TestFederation.start({ nodes: NODES, catalogueFile: path });
  steps = new CaseSteps(federation);
});
afterAll(async () => {
  await federation.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('an item that is handled across districts', () => {
  test('is taken in by a village of another county, accepted and decided where the matter lies, and told where it was taken in', async () => {
    const id = await steps.file(farAgent, application({ place: VILLAGE }));
    const [filed] = await federation.services(OTHER_VILLAGE).filing.getMany(farAgent, [id]);
    expect(filed).toMatchObject({ filingNode: OTHER_VILLAGE, place: VILLAGE, acceptor: TOWNSHIP, decider: COUNTY });
    await steps.forward(id, farAgent);
    await steps.arrives(id, clerk);
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await steps.review(id, countyClerk);
    await steps.decide(id, countyChief);
    await steps.known(id, farAgent, 'GRANTED');
    expect(await custodians(federation, NODES, id)).toEqual([COUNTY]);
    // neither the county nor the township of the desk that took it in ever held it
    expect(await steps.seen(id, personAt('331002', 'CLERK', '民政'))).toBeNull();
  });

  test.each([
    ['beyond its scope', '3310-MZ-003'],
    ['that its own county alone handles', '3310-NY-001'],
  ])('%s is refused in another county', async (_, item) => {
    const refused = federation
      .desk(OTHER_VILLAGE, filing)
      .fileCase(farAgent, application({ item, place: VILLAGE, materials: [] }));
    await expect(refused).rejects.toMatchObject({ code: 'NOT_COMPETENT' });
  });
});
