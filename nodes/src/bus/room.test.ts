import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_PAYLOAD } from '@liandong/schema/wire';
import { examine } from '../health/doctor.ts';
import { HUB, freePort } from '../testing/test-brokers.ts';
import { CITY, COUNTY, TestFederation, eventually } from '../testing/test-federation.ts';
import { topologyPaths } from '../topology/index.ts';

let federation: TestFederation;
let httpUrl: string;

/** Gives the broker another configuration and an empty store. */
async function reconfigureBroker(change: (conf: string) => string): Promise<void> {
  const file = topologyPaths(federation.dir).brokerConfigFile(HUB);
  await writeFile(file, change(await readFile(file, 'utf8')));
  await federation.wipeBroker();
}
const withRoom = (gigabytes: number) => (conf: string) =>
  conf.replace(/(jetstream \{ store_dir: "[^"]+")(, max_file_store: \d+GB)?/, `$1, max_file_store: ${gigabytes}GB`);

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY], catalogue: false, keepLog: true });
  const httpPort = await freePort();
  federation.reconfigure(COUNTY, { httpPort });
  httpUrl = `http://127.0.0.1:${httpPort}`;
  for (const node of [CITY, COUNTY]) await federation.stopHost(node);
  await reconfigureBroker(withRoom(3));
  federation.logged.length = 0;
  for (const node of [CITY, COUNTY]) await federation.startHost(node);
});
afterAll(() => federation.stop());

const ready = async () => {
  const answer = await fetch(`${httpUrl}/ready`);
  return { ...((await answer.json()) as Record<string, unknown>), status: answer.status };
};
const room = async () =>
  (await examine(federation.config(COUNTY), federation.now)).filter(({ part }) => part === 'room');
const heard = async () =>
  (
    await federation.rows<{ as_of: Date }>(CITY, `SELECT as_of FROM feeds WHERE node = $1 AND publisher = $2`, [
      CITY,
      COUNTY,
    ])
  ).some(({ as_of: at }) => at.getTime() > 0);

describe('a broker with room for one road only', () => {
  test('is told of when a host starts, once for each thing it lacks, by the room and what is needed', async () => {
    const told = federation.logged.filter((line) => line.includes('broker lacks what the streams need'));
    expect(told.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({
        level: 50,
        reason: expect.stringMatching(/no room for the stream LD_RECEIPTS.*4 GiB.*max_file_store/),
      }),
    );
    // two hosts
    expect(told.filter((line) => line.includes('LD_RECEIPTS'))).toHaveLength(2);
  });

  test('leaves the host not ready, with the reason', async () => {
    expect(await ready()).toMatchObject({
      status: 503,
      database: true,
      broker: true,
      roads: false,
      lacking: [expect.stringMatching(/no room for the stream LD_RECEIPTS/)],
    });
  });

  test('is named by the doctor, with the stream and what is needed', async () => {
    expect(await room()).toMatchObject([
      { state: 'BAD', text: expect.stringMatching(/no stream LD_RECEIPTS.*4 GiB.*max_file_store/) },
    ]);
  });

  test('carries, once it has room, without a host being started anew, and all is well again', async () => {
    await reconfigureBroker(withRoom(5));
    await eventually(async () => (await ready()).status === 200);
    await eventually(heard);
    expect(await ready()).toMatchObject({ roads: true, lacking: [] });
    expect(await room()).toMatchObject([{ state: 'OK' }]);
  });
});

test('a broker that takes smaller messages than hosts count on is named by the doctor', async () => {
  await reconfigureBroker((conf) => conf.replace(`max_payload: ${MAX_PAYLOAD}`, 'max_payload: 262144'));
  expect(await room()).toContainEqual(
    expect.objectContaining({ state: 'WARN', text: expect.stringContaining('262144 bytes a message') }),
  );
});
