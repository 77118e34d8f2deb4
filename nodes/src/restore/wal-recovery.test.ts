import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/index.ts';
import { ArchivedCluster } from '../testing/archived-cluster.ts';
import { CaseSteps, agent, clerk, custodians } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE];
let cluster: ArchivedCluster;
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  cluster = await ArchivedCluster.start();
  const url = await cluster.createDatabase('township');
  await migrate(url);
  federation = await TestFederation.start({ nodes: NODES, databaseUrls: new Map([[TOWNSHIP, url]]) });
  steps = new CaseSteps(federation);
});
afterAll(async () => {
  await federation.stop();
  await cluster.stop();
});

const logAt = async (node: string, id: string) =>
  (
    await federation.rows<{ hash: string }>(
      node,
      `SELECT hash FROM case_log WHERE node = $1 AND case_id = $2 ORDER BY seq`,
      [node, id],
    )
  ).map((row) => row.hash);
const applicationsAt = (id: string) =>
  federation.rows(TOWNSHIP, `SELECT 1 FROM cases WHERE node = $1 AND id = $2 AND application IS NOT NULL`, [
    TOWNSHIP,
    id,
  ]);

test('a township whose disk was lost goes back to a moment by base backup and WAL, and heals the rest from others', async () => {
  await cluster.baseBackup();
  // in the WAL only: a case taken in and accepted after the base backup, before the moment
  const archived = await steps.file();
  await steps.forward(archived, agent);
  await steps.arrives(archived, clerk);
  await steps.accept(archived, clerk);
  await steps.known(archived, agent, 'ACCEPTED');
  await cluster.mark('last_good');
  // after the moment: a case in no backup, which only other nodes hold
  const forgotten = await steps.file();
  await steps.forward(forgotten, agent);
  await steps.arrives(forgotten, clerk);
  await steps.accept(forgotten, clerk);
  await steps.known(forgotten, agent, 'ACCEPTED');
  const lines = await logAt(TOWNSHIP, forgotten);

  await federation.stopHost(TOWNSHIP);
  await federation.forgetDb(TOWNSHIP);
  await cluster.recover('last_good');
  expect(await logAt(TOWNSHIP, archived)).toEqual(await logAt(VILLAGE, archived));
  expect(await logAt(TOWNSHIP, forgotten)).toEqual([]);

  await federation.startHost(TOWNSHIP);
  await eventually(async () => {
    const incarnations = await federation.rows<{ asked_since: Date | null; healed_at: Date | null }>(
      TOWNSHIP,
      `SELECT asked_since, healed_at FROM lives WHERE node = $1 ORDER BY life`,
      [TOWNSHIP],
    );
    // the server's timeline tells the host that its database went back
    return (
      incarnations.length === 2 &&
      incarnations[1]?.asked_since instanceof Date &&
      incarnations[1].healed_at instanceof Date
    );
  });
  await eventually(async () => (await applicationsAt(forgotten)).length === 1);
  expect(await logAt(TOWNSHIP, forgotten)).toEqual(lines);
  for (const id of [archived, forgotten]) {
    await steps.review(id, clerk);
    expect(await custodians(federation, NODES, id)).toEqual([TOWNSHIP]);
    await steps.known(id, agent, 'REVIEWED');
    expect(await logAt(VILLAGE, id)).toEqual(await logAt(TOWNSHIP, id));
  }
});
