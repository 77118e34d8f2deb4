import type { z } from 'zod';
import { problem } from '../../kernel/errors.ts';
import type { BillLine } from '../../case/log-line.ts';
import { isDay } from '../../kernel/calendar.ts';
import type { FeeEntry, FeeTotals } from './reconciliation.ts';
import type { Bill, Payment, Refund, Waiver } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import { billFeesInput, grantWaiverInput, payFeesInput, proposeWaiverInput, refundFeesInput } from './inputs.ts';
import { parseInput } from '../../graph/inputs.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { CaseFeesView, FeeReconciliationView, FeesService } from './services.ts';
import type { RoleContext } from '../../graph/services.ts';

/** Most cases that are asked for at once. */
const MOST_CASES = 50;

/** Role fees (统一收费): bills, payments, waivers and refunds of cases, and the fee window's day. Amounts in fen. */
export function addFees(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);

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
  const BillRef = builder.objectRef<Bill>('Bill').implement({
    description: '缴费单: one for everything, paid at one window.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (b) => b.at }),
      by: t.string({ nullable: false, resolve: (b) => b.actor.name }),
      window: t.exposeString('window', { nullable: false }),
      lines: t.field({ type: [Line], nullable: false, resolve: (b) => b.lines }),
      amountFen: t.expose('amountFen', { type: 'Fen', nullable: false }),
    }),
  });
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
  const CaseFees = builder.objectRef<CaseFeesView>('CaseFees').implement({
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
  const Entry = builder.objectRef<FeeEntry>('FeeEntry').implement({
    description: "A line of a fee window's book: a line of a case's log.",
    fields: (t) => ({
      caseId: t.id({ nullable: false, resolve: (e) => e.case }),
      seq: t.exposeInt('seq', { nullable: false }),
      action: t.field({ type: enums.LogAction, nullable: false, resolve: (e) => e.action }),
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
  const Reconciliation = builder.objectRef<FeeReconciliationView>('FeeReconciliation').implement({
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

  builder.queryType({
    fields: (t) => ({
      caseFees: t.field({
        type: [CaseFees],
        nullable: { list: true, items: false },
        description: 'What cases cost, as the desk knows it; the members of a bundle are asked for together.',
        args: { division: t.arg.id(), cases: t.arg.idList({ required: true }) },
        resolve: (_, { cases }, context) => {
          if (cases.length > MOST_CASES) {
            throw problem('BAD_INPUT', `At most ${MOST_CASES} cases at once.`, { field: 'cases' });
          }
          return context.services(addressed(context)).fees.ofCases(context.viewer, cases.map(String));
        },
      }),
      feeReconciliation: t.field({
        type: Reconciliation,
        description: '日对账 of a fee window, in the zone Asia/Shanghai.',
        args: {
          division: t.arg.id(),
          day: t.arg({ type: 'Date', required: true }),
          window: t.arg.string({ required: true }),
        },
        resolve: (_, { day, window }, context) => {
          if (!isDay(day)) throw problem('BAD_INPUT', 'day is no day YYYY-MM-DD.', { field: 'day' });
          return context.services(addressed(context)).fees.reconciliation(context.viewer, day, window);
        },
      }),
    }),
  });

  const Payload = builder.objectRef<Outcome<CaseFeesView>>('CaseFeesPayload').implement({
    fields: (t) => ({
      fees: t.field({ type: CaseFees, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const PaidPayload = builder.objectRef<Outcome<CaseFeesView[]>>('PayFeesPayload').implement({
    fields: (t) => ({
      fees: t.field({ type: [CaseFees], nullable: { list: true, items: false }, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const ChargeInput = builder.inputType('ChargeInput', {
    fields: (t) => ({
      item: t.id({ description: "A member of the case's bundle; its own item when left out." }),
      category: t.string({ required: true, description: 'Of the public schedule.' }),
      quantity: t.int({ description: '1 when left out.' }),
    }),
  });
  const BillInput = builder.inputType('BillFeesInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      window: t.string({ description: "The fee window it is paid at; the cashier's own when left out." }),
      charges: t.field({ type: [ChargeInput], required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const PaymentInput = builder.inputType('PaymentInput', {
    fields: (t) => ({ id: t.id({ required: true }), amountFen: t.field({ type: 'Fen', required: true }) }),
  });
  const PayInput = builder.inputType('PayFeesInput', {
    fields: (t) => ({
      receipt: t.string({ required: true, description: 'Its number, used once at this node.' }),
      payments: t.field({ type: [PaymentInput], required: true, description: 'One case, or those of one bundle.' }),
      idempotencyKey: t.string(),
    }),
  });
  const ProposeInput = builder.inputType('ProposeFeeWaiverInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      amountFen: t.field({ type: 'Fen', required: true }),
      ground: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const GrantInput = builder.inputType('GrantFeeWaiverInput', {
    fields: (t) => ({ id: t.id({ required: true }), waiver: t.int({ required: true }), idempotencyKey: t.string() }),
  });
  const RefundInput = builder.inputType('RefundFeesInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      of: t.string({ required: true, description: 'Receipt of the payment.' }),
      amountFen: t.field({ type: 'Fen', required: true }),
      reason: t.string({ required: true }),
      receipt: t.string({ required: true, description: "The refund's own number." }),
      idempotencyKey: t.string(),
    }),
  });
  const step =
    <T, R>(schema: z.ZodType<T>, call: (fees: FeesService, viewer: RoleContext['viewer'], input: T) => Promise<R>) =>
    (_: unknown, { input }: { input: unknown }, context: RoleContext) =>
      outcomeOf(context, () =>
        call(context.services(addressed(context)).fees, context.viewer, parseInput(schema, input)),
      );
  builder.mutationType({
    fields: (t) => ({
      billFees: t.field({
        type: Payload,
        description: '开具缴费单: by the public schedule the case was accepted under, and by nothing else.',
        args: { input: t.arg({ type: BillInput, required: true }) },
        resolve: step(billFeesInput, (fees, viewer, input) => fees.bill(viewer, input)),
      }),
      payFees: t.field({
        type: PaidPayload,
        description: '缴费: recorded by the fee window only; several cases with one receipt, all of them or none.',
        args: { input: t.arg({ type: PayInput, required: true }) },
        resolve: step(payFeesInput, (fees, viewer, input) => fees.pay(viewer, input)),
      }),
      proposeFeeWaiver: t.field({
        type: Payload,
        description: '申请减免',
        args: { input: t.arg({ type: ProposeInput, required: true }) },
        resolve: step(proposeWaiverInput, (fees, viewer, input) => fees.proposeWaiver(viewer, input)),
      }),
      grantFeeWaiver: t.field({
        type: Payload,
        description: '批准减免: never by whoever proposed it.',
        args: { input: t.arg({ type: GrantInput, required: true }) },
        resolve: step(grantWaiverInput, (fees, viewer, input) => fees.grantWaiver(viewer, input)),
      }),
      refundFees: t.field({
        type: Payload,
        description: '退费: no more than was paid under that receipt.',
        args: { input: t.arg({ type: RefundInput, required: true }) },
        resolve: step(refundFeesInput, (fees, viewer, input) => fees.refund(viewer, input)),
      }),
    }),
  });
}
