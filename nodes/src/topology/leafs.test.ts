import { readFile } from 'node:fs/promises';
import { inboxPrefix } from '@liandong/runtime';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { DivisionCode } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk, countyClerk } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';

const LEAF = 'sanmen';
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({
    nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE],
    leafs: { [LEAF]: [COUNTY, TOWNSHIP, VILLAGE] },
  });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

/** Messages that stay owed at a node, by receiver. */
const owed = (node: DivisionCode) =>
  federation.rows<{ receiver: string }>(
    node,
    `SELECT DISTINCT receiver FROM outbox WHERE node = $1 AND settled_at IS NULL ORDER BY receiver`,
    [node],
  );
/** How far the city holds a node's facts. */
const heldByCity = async (node: DivisionCode) =>
  (
    await federation.rows<{ head: number }>(
      CITY,
      `SELECT head FROM feeds WHERE node = $1 AND feed = 'FACTS' AND publisher = $2`,
      [CITY, node],
    )
  )[0]?.head ?? 0;
const stated = async (node: DivisionCode) =>
  (
    await federation.rows<{ head: number }>(
      node,
      `SELECT head FROM feeds WHERE node = $1 AND feed = 'FACTS' AND publisher = $1`,
      [node],
    )
  )[0]?.head ?? 0;
const caughtUp = () => eventually(async () => (await heldByCity(VILLAGE)) === (await stated(VILLAGE)));

/** How much of a case's log a node holds. */
const linesAt = async (node: DivisionCode, id: string) =>
  (
    await federation.rows<{ lines: number }>(
      node,
      `SELECT count(*)::int AS lines FROM case_log WHERE node = $1 AND case_id = $2`,
      [node, id],
    )
  )[0]?.lines ?? 0;

/** Takes a case from the village to the county's desk. */
async function journey(): Promise<string> {
  const id = await steps.file();
  await steps.forward(id, agent);
  await steps.arrives(id, clerk);
  await steps.accept(id, clerk);
  await steps.review(id, clerk);
  await steps.forward(id, clerk);
  await steps.arrives(id, countyClerk);
  return id;
}

describe('a county with a broker of its own', () => {
  test('is counted at the city like any other', async () => {
    const before = await stated(VILLAGE);
    await journey();
    await eventually(async () => (await stated(VILLAGE)) > before);
    await caughtUp();
  });

  test('goes on among its own nodes while its link is cut, and catches up by itself when it is healed', async () => {
    federation.link(LEAF).cut();
    const before = await stated(VILLAGE);
    const id = await journey();
    await eventually(async () => (await linesAt(VILLAGE, id)) === (await linesAt(COUNTY, id)));
    await eventually(async () => (await stated(VILLAGE)) > before);
    expect(await heldByCity(VILLAGE)).toBeLessThanOrEqual(before);
    federation.link(LEAF).heal();
    await caughtUp();
    expect(await heldByCity(VILLAGE)).toBeGreaterThan(before);
    await eventually(async () => (await Promise.all([CITY, COUNTY, VILLAGE].map(owed))).every((o) => o.length === 0));
  });

  test('loses nothing when its broker loses everything it stored', async () => {
    const id = await steps.file();
    await federation.stopHost(TOWNSHIP);
    await steps.forward(id, agent);
    await federation.wipeBroker(LEAF);
    await federation.startHost(TOWNSHIP);
    await steps.arrives(id, clerk);
    await caughtUp();
  });
});

describe('across the link', () => {
  const connections: NatsConnection[] = [];
  const refusals: string[] = [];
  afterAll(() => Promise.all(connections.map((connection) => connection.close())));

  /** A connection with the credentials of a node's host. */
  const as = async (node: DivisionCode, broker: string) => {
    const seed = await readFile(federation.config(node).natsSeedFile ?? '');
    const connection = await connect({
      servers: federation.urlOf(broker),
      authenticator: nkeyAuthenticator(new Uint8Array(seed)),
      inboxPrefix: inboxPrefix(`host-${node}`),
      maxReconnectAttempts: 0,
    });
    connections.push(connection);
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'error') refusals.push(status.error.message);
    })();
    return connection;
  };

  test('a host publishes in its own node’s name to a node on the other side', async () => {
    const connection = await as(VILLAGE, LEAF);
    const kept = await jetstream(connection).publish(
      `ld.r.331000.331022.331022103.${VILLAGE}.331000._._._`,
      'own name',
    );
    expect(kept).toMatchObject({ stream: 'LD_RECEIPTS', domain: 'hub' });
  });

  test('a host does not in another’s', async () => {
    const connection = await as(VILLAGE, LEAF);
    const forged = jetstream(connection).publish('ld.r.331000._._._.331000.331022._._', 'forged', { timeout: 2_000 });
    await expect(forged).rejects.toThrow(/Permissions Violation/);
  });

  test('a host reads its own consumer', async () => {
    const manager = await jetstreamManager(await as(VILLAGE, LEAF), { checkAPI: false });
    expect((await manager.consumers.info('LD_MESSAGES', `node-${VILLAGE}`)).name).toBe(`node-${VILLAGE}`);
  });

  test.each([
    ['another’s at its own broker', LEAF, undefined],
    ['any in the domain of the city', LEAF, 'hub'],
  ])('a host does not read %s', async (_, broker, domain) => {
    const connection = await as(VILLAGE, broker);
    const manager = await jetstreamManager(connection, {
      checkAPI: false,
      timeout: 2_000,
      ...(domain === undefined ? {} : { domain }),
    });
    const other = domain === undefined ? TOWNSHIP : CITY;
    await expect(manager.consumers.info('LD_MESSAGES', `node-${other}`)).rejects.toThrow(/Permissions Violation/);
  });

  test('the credentials of a county’s host are nobody’s at the city’s broker', async () => {
    await expect(as(VILLAGE, 'hub')).rejects.toThrow(/[Aa]uthorization/);
  });
});
