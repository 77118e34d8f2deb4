import { stat } from 'node:fs/promises';
import { readJson } from '@liandong/runtime';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Topology } from '@liandong/schema/wire';
import { brokerOf, parseTopology, roadSubjects } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { Road } from '../bus/index.ts';
import type { HostConfig } from '../config.ts';

export type RoadSubjects = Readonly<Record<Road, readonly string[]>>;

/** Subjects of the roads if one broker serves all. */
const EVERYTHING: RoadSubjects = { m: ['ld.m.>'], r: ['ld.r.>'] };

/**
 * The place of a host: the nodes that its settings and its topology file give it, and the subjects its broker takes in.
 * The host checks the file again while it runs; a file older than the known topology changes nothing.
 */
export class NodePlacement {
  readonly #config: Pick<HostConfig, 'host' | 'nodes' | 'topologyFile'>;
  readonly #divisions: Divisions;
  #topology: Topology | null = null;
  #writtenAt = 0;
  /** Live: the nodes that settings or topology place at this host. */
  readonly named: DivisionCode[];
  /** The subjects of the roads of the host's broker. */
  subjects: RoadSubjects = EVERYTHING;

  private constructor(config: Pick<HostConfig, 'host' | 'nodes' | 'topologyFile'>, divisions: Divisions) {
    this.#config = config;
    this.#divisions = divisions;
    this.named = [...config.nodes];
  }

  /** @throws {ProblemError} BAD_CONFIG, also for a topology that does not have the host */
  static async read(
    config: Pick<HostConfig, 'host' | 'nodes' | 'topologyFile'>,
    divisions: Divisions,
  ): Promise<NodePlacement> {
    const placement = new NodePlacement(config, divisions);
    await placement.look();
    const { host, topologyFile } = config;
    if (placement.#topology && !placement.#topology.hosts.some(({ id }) => id === host)) {
      throw problem('BAD_CONFIG', `${topologyFile} has no host ${host}.`);
    }
    return placement;
  }

  /** Whether the topology places a node here; without one, the settings. */
  has(node: DivisionCode): boolean {
    return (this.#topology ? this.#nodesBy(this.#topology) : this.#config.nodes).includes(node);
  }

  /**
   * Reads the topology file if it changed.
   * @returns whether a later topology is in force
   * @throws {ProblemError} BAD_CONFIG once for each faulty file; the topology in force stays
   */
  async look(): Promise<boolean> {
    const { topologyFile: file, host } = this.#config;
    if (file === null) return false;
    const writtenAt = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      (cause: unknown) => {
        if (this.#topology) return this.#writtenAt;
        throw problem('BAD_CONFIG', `${file} can't be read.`, { cause });
      },
    );
    if (writtenAt === this.#writtenAt) return false;
    this.#writtenAt = writtenAt;
    const topology = parseTopology(await readJson(file));
    if (this.#topology && topology.sequence <= this.#topology.sequence) return false;
    this.#topology = topology;
    this.named.splice(0, Infinity, ...new Set([...this.#config.nodes, ...this.#nodesBy(topology)]));
    // a host that the topology leaves out stays with its present broker
    const own = topology.hosts.find(({ id }) => id === host);
    if (own) {
      const { id } = brokerOf(topology, own);
      const to = (road: Road) => roadSubjects(road, topology, this.#divisions, id);
      this.subjects = { m: to('m'), r: to('r') };
    }
    return true;
  }

  #nodesBy(topology: Topology): readonly DivisionCode[] {
    return nodesAt(topology, this.#config.host);
  }
}

function nodesAt({ hosts }: Topology, host: string): readonly DivisionCode[] {
  return hosts.find(({ id }) => id === host)?.nodes ?? [];
}

/**
 * A host's settings, with the nodes that its topology file adds, for commands.
 * @throws {ProblemError} BAD_CONFIG
 */
export async function withPlacedNodes(config: HostConfig): Promise<HostConfig> {
  const { topologyFile, host, nodes } = config;
  if (topologyFile === null) return config;
  const placed = nodesAt(parseTopology(await readJson(topologyFile)), host);
  return { ...config, nodes: [...new Set([...nodes, ...placed])] };
}
