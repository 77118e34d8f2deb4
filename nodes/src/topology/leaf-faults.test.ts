import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inboxPrefix } from '@liandong/runtime';
import { jetstream } from '@nats-io/jetstream';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps } from '../testing/cases.ts';
import { TestBroker, freePort } from '../testing/test-brokers.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';
import { topologyPaths } from './outputs.ts';

const LEAF = 'sanmen';
/** 椒江区, which belongs to the city's broker or to no broker: not to 三门's leaf. */
const OTHER_COUNTY = '331002';
const TO_CITY = '331000._._._';
const connections: NatsConnection[] = [];
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({
    nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE],
    leafs: { [LEAF]: [COUNTY, TOWNSHIP, VILLAGE] },
  });
  steps = new CaseSteps(federation);
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await federation.stop();
});

const one = async (sql: string) => (await federation.rows<{ n: number }>(VILLAGE, sql, [VILLAGE]))[0]?.n ?? 0;
/** How many facts the village stated. */
const stated = () => one(`SELECT head AS n FROM feeds WHERE node = $1 AND feed = 'FACTS' AND publisher = $1`);
/** How many of them the city has said it holds. */
const acknowledged = () =>
  one(`SELECT acked AS n FROM feed_cursors WHERE node = $1 AND feed = 'FACTS' AND subscriber = '${CITY}'`);

describe('a link on which nothing is heard any more in one direction', () => {
  test.each(['up', 'down'] as const)(
    '(%s) is given up by itself, and all that was owed passes',
    async (direction) => {
      const before = await stated();
      federation.link(LEAF).deafen(direction);
      await steps.file();
      await eventually(async () => (await stated()) > before);
      // zero once the city holds the village's facts and its signed acknowledgement has come back
      const owed = async () => (await stated()) - (await acknowledged());
      await expect.poll(owed, { timeout: 90_000 }).toBe(0);
    },
    120_000,
  );
});

describe('whoever has a leaf’s credentials', () => {
  const linkSecret = async () => {
    const { links } = JSON.parse(await readFile(topologyPaths(federation.dir).credentialsFile, 'utf8')) as {
      links: Record<string, string>;
    };
    return { user: `leaf-${LEAF}`, pass: links[LEAF] ?? '' };
  };
  /** Connects to a broker, and collects what it refuses. */
  async function speaker(options: ConnectionOptions): Promise<{ connection: NatsConnection; refused: string[] }> {
    const connection = await connect({ ...options, maxReconnectAttempts: 0 });
    connections.push(connection);
    const refused: string[] = [];
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'error') refused.push(status.error.message);
    })();
    return { connection, refused };
  }
  /** A subject for a message to the city, with the node's name as its sender. */
  const named = (from: string) => `ld.m.331000.${from}._._.${TO_CITY}`;
  test('as a client of the hub, is refused the name of another county’s node', async () => {
    const { connection, refused } = await speaker({ servers: federation.urlOf('hub'), ...(await linkSecret()) });
    connection.publish(named(OTHER_COUNTY), 'forged');
    await connection.flush();
    await eventually(() => Promise.resolve(refused.length > 0));
    expect(refused.join()).toMatch(/[Pp]ermissions [Vv]iolation.*331002/);
  });

  test('with a broker of its own that lets everything through, brings nothing in another county’s name over the link', async () => {
    const rogue = await rogueLeaf();
    const { connection } = await speaker({ servers: rogue.url, inboxPrefix: inboxPrefix('host-331022') });
    const publish = (from: string) =>
      jetstream(connection)
        .publish(named(from), 'forged', { timeout: 3_000 })
        .then(
          () => 'kept',
          () => 'refused',
        );
    // its own county's name passes as it does for the real leaf, which shows that the link works
    await eventually(async () => (await publish(COUNTY)) === 'kept');
    expect(await publish(OTHER_COUNTY)).toBe('refused');
    expect(await publish('_')).toBe('refused');
    await rogue.stop('SIGKILL');
  });

  async function rogueLeaf(): Promise<TestBroker> {
    const { user, pass } = await linkSecret();
    const own = await readFile(topologyPaths(federation.dir).brokerConfigFile(LEAF), 'utf8');
    const remote = /nats-leaf:\/\/[^@]*@([0-9.:]+)/.exec(own)?.[1] ?? '';
    const dir = join(federation.dir, 'rogue');
    const port = await freePort();
    const broker = new TestBroker(dir, { id: 'rogue', address: '127.0.0.1', port, storeDir: join(dir, 'js') });
    const file = topologyPaths(dir).brokerConfigFile('rogue');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(
      file,
      [
        `listen: "127.0.0.1:${broker.port}"`,
        'server_name: "rogue"',
        `leafnodes { reconnect: 1, remotes: [ { url: "nats-leaf://${user}:${pass}@${remote}" } ] }`,
        '',
      ].join('\n'),
    );
    await broker.start();
    return broker;
  }
});
