import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Services } from '@liandong/runtime/local';
import { freePort } from '@liandong/runtime/local';
import { topologyPaths } from '@liandong/nodes';
import type { Broker, Host } from '@liandong/schema/wire';
import type { DemoPerson } from './demo-plan.ts';

/** Top of the project, from `src` and from `dist` alike. */
export const PROJECT_DIR = fileURLToPath(new URL('../../..', import.meta.url));
export const DIVISIONS_FILE = join(PROJECT_DIR, 'data', 'taizhou-divisions.csv');
export const CATALOGUE_FILE = join(PROJECT_DIR, 'data', 'catalog-sample.json');
/** What nodes state of how they carry items out. */
export const IMPLEMENTATIONS_FILE = join(PROJECT_DIR, 'data', 'implementations-sample.json');
/** Registers and offers of the county. */
export const REGISTERS_FILE = join(PROJECT_DIR, 'data', 'registers-sample.json');
export const HOST_PROGRAM = join(PROJECT_DIR, 'nodes', 'dist', 'programs', 'main.js');
export const CLI_PROGRAM = join(PROJECT_DIR, 'nodes', 'dist', 'programs', 'cli.js');
export const GATEWAY_PROGRAM = join(PROJECT_DIR, 'gateway', 'dist', 'programs', 'main.js');
/** The same programs from source, for development. */
export const SOURCE_PROGRAMS = {
  hostProgram: join(PROJECT_DIR, 'nodes', 'src', 'main.ts'),
  gatewayProgram: join(PROJECT_DIR, 'gateway', 'src', 'main.ts'),
};
export const ISSUER = 'liandong-demo';

/** A county's own broker, and its hosts. */
export interface LeafPlan {
  id: string;
  hosts: readonly string[];
  /**
   * Puts a proxy into the link to the hub, for tests that cut it: gets the hub's port for leafs, and returns the port
   * of a proxy on this machine. Without it the leaf reaches the hub directly.
   */
  link?: (hubPort: number) => Promise<number>;
}

export interface FederationOptions {
  /** Port of the gateway; null for any free one. */
  gatewayPort: number | null;
  /** False for tests: no fsync. */
  durable: boolean;
  /** Called for every step: with null when it begins, and with its time in ms when it is done. */
  progress: (step: string, ms: number | null) => void;
  /** The PATH to search for nats-server. */
  path: string;
  /** Ends the start before its next step; the parts that run by then are stopped. */
  signal?: AbortSignal;
  /** Another federation than the demo's. */
  plan?: FederationPlan;
}

/** The federation to run, and its parts that differ from the usual. */
export interface FederationPlan {
  hosts: readonly Omit<Host, 'url'>[];
  people: readonly DemoPerson[];
  /** The catalogue that the city publishes; the sample if left out. */
  catalogueFile?: string;
  /** Nodes that must have it before the federation counts as started; all of them if left out. */
  awaited?: readonly string[];
  /** The program of the hosts; the product's if left out. */
  hostProgram?: string;
  /** The program of the gateway; the product's if left out. */
  gatewayProgram?: string;
  /** The program of the commands; the product's if left out. */
  cliProgram?: string;
  /** Whether hosts find empty databases, which they migrate at their start: they may be of an earlier version. */
  emptyDatabases?: boolean;
  /** Moment of the key ceremony; now if left out. */
  ceremonyAt?: Date;
  /** A host's own PostgreSQL; the federation's common one if left out or undefined. */
  postgres?: (host: string) => Services | undefined;
  /** Settings of a host that differ from the usual ones. */
  settings?: (host: string, usual: Readonly<Record<string, string>>) => Promise<Record<string, string>>;
  /** Leafs of the hub; without them all hosts belong to the hub. */
  leafs?: readonly LeafPlan[];
  /** Settings of the gateway that differ from the usual ones. */
  gatewaySettings?: Record<string, string>;
}
/** Forms of the sample catalogue's items. */
export const FORMS_FOLDER = join(PROJECT_DIR, 'data', 'forms');
/** The broker of the city, for all hosts without a leaf. */
const HUB = 'hub';
/** Where the key ceremony's outputs are. */
export const secretsOf = (dir: string): string => join(dir, 'federation');

/** The gateway's own copy of the topology, which is updated last. */
export function gatewayTopology(dir: string, id = 'gateway'): string {
  return join(topologyPaths(secretsOf(dir)).gatewayDir(id), 'topology.json');
}

/** The name of a leaf's own gateway. */
export const leafGateway = (leaf: string) => `${leaf}-gateway`;

/** The hub and its leafs, on free ports of this machine. */
export async function planBrokers(
  dir: string,
  leafs: readonly LeafPlan[],
): Promise<{ brokers: Broker[]; brokerOfHost: (host: string) => string }> {
  const at = async (id: string): Promise<Broker> => ({
    id,
    address: '127.0.0.1',
    port: await freePort(),
    storeDir: join(dir, `jetstream-${id}`),
  });
  const leafPort = await freePort();
  const hub = leafs.length > 0 ? { ...(await at(HUB)), leafPort } : await at(HUB);
  const brokers: Broker[] = [hub];
  for (const { id, link } of leafs) {
    const via = link ? { via: `127.0.0.1:${await link(leafPort)}` } : {};
    brokers.push({ ...(await at(id)), leafOf: HUB, ...via });
  }
  return { brokers, brokerOfHost: (host) => leafs.find(({ hosts }) => hosts.includes(host))?.id ?? HUB };
}
