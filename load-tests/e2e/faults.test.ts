import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Federation } from '../src/federation/federation.ts';
import * as documents from '../src/federation/documents.ts';
import { Journey, fileLowIncome } from '../src/federation/journeys.ts';
import { custodians, logs, settled, startFederation } from './federation.ts';

let federation: Federation;

beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation.stop());

/** From the township's desk to the end. */
async function finish(journey: Journey): Promise<void> {
  await journey.arrives('tingpang-clerk', '331022103', '亭旁镇 收到');
  await journey.step('tingpang-clerk', '受理', documents.ACCEPT_CASE);
  await journey.step('tingpang-clerk', '审查', documents.REVIEW_CASE, { opinion: 'APPROVE', note: '属实' });
  await journey.step('tingpang-clerk', '上报', documents.FORWARD_CASE);
  await journey.arrives('county-civil-clerk', '331022', '三门县 收到');
  await journey.step('county-civil-clerk', '审查', documents.REVIEW_CASE, { opinion: 'APPROVE', note: '属实' });
  await journey.step('county-civil-chief', '决定', documents.DECIDE_CASE, { outcome: 'GRANTED' });
  await journey.until('baojia-agent', '得知结果', (now) => now.state === 'GRANTED');
}

/** Nothing lost, nothing twice: one custodian, two hand-offs, the same log at every desk, nothing owed, nothing parked. */
async function expectWhole(journey: Journey): Promise<void> {
  await settled(federation);
  expect(await custodians(federation, journey.id)).toEqual(['331022']);
  const report = await journey.report('baojia-agent', '3310-MZ-001');
  expect(report).toMatchObject({ outcome: 'GRANTED', hops: 2, custodian: '331022' });
  const copies = [...(await logs(federation, journey.id))];
  expect(copies.map(([host]) => host)).toEqual(['county', 'tingpang', 'baojia']);
  for (const [, hashes] of copies) expect(hashes).toEqual(copies[0]?.[1]);
  for (const host of federation.hosts()) {
    expect(await federation.rows(host.name, 'SELECT id, code FROM parked')).toEqual([]);
  }
}

async function filed(): Promise<Journey> {
  const journey = new Journey(federation, () => undefined);
  await fileLowIncome(journey);
  return journey;
}

describe('killing the sender', () => {
  test('between sending a case and hearing of its receipt delays the journey and does nothing else', async () => {
    const journey = await filed();
    federation.host('tingpang').freeze();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await federation.host('baojia').kill();
    expect(await custodians(federation, journey.id)).toEqual([]);
    federation.host('tingpang').thaw();
    await federation.host('baojia').start();
    await finish(journey);
    await expectWhole(journey);
  });

  test('at the moment it answers the agent does the same', async () => {
    const journey = await filed();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await federation.host('baojia').kill();
    await federation.host('baojia').start();
    await finish(journey);
    await expectWhole(journey);
  });
});

describe('killing the receiver', () => {
  test('before the case reaches it delays the journey and does nothing else', async () => {
    const journey = await filed();
    await federation.host('tingpang').kill();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await federation.host('tingpang').start();
    await finish(journey);
    await expectWhole(journey);
  });

  test('while it takes the case, and again while it decides, does the same', async () => {
    const journey = await filed();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await federation.host('tingpang').kill();
    await federation.host('tingpang').start();
    await journey.arrives('tingpang-clerk', '331022103', '亭旁镇 收到');
    await federation.host('county').kill();
    await federation.host('county').start();
    await finish(journey);
    await expectWhole(journey);
  });
});

describe('killing the broker', () => {
  test('in the middle of a hand-off delays the journey and does nothing else', async () => {
    const journey = await filed();
    federation.host('tingpang').freeze();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    federation.services.killBroker();
    federation.host('tingpang').thaw();
    await federation.services.startBroker();
    await finish(journey);
    await expectWhole(journey);
  });
});
