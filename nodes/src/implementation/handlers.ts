import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Implementation, Item } from '@liandong/schema/domains/catalogue';
import type { implementation } from '@liandong/schema/domains/implementation';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import type { Offices } from '@liandong/schema/domains/offices';
import { jsonBytes, MAX_ITEM_BYTES } from '@liandong/schema/wire';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { diffElements, requireReason } from '@liandong/schema/domains/item-life';
import { implementationFaults } from '@liandong/schema/domains/implementation';
import { implementationSchema } from '@liandong/schema/domains/catalogue';
import { parseInput } from '@liandong/schema/graph';
import { requireHolder } from '@liandong/schema/domains/offices';
import { findImplementations, findItem, insertImplementations, lockCode } from '../catalogue/index.ts';
import type { NodeHandlers, NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { unkeyed } from '../idempotency/index.ts';
import { implementationChangesTable } from './tables.ts';

export interface ImplementationParts {
  node: DivisionCode;
  divisions: Divisions;
  appender: FeedAppender;
  /** The node's windows and departments. */
  offices: (queries: NodeQueries) => Promise<Offices>;
  now: () => Date;
}

/** Revisions of a node's implementations. */
export function implementationHandlers(parts: ImplementationParts): NodeHandlers<typeof implementation> {
  const { node, divisions, appender, offices, now } = parts;
  const { tier } = divisions.get(node);

  return {
    async reviseImplementation({ viewer, tx, input, once }) {
      requireReason(input.reason);
      const revised = await once(async () => {
        const { item, before, above } = await held(parts, tx, input.item);
        // a person at no department's window keeps the lists of the whole centre
        if (viewer.department !== null) {
          requireHolder(viewer, item, (await offices(tx)).transfers, tier, dayOf(now()));
        }
        const { next, diff } = revisionOf(before, input);
        const [first, ...rest] = implementationFaults(next, item, above);
        if (first) throw new ProblemError([first, ...rest]);
        requireSize(next);
        await insertImplementations(tx, [next]);
        await recordRevision(tx, viewer, next, input.reason, diff, now());
        await appender.append(tx, 'CATALOGUE', [{ kind: 'IMPLEMENTATION', implementation: next }]);
        return next;
      });
      return { implementation: revised, answeredBy: node, staleSince: null };
    },
  };
}

interface Held {
  item: Item;
  /** The node's own implementation. */
  before: Implementation;
  /** The implementation of the nearest node above that has one. */
  above: Implementation | null;
}

/** Locks an item and reads it with its implementations here and above. @throws {ProblemError} ITEM_UNKNOWN */
async function held({ node, divisions, now }: ImplementationParts, tx: SharedTx, code: string): Promise<Held> {
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
  const above = known.filter((i) => i.node !== node).toSorted((a, b) => b.node.length - a.node.length)[0] ?? null;
  return { item, before, above };
}

/** The next version; elements that the revision does not name stay. @throws {ProblemError} BAD_INPUT, NO_CHANGE */
function revisionOf(
  before: Implementation,
  input: InputOf<typeof implementation.operations.reviseImplementation>,
): { next: Implementation; diff: ReturnType<typeof diffElements> } {
  const { item: code, reason: _, ...change } = unkeyed(input);
  const { version, node } = before;
  const next = parseInput(implementationSchema, { ...before, ...change, version: version + 1 });
  const diff = diffElements({ ...before, version: 0 }, { ...next, version: 0 });
  if (diff.length === 0) {
    throw problem('NO_CHANGE', `Version ${version} of ${code} at ${node} says the same already.`, { node });
  }
  return { next, diff };
}

/** @throws {ProblemError} PAYLOAD_TOO_LARGE for an implementation that no feed could carry */
function requireSize(next: Implementation): void {
  const bytes = jsonBytes(next);
  if (bytes <= MAX_ITEM_BYTES) return;
  const message = `The implementation has ${bytes} bytes; it may have ${MAX_ITEM_BYTES}.`;
  throw problem('PAYLOAD_TOO_LARGE', message, { node: next.node });
}

async function recordRevision(
  tx: SharedTx,
  { sub, name }: Viewer,
  { item, version }: Implementation,
  reason: string,
  diff: ReturnType<typeof diffElements>,
  at: Date,
): Promise<void> {
  const by = { author: sub, authorName: name, reason };
  await insert(tx, implementationChangesTable, [{ ...by, item, version, diff, at }]);
}
