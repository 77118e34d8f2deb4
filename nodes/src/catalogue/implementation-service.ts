import type { Answers } from '@liandong/schema/operation';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Implementation, ImplementationService, ImplementationView } from '@liandong/schema/domains/catalogue';
import type { Offices } from '@liandong/schema/domains/offices';
import { jsonBytes, MAX_ITEM_BYTES } from '@liandong/schema/wire';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { diffElements, requireReason } from '@liandong/schema/domains/item-life';
import { implementationFaults } from '@liandong/schema/domains/implementation';
import { implementationSchema } from '@liandong/schema/domains/catalogue';
import { parseInput } from '@liandong/schema/graph';
import { requireHolder } from '@liandong/schema/domains/offices';
import { requireOwnDesk, requirePermission } from '@liandong/schema/operation';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { once, unkeyed } from '../idempotency/index.ts';
import { heardOf } from './catalogue-service.ts';
import { findImplementations, findItem, insertImplementations } from './catalogue-store.ts';
import { lockCode } from './item-life-store.ts';

export interface ImplementationParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  appender: FeedAppender;
  /** The node's windows and departments. */
  offices: (queries: NodeQueries) => Promise<Offices>;
  now: () => Date;
}

/** Implementations as one node has them: its own, or a copy that says how old it is. */
export function implementationService({
  node,
  db,
  divisions,
  appender,
  offices,
  now,
}: ImplementationParts): ImplementationService {
  const queries = db.queries(node);
  return {
    async getMany(keys): Answers<ImplementationView> {
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

    async revise(viewer, input) {
      if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
      requireOwnDesk(viewer, node);
      const { item: code, reason, ...change } = unkeyed(input);
      const { tier } = divisions.get(node);
      requirePermission(viewer, 'REVISE_IMPLEMENTATION', tier);
      requireReason(reason);
      const revise = async (tx: NodeTx): Promise<Implementation> => {
        await lockCode(tx, code);
        const item = await findItem(tx, code, { today: dayOf(now()) });
        const known = await findImplementations(tx, [
          ...divisions.ancestors(node).map((d) => ({ item: code, node: d.code })),
          { item: code, node },
        ]);
        const before = known.find((i) => i.node === node);
        if (!item || !before) {
          throw problem('ITEM_UNKNOWN', `${node} carries out no item ${code.slice(0, 50)}.`, { field: 'item' });
        }
        // who sits at no department's window keeps the whole centre's lists
        if (viewer.department !== null) {
          requireHolder(viewer, item, (await offices(tx)).transfers, tier, dayOf(now()));
        }
        const next = parseInput(implementationSchema, { ...before, ...change, version: before.version + 1 });
        const diff = diffElements({ ...before, version: 0 }, { ...next, version: 0 });
        if (diff.length === 0) {
          throw problem('NO_CHANGE', `Version ${before.version} of ${code} at ${node} says the same already.`, {
            node,
          });
        }
        const above = known.filter((i) => i.node !== node).toSorted((a, b) => b.node.length - a.node.length)[0] ?? null;
        const [first, ...rest] = implementationFaults(next, item, above);
        if (first) throw new ProblemError([first, ...rest]);
        const bytes = jsonBytes(next);
        if (bytes > MAX_ITEM_BYTES) {
          const message = `The implementation has ${bytes} bytes; it may have ${MAX_ITEM_BYTES}.`;
          throw problem('PAYLOAD_TOO_LARGE', message, { node });
        }
        await insertImplementations(tx, [next]);
        await tx.query(
          `INSERT INTO implementation_changes (node, item, version, author, author_name, reason, diff, at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [code, next.version, viewer.sub, viewer.name, reason, JSON.stringify(diff), now()],
        );
        await appender.append(tx, 'CATALOGUE', [{ kind: 'IMPLEMENTATION', implementation: next }]);
        return next;
      };
      const request = { mutation: 'reviseImplementation', input };
      const revised = await db.transact(node, (tx) =>
        once(tx, viewer, input.idempotencyKey, request, () => revise(tx)),
      );
      return { implementation: revised, answeredBy: node, staleSince: null };
    },
  };
}
