import type { Divisions } from '../kernel/divisions.ts';
import { nodeTokens } from './subjects.ts';
import type { Topology } from './topology.ts';
import { brokerOf } from './topology.ts';

/** Tokens of a node's name. */
const DEPTH = 4;

interface Named {
  tokens: readonly string[];
  own: boolean;
}

/**
 * A broker's part of the subject tree: the fewest patterns that cover all its nodes and no others. A county with all
 * its nodes at one leaf is one pattern, `331000.331022.*.*`; a village of it at another broker splits the pattern.
 */
export function territoryOf(topology: Topology, divisions: Divisions, broker: string): string[] {
  return cover(
    topology.hosts.flatMap((host) =>
      host.nodes.map((node) => ({
        tokens: nodeTokens(node, divisions).split('.'),
        own: brokerOf(topology, host).id === broker,
      })),
    ),
  );
}

/** The names of all places of the register that are not a broker's: in none of them may anything come from it. */
export function foreignTo(topology: Topology, divisions: Divisions, broker: string): string[] {
  const territory = territoryOf(topology, divisions, broker).map((pattern) => pattern.split('.'));
  return cover(
    divisions.subtree(divisions.city.code).map(({ code }) => {
      const tokens = nodeTokens(code, divisions).split('.');
      const within = territory.some((pattern) => pattern.every((token, i) => token === '*' || token === tokens[i]));
      return { tokens, own: !within };
    }),
  );
}

function cover(names: readonly Named[], prefix: readonly string[] = []): string[] {
  const own = names.filter((name) => name.own).length;
  if (own === 0) return [];
  if (own === names.length) return [[...prefix, ...Array<string>(DEPTH - prefix.length).fill('*')].join('.')];
  const next = new Set(names.map(({ tokens }) => tokens[prefix.length] ?? ''));
  return [...next].flatMap((token) =>
    cover(
      names.filter(({ tokens }) => tokens[prefix.length] === token),
      [...prefix, token],
    ),
  );
}

/**
 * Subjects of a broker's stream of one kind: everything sent to the nodes at this broker, from any node. A publish
 * crosses the links to the receiver's broker and is stored only there. While the link is cut no stream takes it, and
 * the outbox keeps it.
 */
export function roadSubjects(road: 'm' | 'r', topology: Topology, divisions: Divisions, broker: string): string[] {
  if (topology.brokers.length === 1) return [`ld.${road}.>`];
  return territoryOf(topology, divisions, broker).map((to) => `ld.${road}.*.*.*.*.${to}`);
}
