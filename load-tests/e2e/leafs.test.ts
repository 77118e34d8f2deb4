import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Topology } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RoadProxy } from '../src/chaos/road-proxy.ts';
import { Client } from '../src/federation/client.ts';
import { DEMO_HOSTS, DEMO_PASSWORD, DEMO_PEOPLE, person } from '../src/federation/demo-plan.ts';
import * as documents from '../src/federation/documents.ts';
import type { Federation } from '../src/federation/federation.ts';
import { lowIncome } from '../src/federation/journeys.ts';
import { COUNTY, TOWNSHIP, VILLAGE } from './asking.ts';
import { settled, startFederation } from './federation.ts';

/** 三门县's own broker with the county's hosts; 珠岙镇 and its villages belong to the city's broker. */
const LEAF = 'sanmen';
const AT_LEAF = ['county', 'tingpang', 'baojia', 'renjia'];
/** 杨家村 of 亭旁镇, which has no node at first. */
const NEW_VILLAGE = '331022103200';

interface Filed {
  case: { id: string; number: string };
  trackingCode: string;
}

let federation: Federation;
let link: RoadProxy;
let countyGateway: string;

beforeAll(async () => {
  federation = await startFederation({
    hosts: DEMO_HOSTS,
    people: [...DEMO_PEOPLE, person('yangjia-agent', '杨春燕', NEW_VILLAGE, 'AGENT')],
    gatewaySettings: { LIANDONG_REQUEST_TIMEOUT_MS: '120000' },
    leafs: [
      {
        id: LEAF,
        hosts: AT_LEAF,
        link: async (hubPort) => {
          link = await RoadProxy.listen(hubPort, false);
          return link.port;
        },
      },
    ],
  });
  countyGateway = await federation.startLeafGateway(LEAF);
});
afterAll(async () => {
  await federation.stop();
  await link.close();
});

const atCounty = (who: string | null) =>
  who === null ? Promise.resolve(new Client(countyGateway, null)) : Client.login(countyGateway, who, DEMO_PASSWORD);
/** Asks until a case has the expected custodian. */
async function reaches(client: Client, id: string, custodian: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const { data } = await client.ask(documents.CASE_NOW, { id });
        const found = data?.['case'] as { custodian: { code: string }; inTransitTo: unknown } | null;
        return found?.inTransitTo === null ? found.custodian.code : null;
      },
      { timeout: 30_000 },
    )
    .toBe(custodian);
}
const one = async (host: string, sql: string): Promise<number> =>
  (await federation.rows<{ n: number }>(host, `SELECT coalesce((${sql}), 0)::int AS n`))[0]?.n ?? -1;
const headOf = (host: string, at: string, publisher: string) =>
  one(host, `SELECT head FROM feeds WHERE node = '${at}' AND feed = 'FACTS' AND publisher = '${publisher}'`);
async function command(host: string, args: string[]): Promise<string> {
  const { code, output } = await federation.command(host, args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${output}`);
  return output;
}
/** The topology's hosts, some of them changed. */
function withHosts(...changed: Topology['hosts']): Pick<Topology, 'hosts'> {
  const others = federation.topology.hosts.filter(({ id }) => !changed.some((host) => host.id === id));
  return { hosts: [...others, ...changed] };
}

/** Tries of a step that gets no answer: a leaf takes its time to restart. */
const PATIENCE = 20;

/** A desk that files and forwards cases without a pause, until told to stop. */
class Load {
  readonly filed: string[] = [];
  readonly faults: string[] = [];
  #going = true;
  readonly #done: Promise<void>;

  constructor(client: Promise<Client>) {
    this.#done = this.#work(client);
  }

  async #work(client: Promise<Client>): Promise<void> {
    const agent = await client;
    while (this.#going) {
      try {
        const { case: made } = await agent.do<Filed>(documents.FILE_CASE, lowIncome(), PATIENCE);
        this.filed.push(made.id);
        await agent.do(documents.FORWARD_CASE, { id: made.id }, PATIENCE);
      } catch (error) {
        this.faults.push(String(error));
      }
      await pause(20);
    }
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }
}

const reached = (load: Load, count: number) =>
  expect.poll(() => load.filed.length, { timeout: 60_000 }).toBeGreaterThan(count);

describe('a county whose link to the city is cut', () => {
  test('answers its residents and takes in at its own gateway, and catches up when the link is healed', async () => {
    const agent = await atCounty('baojia-agent');
    const before = await agent.do<Filed>(documents.FILE_CASE, lowIncome());
    link.cut();

    const resident = await atCounty(null);
    const tracked = (filed: Filed) =>
      resident.get<{ track: { state: string; custodian: { name: string } } }>(documents.TRACK, {
        number: filed.case.number,
        code: filed.trackingCode,
      });
    expect((await tracked(before)).track.state).toBe('FILED');
    const during = await agent.do<Filed>(documents.FILE_CASE, lowIncome());
    await agent.do(documents.FORWARD_CASE, { id: during.case.id });
    const clerk = await atCounty('tingpang-clerk');
    await reaches(clerk, during.case.id, TOWNSHIP);
    await clerk.do(documents.ACCEPT_CASE, { id: during.case.id });
    await expect.poll(async () => (await tracked(during)).track.state, { timeout: 20_000 }).toBe('ACCEPTED');
    // the leaf's only way is the cut one: the facts stay owed to the city
    await expect.poll(() => link.refused, { timeout: 30_000 }).toBeGreaterThan(2);
    const stated = () => headOf('tingpang', TOWNSHIP, TOWNSHIP);
    await expect.poll(stated, { timeout: 20_000 }).toBeGreaterThan(await headOf('city', '331000', TOWNSHIP));

    link.heal();
    await expect
      .poll(async () => (await headOf('city', '331000', TOWNSHIP)) - (await stated()), { timeout: 60_000 })
      .toBe(0);
    // at the city's gateway, the county's desk answers again
    await reaches(await federation.as('tingpang-clerk'), during.case.id, TOWNSHIP);
  });
});

describe('a village that is opened while others work', () => {
  const host = 'yangjia';
  const open = (file: string) =>
    `node open ${NEW_VILLAGE} --node ${TOWNSHIP} --topology ${file} --out ${federation.secrets} --why 设立便民服务点`
      .split(' ')
      .concat('--keys-passphrase-file', passphraseFile());
  const passphraseFile = () => federation.environment('tingpang')['LIANDONG_KEYS_PASSPHRASE_FILE'] ?? '';

  test('has its key, its place at the broker and the catalogue by one command, and files its first case', async () => {
    const load = new Load(federation.as('renjia-agent'));
    await reached(load, 2);
    const file = await federation.writeTopology(withHosts({ id: host, nodes: [NEW_VILLAGE], url: null, broker: LEAF }));
    expect(await command('tingpang', open(file))).toMatch(/Opened 331022103200 at yangjia: certified 331022103200\./);
    // an interrupted command may be given again
    expect(await command('tingpang', open(file))).toContain('was opened before');
    federation.reloadBrokers();
    await federation.restartLeaf(LEAF);
    await (await federation.addHost(host, 'baojia')).start();
    await federation.tellGateway();

    const agent = await federation.as('yangjia-agent');
    const id = await firstCase(agent);
    await agent.do(documents.FORWARD_CASE, { id });
    await reaches(agent, id, TOWNSHIP);
    await expect.poll(() => headOf('city', '331000', NEW_VILLAGE), { timeout: 30_000 }).toBeGreaterThan(0);

    const before = load.filed.length;
    await reached(load, before + 2);
    await load.stop();
    expect(load.faults).toEqual([]);
    await settled(federation);
    const list = load.filed.map((made) => `'${made}'`).join(', ');
    expect(await one('tingpang', `SELECT count(*) FROM cases WHERE custody = 'HELD' AND id IN (${list})`)).toBe(
      load.filed.length,
    );
    expect(await one('renjia', `SELECT count(*) FROM cases WHERE node = '331022103210'`)).toBe(load.filed.length);
  });

  /** Files the first case as soon as the catalogue has arrived. */
  async function firstCase(agent: Client): Promise<string> {
    let id = '';
    const file = () =>
      agent.do<Filed>(documents.FILE_CASE, lowIncome()).then(
        (made) => void (id = made.case.id),
        (error: unknown) => String(error),
      );
    await expect.poll(file, { timeout: 30_000, interval: 200 }).toBeUndefined();
    return id;
  }

  test.each([
    ['of another parent', [VILLAGE, '--node', COUNTY], 'county', 'FORBIDDEN'],
    ['that no register knows', ['331022103999', '--node', TOWNSHIP], 'tingpang', 'UNKNOWN_DIVISION'],
    ['the topology has no place for', ['331022103202', '--node', TOWNSHIP], 'tingpang', 'BAD_CONFIG'],
  ])('is refused: one %s', async (_, words, at, code) => {
    const topology = join(federation.dir, 'topology.yaml');
    const args = ['node', 'open', ...words, '--topology', topology, '--out', federation.secrets, '--why', 'x'];
    expect(await federation.command(at, args)).toMatchObject({ code: 1, output: expect.stringContaining(code) });
  });
});

describe('a village that moves to a host at another broker, while its people work', () => {
  const host = 'baojia-city';

  test('is carried from the county’s leaf to the city’s broker, and loses nothing', async () => {
    const load = new Load(federation.as('baojia-agent'));
    await reached(load, 3);
    const hosts = federation.topology.hosts.filter(({ id }) => id !== 'baojia');
    await federation.changeTopology({
      hosts: [...hosts, { id: host, nodes: [VILLAGE], url: null, broker: 'hub' }],
    });
    const moved = await federation.addHost(host, 'zhuao');
    const bundle = join(federation.dir, 'to-hub');
    await command('baojia', ['node', 'release', '--node', VILLAGE, '--to', host, '--out', bundle, '--why', '迁移']);
    await federation.host('baojia').stop();
    federation.reloadBrokers();
    await federation.restartLeaf(LEAF);
    for (const { id } of federation.topology.brokers) await federation.bringStreams(id);
    await command(host, ['node', 'take-in', bundle]);
    await moved.start();
    await federation.tellGateway();

    const before = load.filed.length;
    await reached(load, before + 3);
    await load.stop();
    expect(load.faults).toEqual([]);
    await settled(federation);
    const list = load.filed.map((made) => `'${made}'`).join(', ');
    expect(await one('tingpang', `SELECT count(*) FROM cases WHERE custody = 'HELD' AND id IN (${list})`)).toBe(
      load.filed.length,
    );
    expect(await one(host, `SELECT count(*) FROM cases WHERE node = '${VILLAGE}' AND id IN (${list})`)).toBe(
      load.filed.length,
    );
    const parkedAt = async ({ name }: { name: string }) => ({
      name,
      n: await one(name, 'SELECT count(*) FROM parked'),
    });
    const parked = await Promise.all(federation.hosts().map(parkedAt));
    expect(parked.filter(({ n }) => n > 0)).toEqual([]);
  });
});
