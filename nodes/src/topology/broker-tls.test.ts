import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import { inboxPrefix } from '@liandong/runtime';
import { freePort } from '@liandong/runtime/local';
import type { Topology } from '@liandong/schema/wire';
import { brokerUrl, graphqlSubject, parseTopology, tlsOption } from '@liandong/schema/wire';
import { parseDivisions } from '@liandong/schema/kernel';
import type { NatsConnection } from '@nats-io/transport-node';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestCertificate } from '../../../schema/src/testing/tls.ts';
import { CAN_CERTIFY, makeCertificate } from '../../../schema/src/testing/tls.ts';
import { TestBroker } from '../testing/test-brokers.ts';
import { CITY, COUNTY, DIVISIONS_FILE, TOWNSHIP, eventually } from '../testing/test-federation.ts';
import type { TopologyPaths } from './index.ts';
import { holdCeremony } from './index.ts';

describe.skipIf(!CAN_CERTIFY)('brokers whose topology names certificates (needs openssl to make them)', () => {
  let dir: string;
  let certificate: TestCertificate;
  let topology: Topology;
  let paths: TopologyPaths;
  let brokers: TestBroker[];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liandong-broker-tls-'));
    certificate = makeCertificate(dir);
    const { certFile, keyFile } = certificate;
    const [hubPort, leafPort, countyPort] = [await freePort(), await freePort(), await freePort()];
    const common = { address: '127.0.0.1', tls: { certFile, keyFile, caFile: certFile } };
    topology = parseTopology({
      sequence: 1,
      brokers: [
        { id: 'hub', port: hubPort, leafPort, storeDir: join(dir, 'hub'), ...common },
        { id: 'sanmen', port: countyPort, leafOf: 'hub', storeDir: join(dir, 'sanmen'), ...common },
      ],
      hosts: [
        { id: 'city', nodes: [CITY], url: null },
        { id: 'county', nodes: [COUNTY, TOWNSHIP], url: null, broker: 'sanmen' },
      ],
    });
    const divisions = parseDivisions(readFileSync(DIVISIONS_FILE, 'utf8'));
    paths = await holdCeremony(topology, divisions, dir, new Date());
    brokers = topology.brokers.map((broker) => new TestBroker(dir, broker));
    for (const broker of brokers) await broker.start();
  });
  afterAll(async () => {
    await Promise.all(brokers.map((broker) => broker.stop('SIGTERM')));
    await rm(dir, { recursive: true, force: true });
  });

  const urlAt = (n: number) => {
    const broker = topology.brokers[n];
    if (!broker) throw new Error(`no broker ${n}`);
    return brokerUrl(broker);
  };
  const as = async (name: string, seedFile: string, url: string, trusting: object): Promise<NatsConnection> => {
    const seed = new TextEncoder().encode((await readFile(seedFile, 'utf8')).trim());
    const who = { name, inboxPrefix: inboxPrefix(name), authenticator: nkeyAuthenticator(seed) };
    return connect({ servers: url, maxReconnectAttempts: 0, timeout: 5_000, ...who, ...trusting });
  };
  const trusting = (url: string) => ({
    tls: { ...tlsOption([url], checkServerIdentity).tls, caFile: certificate.certFile },
  });
  const seedOf = (host: string) => join(paths.hostDir(host), 'nats.seed');

  test('are named to hosts and gateways with tls://', async () => {
    for (const [file, url] of [
      [join(paths.hostDir('county'), 'host.env'), urlAt(1)],
      [join(paths.gatewayDir('gateway'), 'gateway.env'), urlAt(0)],
    ] as const) {
      expect(url).toMatch(/^tls:/);
      expect(await readFile(file, 'utf8')).toContain(`LIANDONG_NATS_URL=${url}\n`);
    }
  });

  test('take nobody whom their certificate does not convince, and carry a question over the link between them', async () => {
    const leaf = await readFile(paths.brokerConfigFile('sanmen'), 'utf8');
    expect(leaf).toMatch(/remotes: \[ \{ url: "tls:/);
    const url = urlAt(1);
    await expect(as('county', seedOf('county'), url, tlsOption([url], checkServerIdentity))).rejects.toThrow(
      /self.signed/,
    );
    const county = await as('county', seedOf('county'), url, trusting(url));
    county.subscribe(graphqlSubject('county'), { callback: (_, message) => void message.respond('three gates') });
    await county.flush();
    const seed = join(paths.gatewayDir('gateway'), 'nats.seed');
    const gateway = await as('gateway', seed, urlAt(0), trusting(urlAt(0)));
    const ask = () => gateway.request(graphqlSubject('county'), 'x', { timeout: 1_000 });
    await eventually(() =>
      ask().then(
        (answer) => answer.string() === 'three gates',
        () => false,
      ),
    );
    await Promise.all([gateway.close(), county.close()]);
  });
});
