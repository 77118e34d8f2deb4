import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDivisions } from '@liandong/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COUNTY, CITY, DIVISIONS_FILE, TOWNSHIP, VILLAGE } from '../testing/test-federation.ts';
import { Trust, trustFileSchema } from '../trust/index.ts';
import type { StoredKey } from '../trust/index.ts';
import { holdCeremony } from './index.ts';

const place = { address: '127.0.0.1', port: 4299, storeDir: '/tmp/store' };
const topology = {
  sequence: 1,
  hosts: [
    { id: 'city', nodes: [CITY], url: null },
    { id: 'county', nodes: [COUNTY, TOWNSHIP], url: null },
    { id: 'village', nodes: [VILLAGE], url: null },
  ],
};

describe('the key ceremony', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liandong-ceremony-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  test('gives every node a key its parent vouches for, and each host its own keys alone', async () => {
    const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
    const paths = await holdCeremony(topology, divisions, place, dir, new Date());
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
      'gateway/nats.seed',
      'nats.conf',
    ]) {
      expect((await stat(join(dir, file))).mode & 0o077).toBe(0);
    }
  });

  test('lets each host publish in its own nodes’ names and read its own nodes’ consumers', async () => {
    const config = await readFile(join(dir, 'nats.conf'), 'utf8');
    const users = config.split('\n').filter((line) => line.includes('nkey:'));
    expect(users.length).toBe(4);
    const county = users.find((line) => line.includes('ld.graphql.county"]'));
    expect(county).toContain('"ld.m.331000.331022._._.>"');
    expect(county).toContain('"ld.m.331000.331022.331022103._.>"');
    expect(county).not.toContain('"ld.m.331000.331022.331022103.331022103201.>"');
    expect(county).not.toContain('STREAM.DELETE');
    const gateway = users.find((line) => line.includes('_INBOX_gateway'));
    expect(gateway).not.toContain('JS.API');
    expect(gateway).not.toContain('ld.m.');
  });

  test('is refused for a node whose parent has no node, and without the city', async () => {
    const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
    const hold = (nodes: string[]) =>
      holdCeremony({ sequence: 1, hosts: [{ id: 'x', nodes, url: null }] }, divisions, place, dir, new Date());
    await expect(hold([CITY, TOWNSHIP])).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(hold([COUNTY])).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});
