import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate } from '@liandong/schema/trust';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Topology } from '@liandong/schema/wire';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { StoredKey, TrustFile } from '../trust/index.ts';
import { generateNodeKey, importNodeKey, publicOf, signWith, writeKeys } from '../trust/index.ts';
import type { TopologyPaths } from './outputs.ts';
import { topologyPaths, writeOutputs } from './outputs.ts';

/**
 * The key ceremony for a new federation: a key for each node, each signed by its parent's and the city's as the root;
 * credentials for the brokers; their configurations; the settings of hosts and gateways. Writes everything below `dir`;
 * only the owner can read the private files.
 * @param passphrase encrypts the nodes' keys, one file a host; null leaves them plain
 * @param home where hosts and gateways will find their files
 * @throws {ProblemError} BAD_CONFIG when a node's parent has no node, or a ceremony was held here before
 */
export async function holdCeremony(
  topology: Topology,
  divisions: Divisions,
  dir: string,
  now: Date,
  passphrase: string | null = null,
  home?: string,
): Promise<TopologyPaths> {
  const paths = topologyPaths(dir);
  const held = await stat(paths.trustFile).catch(() => null);
  if (held) {
    throw problem('BAD_CONFIG', `${dir} holds the keys of a federation already. liandong topology update changes one.`);
  }
  const keys = await generateKeys(topology, divisions);
  const trust = await certify(keys, divisions, now);
  await mkdir(dir, { recursive: true });
  for (const host of topology.hosts) {
    const keysDir = join(paths.hostDir(host.id), 'keys');
    const own = host.nodes.flatMap((node) => keys.get(node) ?? []);
    await writeKeys(keysDir, own, passphrase);
  }
  await writeOutputs(topology, divisions, dir, home);
  // last: a ceremony that stopped before this can be held again
  await writeFile(paths.trustFile, JSON.stringify(trust));
  return paths;
}

async function generateKeys(topology: Topology, divisions: Divisions): Promise<Map<DivisionCode, StoredKey>> {
  const nodes = topology.hosts.flatMap((host) => host.nodes);
  for (const node of nodes) {
    const { parent } = divisions.get(node);
    if (parent !== null && !nodes.includes(parent)) {
      throw problem(
        'BAD_CONFIG',
        `${node} is in the topology and its parent ${parent} is not, so its key can't be certified.`,
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
