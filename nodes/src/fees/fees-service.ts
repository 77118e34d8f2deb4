import {
  billFees,
  dueOf,
  FEE_ACTIONS,
  feeEntryOf,
  feeTotalsOf,
  grantWaiver as grantWaiverStep,
  payFees,
  proposeWaiver as proposeWaiverStep,
  reconciliationCsv,
  refundFees,
  scheduleOf,
  sumsOf,
} from '@liandong/schema/domains/fees';
import type { CaseFeesView, FeeLine, FeesService } from '@liandong/schema/domains/fees';
import type { CaseFile, Desk, Step } from '@liandong/schema/case';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { FeeSchedule } from '@liandong/schema/domains/catalogue';
import type { Viewer } from '@liandong/schema/operation';
import { dayOf, problem } from '@liandong/schema/kernel';
import { readersOf } from '@liandong/schema/case';
import { requireOwnCase, requirePermission, requireReaderOver, signedIn } from '@liandong/schema/operation';
import type { Projection, StepRunner, StoredCase, Take } from '../cases/index.ts';
import { findCases } from '../cases/index.ts';
import { findImplementations, findItems } from '../catalogue/index.ts';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import { once } from '../idempotency/index.ts';
import { findFeeEntries, insertFeeEntries, takeReceipt } from './fee-store.ts';

export interface FeesParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  runner: StepRunner;
  now: () => Date;
}

/** What a step is made of besides the desk: the case, and the transaction to look things up in. */
type FeeStep = (desk: Desk, file: CaseFile, tx: NodeTx) => Step | Promise<Step>;

/** 统一收费 at one node: bills, what its fee windows take and give back, and their day's reconciliation. */
export function feesService({ node, db, divisions, runner, now }: FeesParts): FeesService {
  /** What may be charged in a case: its own item, and the members of its bundle as they stood when it was accepted. */
  async function schedulesOf(queries: NodeQueries, desk: Desk, file: CaseFile) {
    const schedules = new Map<string, FeeSchedule | null>([
      [desk.item.code, scheduleOf(desk.item, desk.implementation)],
    ]);
    const members = desk.item.bundle?.members ?? [];
    const items = await findItems(queries, members, file.acceptance?.from ?? dayOf(now()));
    for (const item of items) {
      const decider = divisions.atTier(file.place, item.decidingTier)?.code ?? file.power;
      const [own] = await findImplementations(queries, [{ item: item.code, node: decider }]);
      schedules.set(item.code, scheduleOf(item, own ?? { feeSchedule: null }));
    }
    return schedules;
  }

  const change = (
    viewer: Viewer | null,
    keyedAs: string,
    input: { id: string; idempotencyKey: string | null },
    step: FeeStep,
  ): Promise<CaseFeesView> =>
    runner.run(viewer, { keyedAs, input, reader: requireFeesReader, take: judged(step) }, (_tx, stored) =>
      viewOf(stored),
    );

  /** A cashier may read no case, only what is due in it. */
  function requireFeesReader(viewer: Viewer, file: CaseFile): void {
    requireOwnCase(viewer, file.number);
    const readers = readersOf(file);
    const supervised =
      viewer.roles.includes('SUPERVISOR') && readers.some((desk) => divisions.isWithin(desk, viewer.division));
    if (readers.includes(viewer.division) || supervised) return;
    throw problem('FORBIDDEN', `The case does not concern the desk of ${viewer.division}.`, { node });
  }

  const viewOf = ({ file }: StoredCase): CaseFeesView => ({
    id: file.id,
    number: file.number,
    item: file.item,
    fees: file.fees,
    sums: sumsOf(file.fees),
    dueFen: dueOf(file),
    answeredBy: node,
  });

  const notFound = (id: string) =>
    problem('NOT_FOUND', `${node} knows no case ${id.slice(0, 60)}.`, { node, field: 'id' });

  return {
    async ofCases(viewer, ids) {
      const person = signedIn(viewer);
      requirePermission(person, 'READ_FEES', divisions.get(person.division).tier);
      const { cases, broken } = await findCases(db.queries(node), ids);
      return ids.map((id) => {
        const stored = cases.find((s) => s.id === id);
        if (!stored) throw broken.find((b) => b.id === id)?.error ?? notFound(id);
        requireFeesReader(person, stored.file);
        return viewOf(stored);
      });
    },

    bill: (viewer, input) =>
      change(viewer, 'billFees', input, async (desk, file, tx) =>
        billFees(desk, file, {
          window: input.window,
          charges: input.charges.map((charge) => ({ ...charge, item: charge.item ?? file.item })),
          schedules: await schedulesOf(tx, desk, file),
          implementationVersion: desk.implementation.version,
        }),
      ),

    async pay(viewer, input) {
      const person = signedIn(viewer);
      const { receipt, payments } = input;
      // every caller locks the cases in the same order, so that two bundles can't wait for each other
      const ordered = payments.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      return db.transact(node, async (tx) => {
        await once(tx, person, input.idempotencyKey, { mutation: 'payFees', input }, async () => {
          for (const { id, amountFen } of ordered) {
            const take = judged((desk, file) => payFees(desk, file, { amountFen, receipt }));
            await runner.within(tx, person, id, take, requireFeesReader);
          }
          const amountFen = payments.reduce((total, payment) => total + payment.amountFen, 0);
          await takeReceipt(tx, { receipt, window: person.window ?? '', at: now(), amountFen });
          return true;
        });
        // each was read and written in this transaction
        const { cases: paid } = await findCases(
          tx,
          payments.map((payment) => payment.id),
        );
        return paid.map(viewOf);
      });
    },

    proposeWaiver: (viewer, input) =>
      change(viewer, 'proposeWaiver', input, (desk, file) => proposeWaiverStep(desk, file, input)),

    grantWaiver: (viewer, input) =>
      change(viewer, 'grantWaiver', input, (desk, file) => grantWaiverStep(desk, file, input.waiver)),

    refund: (viewer, input) =>
      change(viewer, 'refundFees', input, async (desk, file, tx) => {
        const step = refundFees(desk, file, input);
        const { receipt, amountFen } = input;
        await takeReceipt(tx, { receipt, window: desk.viewer.window ?? '', at: desk.now, amountFen });
        return step;
      }),

    async reconciliation(viewer, day, window) {
      requireReaderOver(signedIn(viewer), 'READ_FEES', node, divisions);
      const entries = await findFeeEntries(db.queries(node), day, window);
      return { division: node, day, window, entries, totals: feeTotalsOf(entries), csv: reconciliationCsv(entries) };
    },
  };
}

const judged =
  (step: FeeStep): Take =>
  (tx, desk, file) =>
    step(desk, file, tx);

/** Keeps the entries of a step's lines in the fee window's book. */
export const feeEntries: Projection = async (tx, before, after) => {
  const lines = after.lines.slice(before.lines.length).map(({ line }) => line);
  const entries = lines.flatMap((line) =>
    isFeeLine(line) ? (feeEntryOf(line, after.file.fees.bill?.window ?? '') ?? []) : [],
  );
  if (entries.length > 0) await insertFeeEntries(tx, entries);
};

function isFeeLine(line: { action: string }): line is FeeLine {
  return (FEE_ACTIONS as readonly string[]).includes(line.action);
}
