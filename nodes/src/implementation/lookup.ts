import type { Divisions } from '@liandong/schema/kernel';
import type { ImplementationLookup } from '@liandong/schema/domains/implementation';
import { problem } from '@liandong/schema/kernel';
import { findImplementations, heardOf } from '../catalogue/index.ts';
import type { NodeQueries } from '../db/index.ts';

/** Implementations as one node has them: its own, or a copy that says how old it is. */
export function implementationLookup(queries: NodeQueries, divisions: Divisions): ImplementationLookup {
  const { node } = queries;
  return {
    async getMany(keys) {
      const found = await findImplementations(queries, keys);
      const publishers = [...new Set(found.map((i) => i.node))];
      const heard = new Map(await Promise.all(publishers.map(async (p) => [p, await heardOf(queries, p)] as const)));
      return keys.map((key) => {
        divisions.get(key.node);
        const implementation = found.find((i) => i.item === key.item && i.node === key.node);
        if (!implementation) {
          return problem('ITEM_UNKNOWN', `${node} knows no implementation of ${key.item} at ${key.node}.`, { node });
        }
        return { implementation, answeredBy: node, staleSince: heard.get(key.node) ?? null };
      });
    },
  };
}
