import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findText, parseJson } from '@liandong/runtime';
import type { Divisions } from '@liandong/schema/kernel';
import type { Topology } from '@liandong/schema/wire';
import { brokerOf, brokerUrl, OPERATOR_NAME, parseTopology } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import { brokerConfig, linkConfig } from './broker-config.ts';
import { completeCredentials, findCredentials } from './credentials.ts';

/** Places of the files made from a topology; every host gets its own directory and the two public files. */
export interface TopologyPaths {
  trustFile: string;
  topologyFile: string;
  /** The clients the brokers know; private. */
  credentialsFile: string;
  brokerConfigFile: (broker: string) => string;
  hostDir: (host: string) => string;
  gatewayDir: (gateway: string) => string;
  operatorSeedFile: string;
}

export function topologyPaths(dir: string): TopologyPaths {
  return {
    trustFile: join(dir, 'trust.json'),
    topologyFile: join(dir, 'topology.json'),
    credentialsFile: join(dir, 'credentials.json'),
    brokerConfigFile: (broker) => join(dir, 'brokers', broker, 'nats.conf'),
    hostDir: (host) => join(dir, 'hosts', host),
    gatewayDir: (gateway) => join(dir, 'gateways', gateway),
    operatorSeedFile: join(dir, OPERATOR_NAME, 'nats.seed'),
  };
}

/** What the operator has to do besides carrying the outputs to their places. */
export interface Written {
  /** Names of the clients that got a new seed. */
  seeds: string[];
  /**
   * Leafs whose link has other rights than before: the operator restarts their nats-server after the brokers reloaded.
   */
  relinked: string[];
}

/** Where hosts and gateways find their files by default. */
const HOME = '/etc/liandong';

/**
 * Makes the files for a topology: the configuration of every broker, seeds for new clients, the settings of hosts and
 * gateways, and the topology as JSON. The same topology gives the same files again; known clients keep their
 * credentials.
 * @param home directory in which a host or gateway will keep its files
 * @throws {ProblemError} BAD_CONFIG for a topology older than the present one, or another one with its sequence
 */
export async function writeOutputs(
  topology: Topology,
  divisions: Divisions,
  dir: string,
  home: string = HOME,
): Promise<Written> {
  const paths = topologyPaths(dir);
  for (const host of topology.hosts) for (const node of host.nodes) divisions.get(node);
  const present = await requireNewer(topology, paths.topologyFile);
  const known = await findCredentials(paths.credentialsFile);
  const { credentials, made } = completeCredentials(topology, known);
  for (const { name, seed } of made) await writePrivate(seedFile(name, topology, paths), seed);
  await writePrivate(paths.credentialsFile, JSON.stringify(credentials, null, 2));
  for (const broker of topology.brokers) {
    const config = brokerConfig(topology, divisions, broker, credentials);
    await writePrivate(paths.brokerConfigFile(broker.id), config);
  }
  for (const host of topology.hosts) {
    const url = host.url === null ? null : new URL(host.url);
    await writeSettings(join(paths.hostDir(host.id), 'host.env'), {
      LIANDONG_HOST: host.id,
      LIANDONG_NODES: host.nodes.join(','),
      LIANDONG_NATS_URL: brokerUrl(brokerOf(topology, host)),
      LIANDONG_NATS_SEED_FILE: `${home}/nats.seed`,
      LIANDONG_TOPOLOGY_FILE: `${home}/topology.json`,
      LIANDONG_TRUST_FILE: `${home}/trust.json`,
      LIANDONG_KEYS_DIR: `${home}/keys`,
      ...(url === null
        ? {}
        : {
            LIANDONG_HTTP_ADDRESS: url.hostname,
            LIANDONG_HTTP_PORT: url.port || (url.protocol === 'https:' ? '443' : '80'),
          }),
    });
  }
  for (const gateway of topology.gateways) {
    await writeSettings(join(paths.gatewayDir(gateway.id), 'gateway.env'), {
      LIANDONG_GATEWAY: gateway.id,
      LIANDONG_NATS_URL: brokerUrl(brokerOf(topology, gateway)),
      LIANDONG_NATS_SEED_FILE: `${home}/nats.seed`,
      LIANDONG_TOPOLOGY_FILE: `${home}/topology.json`,
    });
  }
  await write(paths.topologyFile, `${JSON.stringify(topology, null, 2)}\n`, 0o644);
  const relinked = topology.brokers.filter((leaf) => {
    const before = present?.brokers.find(({ id, leafOf }) => id === leaf.id && leafOf !== undefined);
    if (leaf.leafOf === undefined || !present || !known || !before) return false;
    return linkConfig(present, divisions, before, known) !== linkConfig(topology, divisions, leaf, credentials);
  });
  return { seeds: made.map(({ name }) => name), relinked: relinked.map(({ id }) => id) };
}

function seedFile(name: string, topology: Topology, paths: TopologyPaths): string {
  if (name === OPERATOR_NAME) return paths.operatorSeedFile;
  const isHost = topology.hosts.some(({ id }) => id === name);
  return join(isHost ? paths.hostDir(name) : paths.gatewayDir(name), 'nats.seed');
}

/** @returns the topology in the file, or null if there is no file */
async function requireNewer(topology: Topology, file: string): Promise<Topology | null> {
  const text = await findText(file);
  if (text === null) return null;
  const present = parseTopology(parseJson(text, file));
  if (topology.sequence > present.sequence) return present;
  if (JSON.stringify(topology) === JSON.stringify(present)) return present;
  throw problem(
    'BAD_CONFIG',
    `sequence: ${topology.sequence} is not above ${present.sequence}, the topology that is there. Raise it with every change.`,
    { field: 'sequence' },
  );
}

/** Writes settings as `systemd` and shells read them; the site adds settings that only it knows. */
async function writeSettings(file: string, settings: Record<string, string>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  await writePrivate(file, `${lines.join('\n')}\n`);
}

async function writePrivate(file: string, content: string): Promise<void> {
  await write(file, content, 0o600);
}

/** Writes a file whole or not at all: a broker or host may read it at any moment. */
async function write(file: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, content, { mode });
  await rename(`${file}.new`, file);
}
