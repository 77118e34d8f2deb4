import type { HeavyRoots } from '@liandong/schema/graph';
import type { Viewer } from '@liandong/schema/operation';
import type { FieldNode } from 'graphql';
import { valueFromASTUntyped } from 'graphql';
import type { Registry } from './registry.ts';
import type { Route } from './roles.ts';
import { ROLE_LIST } from './roles.ts';

/** Weight of one node's part in an answer of all nodes, counted in fields. */
const NODE_WEIGHT = 4;
/** Most questions to all nodes of a division in one request without a login. */
const MOST_OF_STRANGERS = 2;

/** Root fields that all nodes of a division answer, together or each. */
const GATHERED: ReadonlyMap<string, Route & { by: 'subtree' | 'within' | 'merged' }> = new Map(
  ROLE_LIST.flatMap(({ routes }) =>
    Object.entries(routes).flatMap(([name, route]) =>
      route.by === 'subtree' || route.by === 'within' || route.by === 'merged' ? [[name, route] as const] : [],
    ),
  ),
);

/** Weights of root fields that ask every node of a division: they grow with the number of nodes. */
export function heavyRoots(registry: Registry, viewer: Viewer | null, variables: Record<string, unknown>): HeavyRoots {
  return {
    most: viewer ? Infinity : MOST_OF_STRANGERS,
    weightOf: (root) => {
      const route = GATHERED.get(root.name.value);
      if (!route) return 0;
      const given = argumentAt(root, route.path, variables);
      const isCode = typeof given === 'string' || typeof given === 'number';
      // a variable's default may name any division, so the city's weight counts
      const division = isCode ? String(given) : registry.divisions.city.code;
      // an unknown place asks no node; the resolver refuses it
      const place = registry.divisions.find(division);
      return place ? NODE_WEIGHT * registry.nodesWithin(place.code).length : 0;
    },
  };
}

function argumentAt(field: FieldNode, [name, ...path]: readonly string[], variables: Record<string, unknown>): unknown {
  const argument = (field.arguments ?? []).find((given) => given.name.value === name);
  const value: unknown = argument && valueFromASTUntyped(argument.value, variables);
  return path.reduce<unknown>((found, step) => (found as Record<string, unknown> | null | undefined)?.[step], value);
}
