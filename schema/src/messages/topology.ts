import { z } from 'zod';
import type { DivisionCode } from '../divisions.ts';
import { problem } from '../errors.ts';
import { divisionCodeSchema } from './log-line.ts';

/** A process with a database that serves one node or many. */
export const hostSchema = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes'),
  nodes: z.array(divisionCodeSchema).min(1),
  /** Where the host answers over HTTP; null when it is asked over NATS. */
  url: z.url().nullable(),
});
export type Host = z.infer<typeof hostSchema>;

/** Which node is where. A later topology has a higher sequence; an older one never replaces it. */
export const topologySchema = z
  .object({ sequence: z.int().min(1), hosts: z.array(hostSchema).min(1) })
  .superRefine((topology, context) => {
    const seen = new Map<string, string>();
    const ids = new Set<string>();
    topology.hosts.forEach((host, h) => {
      if (ids.has(host.id)) {
        context.addIssue({ code: 'custom', path: ['hosts', h, 'id'], message: `${host.id} is another host already` });
      }
      ids.add(host.id);
      for (const node of host.nodes) {
        const other = seen.get(node);
        if (other !== undefined) {
          context.addIssue({ code: 'custom', path: ['hosts', h, 'nodes'], message: `${node} is at ${other} already` });
        }
        seen.set(node, host.id);
      }
    });
  });
export type Topology = z.infer<typeof topologySchema>;

/** An immutable snapshot of the topology, by node. */
export class TopologySnapshot {
  readonly sequence: number;
  readonly hosts: readonly Host[];
  readonly #byNode: ReadonlyMap<DivisionCode, Host>;

  constructor(topology: Topology) {
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
 * @param content parsed JSON
 * @throws {ProblemError} BAD_CONFIG with every fault
 */
export function parseTopology(content: unknown): Topology {
  const parsed = topologySchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((i) => `${i.path.join('.') || 'the file'}: ${i.message}`);
  throw problem('BAD_CONFIG', `The topology is faulty: ${faults.join('; ')}.`);
}
