import { LOG_ACTION } from '../../case/log-words.ts';
import type { BillLine } from '../../case/log-line.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import type { FeeEntry, FeeTotals } from './reconciliation.ts';
import type { Bill, Payment, Refund, Waiver } from './rules.ts';
import { fees } from './operations.ts';
import type { CaseFeesView, FeeReconciliationView } from './views.ts';

/** Role fees (统一收费): bills, payments, waivers and refunds of cases, and the fee window's day. Amounts in fen. */
export function addFees(role: RoleBuilder): void {
  role.builder.queryType();
  role.builder.mutationType();
  addOperations(role, fees, { CaseFees: caseFeesType(role), FeeReconciliation: reconciliationType(role) });
}

function billType({ builder }: RoleBuilder) {
  const Line = builder.objectRef<BillLine>('BillLine').implement({
    description: 'base × quantity × percent; a fraction of a fen is dropped.',
    fields: (t) => ({
      itemCode: t.string({
        nullable: false,
        description: "The case's item, or one of its bundle's.",
        resolve: (l) => l.item,
      }),
      category: t.exposeString('category', { nullable: false }),
      unit: t.exposeString('unit', { nullable: false }),
      baseFen: t.expose('baseFen', { type: 'Fen', nullable: false }),
      quantity: t.exposeInt('quantity', { nullable: false }),
      percent: t.exposeInt('percent', { nullable: false }),
      amountFen: t.expose('amountFen', { type: 'Fen', nullable: false }),
    }),
  });
  return builder.objectRef<Bill>('Bill').implement({
    description: '缴费单: one for everything, paid at one window.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (b) => b.at }),
      by: t.string({ nullable: false, resolve: (b) => b.actor.name }),
      window: t.exposeString('window', { nullable: false }),
      lines: t.field({ type: [Line], nullable: false, resolve: (b) => b.lines }),
      amountFen: t.expose('amountFen', { type: 'Fen', nullable: false }),
    }),
  });
}

function caseFeesType(role: RoleBuilder) {
  const { builder, refs } = role;
  const { Division, ItemStub } = refs;
  const BillRef = billType(role);
  const PaymentRef = builder.objectRef<Payment>('FeePayment').implement({
    description: '缴费',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.at }),
      by: t.string({ nullable: false, resolve: (p) => p.actor.name }),
      window: t.exposeString('window', { nullable: false }),
      amountFen: t.expose('amountFen', { type: 'Fen', nullable: false }),
      receipt: t.exposeString('receipt', { nullable: false }),
    }),
  });
  const WaiverRef = builder.objectRef<Waiver>('FeeWaiver').implement({
    description: '减免',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      amountFen: t.expose('amountFen', { type: 'Fen', nullable: false }),
      ground: t.exposeString('ground', { nullable: false }),
      proposedBy: t.string({ nullable: false, resolve: (w) => w.proposedBy.name }),
      grantedBy: t.string({
        description: 'Null while it is only proposed.',
        resolve: (w) => w.grantedBy?.name ?? null,
      }),
    }),
  });
  const RefundRef = builder.objectRef<Refund>('FeeRefund').implement({
    description: '退费',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
      by: t.string({ nullable: false, resolve: (r) => r.actor.name }),
      window: t.exposeString('window', { nullable: false }),
      of: t.exposeString('of', { nullable: false, description: 'Receipt of the payment that was given back.' }),
      amountFen: t.expose('amountFen', { type: 'Fen', nullable: false }),
      reason: t.exposeString('reason', { nullable: false }),
      receipt: t.exposeString('receipt', { nullable: false }),
    }),
  });
  return builder.objectRef<CaseFeesView>('CaseFees').implement({
    description: 'What a case costs and what came in for it: billed = paid - refunded + waived + outstanding.',
    fields: (t) => ({
      caseId: t.id({ nullable: false, resolve: (v) => v.id }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (v) => ({ code: v.item, via: v.answeredBy }) }),
      bill: t.field({ type: BillRef, resolve: (v) => v.fees.bill }),
      payments: t.field({ type: [PaymentRef], nullable: false, resolve: (v) => v.fees.payments }),
      waivers: t.field({ type: [WaiverRef], nullable: false, resolve: (v) => v.fees.waivers }),
      refunds: t.field({ type: [RefundRef], nullable: false, resolve: (v) => v.fees.refunds }),
      billedFen: t.field({ type: 'Fen', nullable: false, resolve: (v) => v.sums.billedFen }),
      paidFen: t.field({ type: 'Fen', nullable: false, resolve: (v) => v.sums.paidFen }),
      waivedFen: t.field({ type: 'Fen', nullable: false, resolve: (v) => v.sums.waivedFen }),
      refundedFen: t.field({ type: 'Fen', nullable: false, resolve: (v) => v.sums.refundedFen }),
      dueFen: t.expose('dueFen', { type: 'Fen', nullable: false, description: 'Zero once the case ended.' }),
      answeredBy: t.field({ type: Division, resolve: (v) => v.answeredBy }),
    }),
  });
}

function reconciliationType({ builder, enumOf, refs }: RoleBuilder) {
  const { Division } = refs;
  const Entry = builder.objectRef<FeeEntry>('FeeEntry').implement({
    description: "A line of a fee window's book: a line of a case's log.",
    fields: (t) => ({
      caseId: t.id({ nullable: false, resolve: (e) => e.case }),
      seq: t.exposeInt('seq', { nullable: false }),
      action: t.field({ type: enumOf(LOG_ACTION), nullable: false, resolve: (e) => e.action }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (e) => e.at }),
      amountFen: t.expose('amountFen', { type: 'Fen', nullable: false }),
      receipt: t.exposeString('receipt'),
      refundOf: t.exposeString('refundOf'),
    }),
  });
  const Totals = builder.objectRef<FeeTotals>('FeeTotals').implement({
    fields: (t) => ({
      bills: t.exposeInt('bills', { nullable: false }),
      payments: t.exposeInt('payments', { nullable: false }),
      waivers: t.exposeInt('waivers', { nullable: false }),
      refunds: t.exposeInt('refunds', { nullable: false }),
      billedFen: t.expose('billedFen', { type: 'Fen', nullable: false }),
      paidFen: t.expose('paidFen', { type: 'Fen', nullable: false }),
      waivedFen: t.expose('waivedFen', { type: 'Fen', nullable: false }),
      refundedFen: t.expose('refundedFen', { type: 'Fen', nullable: false }),
      netFen: t.expose('netFen', {
        type: 'Fen',
        nullable: false,
        description: 'Paid less refunded: what must be in the till.',
      }),
    }),
  });
  return builder.objectRef<FeeReconciliationView>('FeeReconciliation').implement({
    description: '日对账: the day of one fee window.',
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (r) => r.division }),
      day: t.field({ type: 'Date', nullable: false, resolve: (r) => r.day }),
      window: t.exposeString('window', { nullable: false }),
      entries: t.field({ type: [Entry], nullable: false, resolve: (r) => r.entries }),
      totals: t.field({ type: Totals, nullable: false, resolve: (r) => r.totals }),
      csv: t.exposeString('csv', { nullable: false, description: 'The entries and the totals, amounts in fen.' }),
    }),
  });
}
