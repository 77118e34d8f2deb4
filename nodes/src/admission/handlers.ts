import type { admission, AdmissionView, ListEntry } from '@liandong/schema/domains/admission';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { FlowChart } from '@liandong/schema/domains/catalogue';
import type { Grant } from '@liandong/schema/domains/delegation';
import {
  admissionState,
  dueForAdmission,
  feesOn,
  publishedList,
  requireExemption,
  requireFeeChange,
  requireHandled,
} from '@liandong/schema/domains/admission';
import { citationsOf } from '@liandong/schema/domains/legal-bases';
import { dayOf, problem } from '@liandong/schema/kernel';
import { flowOf } from '@liandong/schema/domains/catalogue';
import { route } from '@liandong/schema/case';
import { findAllItems, findImplementations, findItem, findRoute } from '../catalogue/index.ts';
import type { NodeHandlers, NodeQueries, SharedTx } from '../db/index.ts';
import { unkeyed } from '../idempotency/index.ts';
import { basesByTitle } from '../legal-bases/index.ts';
import { findEntries, findFeeChanges, insertFeeChange, lockRegister, saveEntry } from './admission-store.ts';

export interface AdmissionParts {
  node: DivisionCode;
  divisions: Divisions;
  /** The grants in effect on a day, as this node knows them. */
  powersOn: (queries: NodeQueries, day: Day) => Promise<readonly Grant[]>;
  now: () => Date;
}

/** The items a node handles at its centre, its fees, and the lists it publishes. */
export function admissionHandlers(parts: AdmissionParts): NodeHandlers<typeof admission> {
  const { node, divisions, powersOn, now } = parts;

  return {
    admission: ({ queries }) => viewOf(parts, queries),

    async publishedList({ queries, input: { kind, audience } }) {
      const today = dayOf(now());
      const [items, powers] = await Promise.all([findAllItems(queries, today), powersOn(queries, today)]);
      const entries = publishedList(items, node, divisions, powers, kind, audience ?? null, today);
      const flows = kind === 'FLOWS' ? await flowsOf(parts, queries, entries, powers) : null;
      return entries.map((entry) => ({ ...entry, via: node, flow: flows?.get(entry.item.code) ?? null }));
    },

    admitItem: ({ viewer, tx, input: { item, from }, once }) =>
      registered(parts, tx, item, once, () =>
        saveEntry(tx, { item, admittedFrom: from, exemption: null }, viewer, now()),
      ),

    exemptItem: ({ viewer, tx, input, once }) =>
      registered(parts, tx, input.item, once, async () => {
        const { item, ...exemption } = unkeyed(input);
        requireExemption(exemption, dayOf(now()));
        await saveEntry(tx, { item, admittedFrom: null, exemption }, viewer, now());
      }),

    changeFee: ({ viewer, tx, input, once }) =>
      registered(parts, tx, input.item, once, async () => {
        const titles = citationsOf(input.basis).map((citation) => citation.title);
        const change = unkeyed(input);
        requireFeeChange(await findFeeChanges(tx), change, await basesByTitle(tx, titles));
        await insertFeeChange(tx, change, viewer, now());
      }),
  };
}

/** The flows of listed items by code, as the node's own people are told them. */
async function flowsOf(
  { node, divisions }: AdmissionParts,
  queries: NodeQueries,
  entries: readonly ListEntry[],
  powers: readonly Grant[],
): Promise<ReadonlyMap<string, FlowChart>> {
  const keys = entries.map(({ item }) => ({
    item: item.code,
    node: divisions.atTier(node, item.decidingTier)?.code ?? node,
  }));
  const known = new Map((await findImplementations(queries, keys)).map((found) => [found.item, found]));
  return new Map(
    entries.map(({ item }) => {
      const found = findRoute(() => route(item, node, divisions, powers));
      const implementation = known.get(item.code) ?? null;
      return [item.code, flowOf({ item, implementation, route: found, place: node, divisions })];
    }),
  );
}

/**
 * Writes once about an item that the node handles, with the register locked, and returns the register after the write.
 */
async function registered(
  parts: AdmissionParts,
  tx: SharedTx,
  code: string,
  once: (work: () => Promise<true>) => Promise<true>,
  write: () => Promise<void>,
): Promise<AdmissionView> {
  const { node, divisions, now } = parts;
  await once(async () => {
    await lockRegister(tx);
    const item = await findItem(tx, code, { today: dayOf(now()) });
    if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${code} in its catalogue.`, { field: 'item' });
    requireHandled(item, divisions.get(node).tier);
    await write();
    return true;
  });
  return viewOf(parts, tx);
}

async function viewOf({ node, divisions, now }: AdmissionParts, queries: NodeQueries): Promise<AdmissionView> {
  const day = dayOf(now());
  const [items, entries, feeChanges] = await Promise.all([
    findAllItems(queries, day),
    findEntries(queries),
    findFeeChanges(queries),
  ]);
  const byItem = new Map(entries.map((entry) => [entry.item, entry]));
  return {
    division: node,
    day,
    items: dueForAdmission(items, divisions.get(node).tier, day).map(({ code }) => {
      const entry = byItem.get(code);
      return { item: code, state: admissionState(entry, day), entry: entry ?? null };
    }),
    fees: feesOn(feeChanges, day),
    feeChanges,
  };
}
