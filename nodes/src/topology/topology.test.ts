import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDivisions } from '@liandong/schema/kernel';
import { parseTopology } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COUNTY, CITY, DIVISIONS_FILE, TOWNSHIP, VILLAGE } from '../testing/test-federation.ts';
import { Trust, trustFileSchema } from '../trust/index.ts';
import type { StoredKey } from '../trust/index.ts';
import { completeCredentials } from './credentials.ts';
import { brokerConfig, holdCeremony, readTopology, writeOutputs } from './index.ts';

const topology = parseTopology({
  sequence: 1,
  brokers: [{ id: 'hub', address: '127.0.0.1', port: 4299, storeDir: '/tmp/store' }],
  hosts: [
    { id: 'city', nodes: [CITY], url: null },
    { id: 'county', nodes: [COUNTY, TOWNSHIP], url: null },
    { id: 'village', nodes: [VILLAGE], url: 'http://10.0.0.9:8080' },
  ],
});
const divisions = parseDivisions(readFileSync(DIVISIONS_FILE, 'utf8'));

describe('the key ceremony', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liandong-ceremony-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  test('gives every node a key its parent vouches for, and each host its own keys alone', async () => {
    const paths = await holdCeremony(topology, divisions, dir, new Date());
    const file = trustFileSchema.parse(JSON.parse(await readFile(paths.trustFile, 'utf8')));
    const own = JSON.parse(
      await readFile(join(paths.hostDir('village'), 'keys', `${VILLAGE}.jwk.json`), 'utf8'),
    ) as StoredKey;
    const trust = await Trust.load(file, [own], divisions);
    expect(trust.nodes().length).toBe(4);
    expect(JSON.stringify(file)).not.toContain(own.jwk.d);
    await expect(stat(join(paths.hostDir('village'), 'keys', `${CITY}.jwk.json`))).rejects.toThrow('ENOENT');
  });

  test('writes private files for their owner alone', async () => {
    for (const file of [
      'hosts/village/nats.seed',
      `hosts/village/keys/${VILLAGE}.jwk.json`,
      'gateways/gateway/nats.seed',
      'operator/nats.seed',
      'brokers/hub/nats.conf',
      'credentials.json',
    ]) {
      expect((await stat(join(dir, file))).mode & 0o077).toBe(0);
    }
  });

  test('lets each host publish in its own nodes’ names and read its own nodes’ consumers', async () => {
    const config = await readFile(join(dir, 'brokers', 'hub', 'nats.conf'), 'utf8');
    const users = config.split('\n').filter((line) => line.includes('nkey:'));
    expect(users.length).toBe(5);
    const county = users.find((line) => line.includes('ld.graphql.county"]'));
    expect(county).toContain('"ld.m.331000.331022._._.>"');
    expect(county).toContain('"ld.m.331000.331022.331022103._.>"');
    expect(county).not.toContain('"ld.m.331000.331022.331022103.331022103201.>"');
    expect(county).not.toContain('STREAM.DELETE');
    const gateway = users.find((line) => line.includes('_INBOX_gateway'));
    expect(gateway).not.toContain('JS.API');
    expect(gateway).not.toContain('ld.m.');
  });

  test('writes what each host and gateway is set by', async () => {
    const county = await readFile(join(dir, 'hosts', 'county', 'host.env'), 'utf8');
    expect(county).toContain(`LIANDONG_NODES=${COUNTY},${TOWNSHIP}\n`);
    expect(county).toContain('LIANDONG_NATS_URL=nats://127.0.0.1:4299\n');
    const village = await readFile(join(dir, 'hosts', 'village', 'host.env'), 'utf8');
    expect(village).toContain('LIANDONG_HTTP_ADDRESS=10.0.0.9\nLIANDONG_HTTP_PORT=8080\n');
    expect(await readFile(join(dir, 'gateways', 'gateway', 'gateway.env'), 'utf8')).toContain(
      'LIANDONG_GATEWAY=gateway',
    );
  });

  test('is held once: the keys of a federation are never written over', async () => {
    await expect(holdCeremony(topology, divisions, dir, new Date())).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  test.each([
    ['a node whose parent has no node', [CITY, TOWNSHIP]],
    ['no node of the city', [COUNTY]],
  ])('is refused for %s', async (_, nodes) => {
    const faulty = parseTopology({ sequence: 1, hosts: [{ id: 'x', nodes, url: null }] });
    const hold = holdCeremony(faulty, divisions, join(dir, 'faulty'), new Date());
    await expect(hold).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});

describe('a later topology', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liandong-topology-'));
    await holdCeremony(topology, divisions, dir, new Date());
  });
  afterAll(() => rm(dir, { recursive: true }));
  const credentials = async () =>
    JSON.parse(await readFile(join(dir, 'credentials.json'), 'utf8')) as { nkeys: Record<string, string> };

  test('keeps the credentials of who is known, makes them for who is new and forgets who left', async () => {
    const before = await credentials();
    const hosts = [...topology.hosts.slice(0, 2), { id: 'new-village', nodes: [VILLAGE], url: null }];
    expect(await writeOutputs({ ...topology, sequence: 2, hosts }, divisions, dir)).toEqual({
      seeds: ['new-village'],
      relinked: [],
    });
    const after = await credentials();
    expect(after.nkeys['county']).toBe(before.nkeys['county']);
    expect(after.nkeys['village']).toBeUndefined();
    const config = await readFile(join(dir, 'brokers', 'hub', 'nats.conf'), 'utf8');
    expect(config).toContain(after.nkeys['new-village']);
    expect(config).not.toContain(before.nkeys['village']);
  });

  test('is refused when it is an older one, or another of the same sequence', async () => {
    const other = { ...topology, sequence: 2, gateways: [{ id: 'other' }] };
    for (const late of [topology, other]) {
      await expect(writeOutputs(late, divisions, dir)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    }
  });
});

describe('a topology file', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liandong-topology-file-'));
  });
  afterAll(() => rm(dir, { recursive: true }));
  const read = async (text: string) => {
    const file = join(dir, 'topology.yaml');
    await writeFile(file, text);
    return readTopology(file);
  };

  test('is read as YAML, and as JSON', async () => {
    const yaml = `
sequence: 1
brokers:
  - { id: hub, address: 127.0.0.1, port: 4299, storeDir: /tmp/store }
hosts:
  - id: city
    nodes: [331000] # 台州市
    url: null
  - id: county
    nodes: [331022, 331022103]
    url: null
  - id: village
    nodes: [331022103201]
    url: http://10.0.0.9:8080
`;
    expect(await read(yaml)).toEqual(topology);
    expect(await read(JSON.stringify(topology))).toEqual(topology);
  });

  test('is refused with the line of a fault of its text, and the places of all others', async () => {
    await expect(read('sequence: 1\nhosts: [\n')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(read('sequence: 1\nhosts: [\n')).rejects.toThrow(/line \d/);
    await expect(read('sequence: 0\nhosts: [{ id: A, nodes: [1], url: null }]')).rejects.toThrow(
      /sequence: .*hosts\.0\.id: .*hosts\.0\.nodes\.0: /,
    );
    await expect(readTopology('/nowhere')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});

describe('the configuration of a leaf', () => {
  const leafed = parseTopology({
    sequence: 1,
    brokers: [
      { id: 'taizhou', address: '10.0.0.1', port: 4222, storeDir: '/s', leafPort: 7422 },
      { id: 'sanmen', address: '10.22.0.1', port: 4222, storeDir: '/s', leafOf: 'taizhou' },
    ],
    hosts: [
      { id: 'city', nodes: [CITY], url: null },
      { id: 'county', nodes: [COUNTY, TOWNSHIP], url: null, broker: 'sanmen' },
    ],
  });
  const { credentials } = completeCredentials(leafed, null);
  const configOf = (id: string) => {
    const broker = leafed.brokers.find((b) => b.id === id);
    if (!broker) throw new Error(id);
    return brokerConfig(leafed, divisions, broker, credentials);
  };

  test('knows the hosts that stand there and its own way to the hub', () => {
    const config = configOf('sanmen');
    expect(config).toContain(credentials.nkeys['county']);
    expect(config).not.toContain(credentials.nkeys['city']);
    expect(config).toContain(`nats-leaf://leaf-sanmen:${credentials.links['sanmen']}@10.0.0.1:7422`);
    expect(config).toContain('domain: "sanmen"');
  });

  test('lets in nothing from outside in the names of its own nodes', () => {
    expect(configOf('sanmen')).toContain(
      'deny_imports: ["ld.m.331000.331022.*.*.>", "ld.r.331000.331022.*.*.>", "ld.s.331000.331022.*.*"]',
    );
  });

  test('is told to be started anew when a later topology gives its link other rights, and only then', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-relinked-'));
    await holdCeremony(leafed, divisions, dir, new Date());
    const [city, county] = leafed.hosts;
    if (!city || !county) throw new Error('no hosts');
    const village = { id: 'baojia', nodes: [VILLAGE], url: null, broker: 'sanmen' };
    const later = (sequence: number, hosts: typeof leafed.hosts) =>
      writeOutputs({ ...leafed, sequence, hosts }, divisions, dir);
    // one more node at an existing host: the county's names were open before
    expect((await later(2, [city, { ...county, nodes: [COUNTY, TOWNSHIP, VILLAGE] }])).relinked).toEqual([]);
    expect((await later(3, [city, county, village])).relinked).toEqual(['sanmen']);
    expect((await later(4, [city, county, { ...village, broker: 'taizhou' }])).relinked).toEqual(['sanmen']);
    await rm(dir, { recursive: true });
  });

  test('is known at the hub as one who speaks for its own nodes alone', () => {
    const config = configOf('taizhou');
    expect(config).toContain('advertise: "127.0.0.1:1"');
    expect(config).not.toContain(credentials.nkeys['county']);
    const user = config.split('\n').find((line) => line.includes('"leaf-sanmen"')) ?? '';
    const denied = /deny: (\[.*?\])/.exec(user)?.[1] ?? '';
    expect(denied).toContain('"ld.m.331000._.*.*.>"');
    expect(denied).toContain('"ld.m.331000.331002.*.*.>"');
    expect(denied).not.toContain('"ld.m.331000.331022.');
    expect(user).not.toContain('$JS');
  });
});
