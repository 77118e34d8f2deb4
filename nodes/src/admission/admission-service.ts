import type { AdmissionService, AdmissionView } from '@liandong/schema/graph';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Grant } from '@liandong/schema/domains/delegation';
import type { Viewer } from '@liandong/schema/operation';
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
import { requireOwnDesk, requirePermission } from '@liandong/schema/operation';
import { findAllItems, findItem } from '../catalogue/index.ts';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import { once, unkeyed } from '../idempotency/index.ts';
import { basesByTitle } from '../legal-bases/index.ts';
import { findEntries, findFeeChanges, insertFeeChange, lockRegister, saveEntry } from './admission-store.ts';

export interface AdmissionParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  /** The grants in effect on a day, as this node knows them. */
  powersOn: (queries: NodeQueries, day: Day) => Promise<readonly Grant[]>;
  now: () => Date;
}

/** Which items a node handles at its centre, its fees, and the lists it publishes. */
export function admissionService({ node, db, divisions, powersOn, now }: AdmissionParts): AdmissionService {
  const queries = db.queries(node);
  const { tier } = divisions.get(node);

  return {
    admission: () => view(),

    async publishedList(kind, audience) {
      const today = dayOf(now());
      const [items, powers] = await Promise.all([findAllItems(queries, today), powersOn(queries, today)]);
      return publishedList(items, node, divisions, powers, kind, audience, today);
    },

    admit: (viewer, input) =>
      register(viewer, 'admit', input, (tx, person) =>
        saveEntry(tx, { item: input.item, admittedFrom: input.from, exemption: null }, person, now()),
      ),

    exempt: (viewer, input) =>
      register(viewer, 'exempt', input, async (tx, person) => {
        const { item, ...exemption } = unkeyed(input);
        requireExemption(exemption, dayOf(now()));
        await saveEntry(tx, { item, admittedFrom: null, exemption }, person, now());
      }),

    changeFee: (viewer, input) =>
      register(viewer, 'changeFee', input, async (tx, person) => {
        const titles = citationsOf(input.basis).map((citation) => citation.title);
        const change = unkeyed(input);
        requireFeeChange(await findFeeChanges(tx), change, await basesByTitle(tx, titles));
        await insertFeeChange(tx, change, person, now());
      }),
  };

  /** One step in one transaction, done once under its key, with the register locked. */
  async function register(
    viewer: Viewer | null,
    mutation: keyof AdmissionService,
    input: { item: string; idempotencyKey: string | null },
    write: (tx: NodeTx, person: Viewer) => Promise<void>,
  ): Promise<AdmissionView> {
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    requireOwnDesk(viewer, node);
    requirePermission(viewer, 'KEEP_ADMISSION', tier);
    await db.transact(node, (tx) =>
      once(tx, viewer, input.idempotencyKey, { mutation, input }, async () => {
        await lockRegister(tx);
        const item = await findItem(tx, input.item, { today: dayOf(now()) });
        if (!item) {
          throw problem('ITEM_UNKNOWN', `${node} has no item ${input.item} in its catalogue.`, { field: 'item' });
        }
        requireHandled(item, tier);
        await write(tx, viewer);
        return true;
      }),
    );
    return view();
  }

  async function view(): Promise<AdmissionView> {
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
      items: dueForAdmission(items, tier, day).map(({ code }) => {
        const entry = byItem.get(code);
        return { item: code, state: admissionState(entry, day), entry: entry ?? null };
      }),
      fees: feesOn(feeChanges, day),
      feeChanges,
    };
  }
}
