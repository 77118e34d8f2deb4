import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate, DivisionCode, Divisions, Topology } from '@liandong/schema';
import { SIGNED_TYPES, problem } from '@liandong/schema';
import { nkeys } from '@nats-io/transport-node';
import type { StoredKey, TrustFile } from '../trust/index.ts';
import { generateNodeKey, importNodeKey, publicOf, signWith, writeKeys } from '../trust/index.ts';
import { brokerConfig } from './broker-config.ts';

/** Where the ceremony's outputs are; every host is given its own directory and the two public files. */
export interface CeremonyPaths {
  trustFile: string;
  topologyFile: string;
  brokerConfigFile: string;
  gatewaySeedFile: string;
  hostDir: (host: string) => string;
}

export function ceremonyPaths(dir: string): CeremonyPaths {
  return {
    trustFile: join(dir, 'trust.json'),
    topologyFile: join(dir, 'topology.json'),
    brokerConfigFile: join(dir, 'nats.conf'),
    gatewaySeedFile: join(dir, 'gateway', 'nats.seed'),
    hostDir: (host) => join(dir, 'hosts', host),
  };
}

export interface BrokerPlace {
  address: string;
  port: number;
  storeDir: string;
}

/**
 * The key ceremony for a new federation: a key for each node, each signed by its parent's and the city's as the root;
 * credentials for the broker; its configuration. Writes everything below `dir`, private files readable by their owner
 * alone.
 * @param passphrase what the nodes' keys are encrypted with, one file a host; null leaves them plain
 * @throws {ProblemError} BAD_CONFIG when a node's parent has no node
 */
export async function holdCeremony(
  topology: Topology,
  divisions: Divisions,
  broker: BrokerPlace,
  dir: string,
  now: Date,
  passphrase: string | null = null,
): Promise<CeremonyPaths> {
  const paths = ceremonyPaths(dir);
  const keys = await generateKeys(topology, divisions);
  const trust = await certify(keys, divisions, now);
  await mkdir(dir, { recursive: true });
  await writeFile(paths.trustFile, JSON.stringify(trust));
  await writeFile(paths.topologyFile, JSON.stringify(topology, null, 2));

  const seeds = new Map<string, string>();
  for (const host of topology.hosts) {
    const keysDir = join(paths.hostDir(host.id), 'keys');
    const held = host.nodes.flatMap((node) => keys.get(node) ?? []);
    await writeKeys(keysDir, held, passphrase);
    seeds.set(host.id, await writeSeed(join(paths.hostDir(host.id), 'nats.seed')));
  }
  await mkdir(join(dir, 'gateway'), { recursive: true, mode: 0o700 });
  const gateway = await writeSeed(paths.gatewaySeedFile);
  await writePrivate(paths.brokerConfigFile, brokerConfig(topology, divisions, { ...broker, hosts: seeds, gateway }));
  return paths;
}

async function generateKeys(topology: Topology, divisions: Divisions): Promise<Map<DivisionCode, StoredKey>> {
  const nodes = topology.hosts.flatMap((host) => host.nodes);
  for (const node of nodes) {
    const { parent } = divisions.get(node);
    if (parent !== null && !nodes.includes(parent)) {
      throw problem(
        'BAD_CONFIG',
        `${node} is in the topology and its parent ${parent} is not: nobody could vouch for its key.`,
      );
    }
  }
  return new Map(await Promise.all(nodes.map(async (node) => [node, await generateNodeKey(node)] as const)));
}

async function certify(
  keys: ReadonlyMap<DivisionCode, StoredKey>,
  divisions: Divisions,
  now: Date,
): Promise<TrustFile> {
  const root = keys.get(divisions.city.code);
  if (!root) throw problem('BAD_CONFIG', 'The topology has no node of the city, whose key is the root.');
  const certificates = await Promise.all(
    [...keys.values()].map(async ({ node, kid, jwk }) => {
      const issuer = keys.get(divisions.get(node).parent ?? node) ?? root;
      const certificate: Certificate = {
        node,
        issuer: issuer.node,
        jwk: publicOf(jwk),
        kid,
        issuedAt: now.toISOString(),
      };
      return signWith(await importNodeKey(issuer), SIGNED_TYPES.certificate, certificate);
    }),
  );
  return { root: publicOf(root.jwk), certificates };
}

/** @returns the public half */
async function writeSeed(file: string): Promise<string> {
  const user = nkeys.createUser();
  await writePrivate(file, new TextDecoder().decode(user.getSeed()));
  return user.getPublicKey();
}

async function writePrivate(file: string, content: string): Promise<void> {
  await writeFile(file, content, { mode: 0o600 });
}
