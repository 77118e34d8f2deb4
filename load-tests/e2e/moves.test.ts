import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@liandong/runtime/local';
import type { Topology } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../src/federation/client.ts';
import { DEMO_HOSTS, DEMO_PEOPLE, person } from '../src/federation/demo-plan.ts';
import * as documents from '../src/federation/documents.ts';
import type { Federation } from '../src/federation/federation.ts';
import { lowIncome } from '../src/federation/journeys.ts';
import { settled, startFederation } from './federation.ts';

/** A village that shares its host with another. */
const VILLAGE = '331022102217';
const NEIGHBOUR = '331022102218';
const OLD_HOST = 'zhuao-villages';
const NEW_HOST = 'xiaodu';
/** 西陈村, which has no node at first. */
const OPENED = '331022102219';

let federation: Federation;
let metricsPort: number;
beforeAll(async () => {
  metricsPort = await freePort();
  federation = await startFederation({
    hosts: DEMO_HOSTS,
    people: [...DEMO_PEOPLE, person('xichen-agent', '陈阿秀', OPENED, 'AGENT')],
    // a request waits for its whole time-out while a node moves
    gatewaySettings: { LIANDONG_REQUEST_TIMEOUT_MS: '120000' },
    settings: (host) => Promise.resolve(host === OLD_HOST ? { LIANDONG_METRICS_PORT: String(metricsPort) } : {}),
  });
});
afterAll(() => federation.stop());

/** The topology's hosts with these in place of their namesakes; a host without villages is left out. */
function placed(hosts: Readonly<Record<string, readonly string[]>>): Pick<Topology, 'hosts'> {
  const others = federation.topology.hosts.filter(({ id }) => !(id in hosts));
  const own = Object.entries(hosts).map(([id, nodes]) => ({ id, nodes: [...nodes], url: null, broker: 'hub' }));
  return { hosts: [...others, ...own.filter(({ nodes }) => nodes.length > 0)] };
}

/** People who work at a village without a pause, until told to stop. */
class Load {
  readonly filed: string[] = [];
  readonly faults: string[] = [];
  asked = 0;
  #going = true;
  readonly #done: Promise<unknown>;

  constructor(agent: string) {
    this.#done = Promise.all([
      this.#work(agent, async (client) => {
        const { case: made } = await client.do<{ case: { id: string } }>(documents.FILE_CASE, lowIncome());
        this.filed.push(made.id);
        await client.do(documents.FORWARD_CASE, { id: made.id });
      }),
      this.#work(agent, async (client) => {
        const id = this.filed[0];
        if (id === undefined) return;
        const found = await client.get<{ case: { id: string } | null }>(documents.CASE_NOW, { id });
        if (found.case?.id !== id) throw new Error('the case was not found');
      }),
    ]);
  }

  async #work(who: string, step: (client: Client) => Promise<void>): Promise<void> {
    const client = await federation.as(who);
    while (this.#going) {
      this.asked += 1;
      await step(client).catch((error: unknown) => void this.faults.push(String(error)));
      await pause(20);
    }
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }
}

const reached = (load: Load, count: number) =>
  expect.poll(() => load.filed.length, { timeout: 30_000 }).toBeGreaterThan(count);

async function command(host: string, args: string[]): Promise<string> {
  const { code, output } = await federation.command(host, args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${output}`);
  return output;
}

const count = async (host: string, sql: string): Promise<number> =>
  (await federation.rows<{ n: number }>(host, `SELECT count(*)::int AS n ${sql}`))[0]?.n ?? -1;

describe('a village that is split off from its host onto one of its own, while people work there', () => {
  const load: { running?: Load } = {};
  let bundle: string;

  test('is refused by the old host, carried whole, and served by the new one without a question failing', async () => {
    bundle = join(federation.dir, 'released');
    load.running = new Load('zhuao-village-agent');
    await reached(load.running, 3);

    await federation.changeTopology(placed({ [OLD_HOST]: [NEIGHBOUR], [NEW_HOST]: [VILLAGE] }));
    const host = await federation.addHost(NEW_HOST, OLD_HOST);
    const release = ['node', 'release', '--node', VILLAGE, '--to', NEW_HOST, '--out', bundle, '--why', '迁移'];
    expect(await command(OLD_HOST, release)).toMatch(/Wrote \d+ rows of \d+ tables and 2 keys/);
    federation.reloadBrokers();

    // a file that was cut short on its way is refused as a whole
    const file = join(bundle, 'node.jsonl.gz');
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    expect(await federation.command(NEW_HOST, ['node', 'take-in', bundle])).toMatchObject({ code: 1 });
    expect(await count(NEW_HOST, 'FROM cases')).toBe(0);
    await writeFile(file, whole);
    expect(await command(NEW_HOST, ['node', 'take-in', bundle])).toMatch(/Took in \d+ rows of 331022102217/);
    await host.start();
    await federation.tellGateway();

    const before = load.running.filed.length;
    await reached(load.running, before + 3);
    await load.running.stop();
    expect(load.running.faults).toEqual([]);
  });

  test('has lost nothing: every case is at the new host and arrived at the township, once', async () => {
    const filed = load.running?.filed ?? [];
    await settled(federation);
    const list = filed.map((id) => `'${id}'`).join(', ');
    expect(await count(NEW_HOST, `FROM cases WHERE node = '${VILLAGE}' AND id IN (${list})`)).toBe(filed.length);
    expect(await count('zhuao', `FROM cases WHERE custody = 'HELD' AND id IN (${list})`)).toBe(filed.length);
    const taken = `FROM inbox WHERE node = '331022102' AND kind = 'DOSSIER' AND answer ->> 'outcome' = 'DONE'`;
    expect(await count('zhuao', taken)).toBe(filed.length);
    for (const { name } of federation.hosts()) expect(await count(name, 'FROM parked')).toBe(0);
  });

  test('is no restored database: its incarnation goes on, and no node is asked for copies', async () => {
    expect(await count(NEW_HOST, `FROM lives WHERE node = '${VILLAGE}'`)).toBe(1);
    expect(await count(NEW_HOST, 'FROM heal_peers')).toBe(0);
  });

  test('leaves its neighbour where it is', async () => {
    const client = await federation.as('xiangli-agent');
    await client.do(documents.FILE_CASE, lowIncome());
    expect(federation.host(OLD_HOST).running).toBe(true);
  });

  test('is not served by the old host after it was started anew with its old settings', async () => {
    await federation.host(OLD_HOST).stop();
    await federation.host(OLD_HOST).start();
    const before = await count(OLD_HOST, `FROM cases WHERE node = '${VILLAGE}'`);
    const client = await federation.as('zhuao-village-agent');
    await client.do(documents.FILE_CASE, lowIncome());
    expect(await count(OLD_HOST, `FROM cases WHERE node = '${VILLAGE}'`)).toBe(before);
    const { code, output } = await federation.command(OLD_HOST, ['keys', 'list', '--node', VILLAGE]);
    expect([code, output]).toEqual([1, expect.stringContaining('MISROUTED')]);
  });

  test('is taken in once, and by nobody else', async () => {
    expect(await command(NEW_HOST, ['node', 'take-in', bundle])).toContain('was taken in before');
    const { code, output } = await federation.command(OLD_HOST, ['node', 'take-in', bundle]);
    expect([code, output]).toEqual([1, expect.stringContaining('released for host xiaodu')]);
  });

  test('can be forgotten by the old host, which still knows that it left', async () => {
    const args = ['node', 'forget', '--node', VILLAGE];
    expect((await federation.command(OLD_HOST, args)).output).toContain('--taken-in');
    expect(await command(OLD_HOST, [...args, '--taken-in'])).toMatch(/Took the rows of 331022102217 out of \d+ tables/);
    for (const table of ['cases', 'case_log', 'key_log', 'outbox']) {
      expect(await count(OLD_HOST, `FROM ${table} WHERE node = '${VILLAGE}'`)).toBe(0);
    }
    expect(await count(OLD_HOST, `FROM cases WHERE node = '${NEIGHBOUR}'`)).toBeGreaterThan(0);
    expect(await command(OLD_HOST, ['node', 'moves', '--node', VILLAGE])).toContain(
      'LEFT: from zhuao-villages to xiaodu',
    );
  });

  test('comes back to the old host while that serves its neighbour without a pause, with what was done meanwhile', async () => {
    const back = join(federation.dir, 'back');
    const cases = await count(NEW_HOST, `FROM cases WHERE node = '${VILLAGE}'`);
    const neighbours = new Load('xiangli-agent');
    await reached(neighbours, 2);
    await federation.changeTopology(placed({ [OLD_HOST]: [NEIGHBOUR, VILLAGE], [NEW_HOST]: [] }));
    await command(NEW_HOST, ['node', 'release', '--node', VILLAGE, '--to', OLD_HOST, '--out', back, '--why', '并回']);
    federation.reloadBrokers();
    // its old rows and its key are here: neither makes the host serve it before it was taken in
    await pause(1_500);
    expect(await command(OLD_HOST, ['node', 'moves', '--node', VILLAGE])).toContain('LEFT');
    expect(await command(OLD_HOST, ['node', 'take-in', back])).toContain(`This host serves ${VILLAGE} now.`);
    await federation.tellGateway();
    expect(await count(OLD_HOST, `FROM cases WHERE node = '${VILLAGE}'`)).toBe(cases);
    const client = await federation.as('zhuao-village-agent');
    await expect
      .poll(async () => (await client.refusals(documents.FILE_CASE, lowIncome())).length, { timeout: 20_000 })
      .toBe(0);
    await reached(neighbours, neighbours.filed.length + 2);
    await neighbours.stop();
    expect(neighbours.faults).toEqual([]);
    await federation.host(NEW_HOST).stop();
  });
});

describe('a village that is opened at a host which runs', () => {
  const doctor = async (part: string) => {
    const { output } = await federation.command(OLD_HOST, ['doctor', '--json']);
    return (JSON.parse(output) as { part: string; state: string; text: string }[]).filter((f) => f.part === part);
  };

  test('is served once its key, its certificate and its rights at the broker are there; nobody waits for it', async () => {
    const neighbours = new Load('xiangli-agent');
    await reached(neighbours, 2);
    const file = await federation.writeTopology(placed({ [OLD_HOST]: [NEIGHBOUR, VILLAGE, OPENED] }));
    const passphrase = federation.environment(OLD_HOST)['LIANDONG_KEYS_PASSPHRASE_FILE'] ?? '';
    const words = ['node', 'open', OPENED, '--node', '331022102', '--topology', file, '--out', federation.secrets];
    const said = await command('zhuao', [...words, '--why', '设立便民服务点', '--keys-passphrase-file', passphrase]);
    expect(said).toContain('begins to serve 331022102219 by itself');

    // the broker does not know its rights yet: the host does nothing in its name, and the doctor says what is missing
    await expect
      .poll(() => federation.host(OLD_HOST).said('"code":"BROKER_UNAVAILABLE"'), { timeout: 20_000 })
      .toBe(true);
    expect(await doctor('served')).toMatchObject([{ state: 'BAD', text: expect.stringContaining(OPENED) }]);
    expect(await doctor('broker')).toMatchObject([{ state: 'BAD', text: expect.stringContaining(OPENED) }]);
    expect(await count(OLD_HOST, `FROM lives WHERE node = '${OPENED}'`)).toBe(0);

    federation.reloadBrokers();
    await federation.tellGateway();
    const agent = await federation.as('xichen-agent');
    let id = '';
    const first = () =>
      agent.do<{ case: { id: string } }>(documents.FILE_CASE, lowIncome()).then(
        (made) => void (id = made.case.id),
        (error: unknown) => String(error),
      );
    await expect.poll(first, { timeout: 30_000, interval: 200 }).toBeUndefined();
    await agent.do(documents.FORWARD_CASE, { id });
    await reached(neighbours, neighbours.filed.length + 2);
    await neighbours.stop();
    expect(neighbours.faults).toEqual([]);
    await settled(federation);
    expect(await count('zhuao', `FROM cases WHERE custody = 'HELD' AND id = '${id}'`)).toBe(1);
    await expect
      .poll(() => count('city', `FROM feeds WHERE publisher = '${OPENED}' AND feed = 'FACTS' AND head > 0`))
      .toBe(1);
  });

  test('stands in the metrics and is found sound, and so after the host was started anew with older settings', async () => {
    const shown = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    const line = new RegExp(`liandong_outbox_oldest_seconds\\{node="${OPENED}"`);
    expect(await shown()).toMatch(line);
    await expect.poll(async () => (await doctor('served'))[0]?.state, { timeout: 10_000 }).toBe('OK');
    expect(await doctor('broker')).toMatchObject([{ state: 'OK' }]);
    expect(federation.environment(OLD_HOST)['LIANDONG_NODES']).not.toContain(OPENED);
    await federation.host(OLD_HOST).stop();
    await federation.host(OLD_HOST).start();
    expect(await shown()).toMatch(line);
  });
});

describe('a release', () => {
  test('that was interrupted is undone by a word, and the host serves the node again', async () => {
    const out = join(federation.dir, 'interrupted');
    await federation.host(OLD_HOST).stop();
    const args = ['node', 'release', '--node', NEIGHBOUR, '--to', 'x', '--out', out, '--why', '迁移', '--stopped'];
    await command(OLD_HOST, args);
    // given again, the command continues, and writes the same file
    await command(OLD_HOST, args);
    const undo = ['node', 'keep', '--node', NEIGHBOUR, '--why', '不迁了'];
    expect((await federation.command(OLD_HOST, undo)).output).toContain('--not-taken-in');
    await command(OLD_HOST, [...undo, '--not-taken-in']);
    await federation.host(OLD_HOST).start();
    const client = await federation.as('xiangli-agent');
    await client.do(documents.FILE_CASE, lowIncome());
  });
});
