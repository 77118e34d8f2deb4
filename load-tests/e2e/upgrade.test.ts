import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_HOSTS, DEMO_PEOPLE } from '../src/federation/demo-plan.ts';
import * as documents from '../src/federation/documents.ts';
import type { Federation } from '../src/federation/federation.ts';
import { JOURNEYS, Journey, fileLowIncome, lowIncomeJourney, rollupWhen } from '../src/federation/journeys.ts';
import { GATEWAY_PROGRAM, HOST_PROGRAM } from '../src/federation/plan.ts';
import { buildRelease, releasedCommit } from '../src/federation/release.ts';
import { custodians, settled, startFederation } from './federation.ts';

/** The version to upgrade from; by default the last release. */
const commit = process.env['LIANDONG_UPGRADE_FROM'] ?? (await releasedCommit());
const GRANTED = JOURNEYS[0].expect;
const quiet = () => undefined;

describe.skipIf(commit === null)('a federation of the last release that is upgraded host by host', () => {
  let federation: Federation;
  /** Filed under the release: one waits at the village, one is under way to the township. */
  let waiting: Journey;
  let forwarded: Journey;
  let closed = 0;

  beforeAll(async () => {
    const { programs, roles } = await buildRelease(commit ?? '');
    // the release refuses a person in a post that it does not know
    const people = DEMO_PEOPLE.filter((person) => person.roles.every((role) => roles.includes(role)));
    federation = await startFederation({ hosts: DEMO_HOSTS, people, ...programs, emptyDatabases: true });
    waiting = new Journey(federation, quiet);
    forwarded = new Journey(federation, quiet);
    for (const filed of [waiting, forwarded]) await fileLowIncome(filed);
  });
  afterAll(() => federation.stop());

  const upgrade = (...ids: string[]) => Promise.all(ids.map((id) => federation.host(id).upgrade(HOST_PROGRAM)));
  /** A case filed now is decided and delivered. */
  const journey = async () => {
    closed++;
    return lowIncomeJourney(federation, quiet);
  };

  test('takes a case to its end before the upgrade', async () => {
    expect(await journey()).toMatchObject(GRANTED);
  });

  test('takes a case to its end with a county of the new version between the others', async () => {
    await federation.host('tingpang').stop();
    await forwarded.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await upgrade('county');
    await federation.host('tingpang').start();
    expect(await journey()).toMatchObject(GRANTED);
  });

  test('takes a case to its end with a township of the old version between new ones', async () => {
    await upgrade('baojia', 'renjia');
    expect(await journey()).toMatchObject(GRANTED);
  });

  test('takes a case to its end when all hosts, and last the gateway, are of the new version', async () => {
    await upgrade('tingpang', 'zhuao', 'zhuao-villages', 'city');
    await federation.gateway.upgrade(GATEWAY_PROGRAM);
    expect(await journey()).toMatchObject(GRANTED);
  });

  test('holds each case filed before the upgrade at one desk, and goes on with it', async () => {
    await waiting.step('baojia-agent', '上报', documents.FORWARD_CASE);
    for (const filed of [waiting, forwarded]) {
      await filed.arrives('tingpang-clerk', '331022103', '亭旁镇 收到');
      await filed.step('tingpang-clerk', '亭旁镇 受理', documents.ACCEPT_CASE);
      expect(await custodians(federation, filed.id)).toEqual(['331022103']);
    }
  });

  test('owes nothing, has parked nothing, and counts every case', async () => {
    await settled(federation);
    for (const { id } of DEMO_HOSTS) expect(await federation.rows(id, 'SELECT id FROM parked')).toEqual([]);
    const city = await federation.as('city-supervisor');
    const { figures } = await rollupWhen(city, '331000', closed);
    expect(figures).toMatchObject({ filed: closed + 2, accepted: closed + 2, granted: closed, closed });
  });
});
