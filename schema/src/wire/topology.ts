import { z } from 'zod';
import type { DivisionCode } from '../kernel/divisions.ts';
import { problem } from '../kernel/errors.ts';
import { divisionCodeSchema } from '../case/log-line.ts';

/** Names are tokens of subjects and parts of paths. */
const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes');
const portSchema = z.int().min(1).max(65535);

/** YAML reads an unquoted code as a number. */
const nodeSchema = z.preprocess((v) => (typeof v === 'number' ? String(v) : v), divisionCodeSchema);

/** A nats-server: the hub, or a leaf of it that keeps working while the link is cut. */
export const brokerSchema = z.object({
  id: nameSchema,
  /** The address at which hosts and gateways reach it. */
  address: z.string().min(1),
  port: portSchema,
  /** Directory of its JetStream store. */
  storeDir: z.string().min(1),
  /** The hub this broker is a leaf of; the one broker without it is the hub. */
  leafOf: nameSchema.optional(),
  /** The port for a hub's leafs. */
  leafPort: portSchema.optional(),
  /** `address:port` by which a leaf reaches its hub where that is not the hub's own: a tunnel, a translated address. */
  via: z
    .string()
    .regex(/^[^\s:/]+:\d{1,5}$/, 'address:port')
    .optional(),
  /** Files (PEM) on its machine. With them it refuses callers and leafs without TLS. */
  tls: z
    .object({
      certFile: z.string().min(1),
      keyFile: z.string().min(1),
      /** At a leaf, the authority that certifies the hub; the machine's authorities if left out. */
      caFile: z.string().min(1).optional(),
    })
    .optional(),
});
export type Broker = z.infer<typeof brokerSchema>;

/** A process with a database that serves one node or many. */
export const hostSchema = z.object({
  id: nameSchema,
  nodes: z.array(nodeSchema).min(1),
  /** The host's HTTP address; null when it is asked over NATS. */
  url: z.url().nullable(),
  /** The broker it connects to; the hub when left out. */
  broker: nameSchema.optional(),
});
export type Host = z.infer<typeof hostSchema>;

/** A gateway: the city's, or a county's own, which goes on answering while the county's link is cut. */
export const gatewaySchema = z.object({ id: nameSchema, broker: nameSchema.optional() });

/** The one who brings the brokers' streams in line with a new topology; no host or gateway may bear the name. */
export const OPERATOR_NAME = 'operator';

const LOCAL_BROKER: Broker = { id: 'hub', address: '127.0.0.1', port: 4222, storeDir: '/var/lib/nats' };

/**
 * Brokers, hosts and gateways, and which node is where. A later topology has a higher sequence; an older one never
 * replaces it.
 */
export const topologySchema = z
  .object({
    sequence: z.int().min(1),
    brokers: z.array(brokerSchema).min(1).default([LOCAL_BROKER]),
    hosts: z.array(hostSchema).min(1),
    gateways: z.array(gatewaySchema).default([{ id: 'gateway' }]),
  })
  .superRefine((topology, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { brokers, hosts, gateways } = topology;
    const brokerIds = new Set<string>();
    const addresses = new Map<string, string>();
    const hubs = brokers.filter((b) => b.leafOf === undefined);
    brokers.forEach((broker, b) => {
      if (brokerIds.has(broker.id)) fault(['brokers', b, 'id'], `${broker.id} is another broker already`);
      brokerIds.add(broker.id);
      const place = `${broker.address}:${broker.port}`;
      const other = addresses.get(place);
      if (other !== undefined) fault(['brokers', b, 'port'], `${other} listens at ${place} already`);
      addresses.set(place, broker.id);
      if (broker.leafOf === undefined) {
        if (broker !== hubs[0]) fault(['brokers', b, 'leafOf'], `${hubs[0]?.id} is the hub; others are leafs of it`);
        else if (brokers.length > 1 && broker.leafPort === undefined) {
          fault(['brokers', b, 'leafPort'], 'a hub with leafs says where they connect');
        }
        if (broker.via !== undefined) fault(['brokers', b, 'via'], 'only a leaf reaches another broker');
      } else {
        if (broker.leafOf !== hubs[0]?.id) fault(['brokers', b, 'leafOf'], `${broker.leafOf} is no hub`);
        if (broker.leafPort !== undefined) fault(['brokers', b, 'leafPort'], 'a leaf has no leafs of its own');
      }
    });
    const seen = new Map<string, string>();
    const names = new Map<string, string>([[OPERATOR_NAME, 'the operator']]);
    const requireName = (id: string, what: string, path: (string | number)[]) => {
      const other = names.get(id);
      if (other !== undefined) fault(path, `${id} is ${other} already`);
      else names.set(id, what);
    };
    const requireBroker = (id: string | undefined, path: (string | number)[]) => {
      if (id !== undefined && !brokerIds.has(id)) fault(path, `there is no broker ${id}`);
    };
    hosts.forEach((host, h) => {
      requireName(host.id, 'another host', ['hosts', h, 'id']);
      requireBroker(host.broker, ['hosts', h, 'broker']);
      for (const node of host.nodes) {
        const other = seen.get(node);
        if (other !== undefined) fault(['hosts', h, 'nodes'], `${node} is at ${other} already`);
        seen.set(node, host.id);
      }
    });
    gateways.forEach((gateway, g) => {
      requireName(gateway.id, 'another host or gateway', ['gateways', g, 'id']);
      requireBroker(gateway.broker, ['gateways', g, 'broker']);
    });
  });
export type Topology = z.infer<typeof topologySchema>;

/** The part of a topology that a gateway needs. */
export type Placement = Pick<Topology, 'sequence' | 'hosts'>;

/** The broker that all leafs are leafs of. */
export function hubOf({ brokers }: Pick<Topology, 'brokers'>): Broker {
  const hub = brokers.find((broker) => broker.leafOf === undefined);
  if (!hub) throw problem('BAD_CONFIG', 'The topology has no hub.');
  return hub;
}

/** A broker's address; `tls://` if it requires TLS. */
export function brokerUrl({ address, port, tls }: Broker): string {
  return `${tls ? 'tls' : 'nats'}://${address}:${port}`;
}

/** The broker a host or gateway connects to. */
export function brokerOf(topology: Pick<Topology, 'brokers'>, { broker }: { broker?: string | undefined }): Broker {
  return topology.brokers.find(({ id }) => id === broker) ?? hubOf(topology);
}

/** An immutable snapshot of the topology, by node. */
export class TopologySnapshot {
  readonly sequence: number;
  readonly hosts: readonly Host[];
  readonly #byNode: ReadonlyMap<DivisionCode, Host>;

  constructor(topology: Placement) {
    this.sequence = topology.sequence;
    this.hosts = topology.hosts;
    this.#byNode = new Map(topology.hosts.flatMap((host) => host.nodes.map((node) => [node, host])));
  }

  findHost(node: DivisionCode): Host | undefined {
    return this.#byNode.get(node);
  }

  nodes(): DivisionCode[] {
    return [...this.#byNode.keys()];
  }
}

/**
 * @param content parsed YAML or JSON
 * @throws {ProblemError} BAD_CONFIG with every fault
 */
export function parseTopology(content: unknown): Topology {
  const parsed = topologySchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((i) => `${i.path.join('.') || 'the file'}: ${i.message}`);
  throw problem('BAD_CONFIG', `The topology is faulty: ${faults.join('; ')}.`);
}
