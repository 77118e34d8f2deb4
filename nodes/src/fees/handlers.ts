import type { CaseFeesView, fees } from '@liandong/schema/domains/fees';
import type { CaseFile, StepContext } from '@liandong/schema/case';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { FeeSchedule } from '@liandong/schema/domains/catalogue';
import { dayOf, problem } from '@liandong/schema/kernel';
import { scheduleOf } from '@liandong/schema/domains/catalogue';
import { dueOf, feeTotalsOf, payFees, reconciliationCsv, sumsOf } from '@liandong/schema/domains/fees';
import { readersOf } from '@liandong/schema/case';
import { requireOwnCase, requireReaderOver } from '@liandong/schema/operation';
import type { Reader, StepRunner, StoredCase } from '../cases/index.ts';
import { findCases, unknownCase } from '../cases/index.ts';
import { findImplementations, findItems } from '../catalogue/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { findFeeEntries, takeReceipt } from './fee-store.ts';

export interface FeesParts {
  node: DivisionCode;
  divisions: Divisions;
  runner: StepRunner;
  now: () => Date;
}

/** 统一收费 at one node: bills, payments and refunds at its fee windows, and their day's reconciliation. */
export function feeHandlers(parts: FeesParts): NodeHandlers<typeof fees> {
  const { node, divisions, runner, now } = parts;
  const reader = feesReader(node);

  return {
    async caseFees({ viewer, queries, input: { cases: ids } }) {
      const { cases, broken } = await findCases(queries, ids);
      return ids.map((id) => {
        const stored = cases.find((s) => s.id === id);
        if (!stored) throw broken.find((b) => b.id === id)?.error ?? unknownCase(node, id);
        reader(viewer, stored.file, divisions);
        return feesOf(node, stored);
      });
    },

    async feeReconciliation({ viewer, queries, input: { day, window } }) {
      requireReaderOver(viewer, 'READ_FEES', node, divisions);
      const entries = await findFeeEntries(queries, day, window);
      return { division: node, day, window, entries, totals: feeTotalsOf(entries), csv: reconciliationCsv(entries) };
    },

    billFees: async ({ tx, context, file }, take) => take(await schedulesOf(parts, tx, context, file)),

    async payFees({ viewer, tx, input: { receipt, payments }, once }) {
      // every caller locks the cases in the same order, so that two bundles can't wait for each other
      const ordered = payments.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      await once(async () => {
        for (const { id, amountFen } of ordered) {
          const paid = { amountFen, receipt };
          await runner.within(tx, viewer, id, (_tx, context, file) => payFees(context, file, paid), reader);
        }
        const amountFen = payments.reduce((total, payment) => total + payment.amountFen, 0);
        await takeReceipt(tx, { receipt, window: viewer.window ?? '', at: now(), amountFen });
        return true;
      });
      // each case was read and written in this transaction
      const { cases: paid } = await findCases(
        tx,
        payments.map((payment) => payment.id),
      );
      return paid.map((stored) => feesOf(node, stored));
    },

    async refundFees({ tx, context, input: { receipt, amountFen } }, take) {
      const step = take();
      await takeReceipt(tx, { receipt, window: context.viewer.window ?? '', at: context.now, amountFen });
      return step;
    },
  };
}

/** Who may read the fees of a case: its desks and their supervisors. A cashier may not read the case, only its fees. */
export function feesReader(node: DivisionCode): Reader {
  return (viewer, file, divisions) => {
    requireOwnCase(viewer, file.number);
    const readers = readersOf(file);
    const supervised =
      viewer.roles.includes('SUPERVISOR') && readers.some((desk) => divisions.isWithin(desk, viewer.division));
    if (readers.includes(viewer.division) || supervised) return;
    throw problem('FORBIDDEN', `The case does not concern the desk of ${viewer.division}.`, { node });
  };
}

/** The fees of a case, as a node knows them. */
export function feesOf(node: DivisionCode, { file }: StoredCase): CaseFeesView {
  return {
    id: file.id,
    number: file.number,
    item: file.item,
    fees: file.fees,
    sums: sumsOf(file.fees),
    dueFen: dueOf(file),
    answeredBy: node,
  };
}

/**
 * The fees that a case may be charged: for its own item, and for the members of its bundle as they were when it was
 * accepted.
 */
async function schedulesOf(
  { divisions, now }: FeesParts,
  queries: NodeQueries,
  { item: own, implementation }: StepContext,
  file: CaseFile,
): Promise<ReadonlyMap<string, FeeSchedule | null>> {
  const schedules = new Map([[own.code, scheduleOf(own, implementation)]]);
  const members = await findItems(queries, own.bundle?.members ?? [], file.acceptance?.from ?? dayOf(now()));
  for (const item of members) {
    const decider = divisions.atTier(file.place, item.decidingTier)?.code ?? file.power;
    const [found] = await findImplementations(queries, [{ item: item.code, node: decider }]);
    schedules.set(item.code, scheduleOf(item, found ?? null));
  }
  return schedules;
}
