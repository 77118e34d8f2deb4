import type { Divisions } from '@liandong/schema/kernel';
import type { Host, Placement } from '@liandong/schema/wire';
import { TopologySnapshot } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';

/** The host of each node: an immutable snapshot, replaced only by one of a higher sequence. */
export class Registry {
  readonly divisions: Divisions;
  #current: TopologySnapshot;
  readonly #replaced = new Set<() => void>();

  constructor(divisions: Divisions, topology: Placement) {
    this.divisions = divisions;
    for (const host of topology.hosts) for (const node of host.nodes) divisions.get(node);
    this.#current = new TopologySnapshot(topology);
  }

  get current(): TopologySnapshot {
    return this.#current;
  }

  /** @returns whether the topology was newer and is now in force; a late or repeated one changes nothing */
  replace(topology: Placement): boolean {
    if (topology.sequence <= this.#current.sequence) return false;
    for (const host of topology.hosts) for (const node of host.nodes) this.divisions.get(node);
    this.#current = new TopologySnapshot(topology);
    for (const told of this.#replaced) told();
    return true;
  }

  /**
   * Waits for a newer topology: a node is moving, and the topology with its new host is on its way.
   * @param ms longest wait
   */
  async whenNewer(sequence: number, ms: number): Promise<void> {
    if (this.#current.sequence > sequence || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#replaced.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#replaced.add(done);
    });
  }

  /** The place itself when it has a node, else the nearest place above that has one, else the place. */
  nearestNode(place: string): string {
    const lineage = this.divisions.lineage(place);
    return (lineage.find(({ code }) => this.#current.findHost(code)) ?? this.divisions.get(place)).code;
  }

  /** @throws {ProblemError} UNKNOWN_DIVISION for an unknown code, NODE_UNREACHABLE for a place without a node */
  hostOf(node: string): Host {
    this.divisions.get(node);
    const host = this.#current.findHost(node);
    if (!host) throw problem('NODE_UNREACHABLE', `${node} has no node in this federation.`, { node });
    return host;
  }

  /**
   * The nodes of the federation within a division, parents before children.
   * @throws {ProblemError} UNKNOWN_DIVISION
   */
  nodesWithin(division: string): string[] {
    return this.divisions
      .subtree(division)
      .map(({ code }) => code)
      .filter((code) => this.#current.findHost(code) !== undefined);
  }
}
