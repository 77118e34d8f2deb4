import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { COUNTY, implementationOf, itemOf, material, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import type { Role } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Item } from '../catalogue/catalogue.ts';
import type { Desk } from '../../case/step-context.ts';
import { dueOf, sumsOf } from './rules.ts';
import { NO_OFFICES, UNPLACED } from '../offices/rules.ts';
import { closeCase, deliverCase, issueDocument } from '../handling/delivery.ts';
import type { BillDraft } from './steps.ts';
import { billFees, grantWaiver, payFees, proposeWaiver, refundFees } from './steps.ts';
import { assignCase } from '../handling/hand-off.ts';

/** 不动产登记: 550 yuan, nothing for a homestead. */
const LAND = itemOf('3310-JS-002');
const offices = {
  ...NO_OFFICES,
  windows: [
    { code: 'F1', name: '收费窗口', department: null, from: '2024-01-01', until: null, ...UNPLACED },
    { code: 'F2', name: '收费窗口二', department: null, from: '2024-01-01', until: null, ...UNPLACED },
    { code: 'F0', name: '旧收费窗口', department: null, from: '2024-01-01', until: '2025-12-31', ...UNPLACED },
  ],
};

function at(log: CaseLog, role: Role, as: { window?: string; sub?: string; item?: Item; node?: string } = {}): Desk {
  const { window, item = LAND, node = log.file.custodian } = as;
  const now = new Date(log.file.lastAt.getTime() + 3_600_000);
  const made = deskOf(node, role, { now, item, ...(as.sub === undefined ? {} : { sub: as.sub }) });
  const { viewer } = made;
  return { ...made, offices, viewer: { ...viewer, ...(window === undefined ? {} : { window, department: null }) } };
}
const cashier = (log: CaseLog, window = 'F1') => at(log, 'CASHIER', { window });
const draft = (change: Partial<BillDraft> = {}): BillDraft => ({
  window: 'F1',
  charges: [{ item: LAND.code, category: 'general', quantity: 1 }],
  schedules: new Map([[LAND.code, LAND.feeSchedule]]),
  implementationVersion: 1,
  ...change,
});

const filed = CaseLog.filed({ item: LAND, acceptor: COUNTY, decider: COUNTY });
const accepted = filed.handedTo(COUNTY).accepted();
const billed = accepted.billed();
const paid = billed.paid();
const granted = (log: CaseLog) => log.reviewed().decided();
const on = (log: CaseLog) => new Date(log.file.lastAt.getTime() + 3_600_000);

describe('a bill', () => {
  test('is made once, by the schedule, and names base, category, percent and amount', () => {
    const step = billFees(at(accepted, 'CLERK'), accepted.file, draft());
    const { file } = accepted.taken(step, on(accepted));
    expect(file.fees.bill).toMatchObject({
      window: 'F1',
      amountFen: 55_000,
      lines: [{ item: LAND.code, baseFen: 55_000, category: 'general', percent: 100, quantity: 1, rounding: 'DOWN' }],
    });
    expect(dueOf(file)).toBe(55_000);
  });

  test('is one for all the items of a joint case, at one window', () => {
    const survey = {
      ...LAND.feeSchedule,
      baseFen: 1_001,
      unit: '宗',
      note: null,
      rates: [{ category: '一类', percent: 50 }],
    };
    const charges = [
      { item: LAND.code, category: 'general', quantity: 2 },
      { item: 'survey', category: '一类', quantity: 1 },
    ];
    const schedules = new Map([
      [LAND.code, LAND.feeSchedule],
      ['survey', survey],
    ]);
    const step = billFees(cashier(accepted), accepted.file, draft({ charges, schedules, window: null }));
    const { bill } = accepted.taken(step, on(accepted)).file.fees;
    expect(bill?.lines.map((line) => line.amountFen)).toEqual([110_000, 500]);
    expect(bill).toMatchObject({ amountFen: 110_500, window: 'F1' });
  });

  test.each<[string, () => unknown, string, string | null, string]>([
    [
      'a second time',
      () => billFees(at(billed, 'CLERK'), billed.file, draft()),
      'FEE_BILLED_ALREADY',
      null,
      ARTICLES.feeWindow,
    ],
    [
      'for an item the case is not about',
      () =>
        billFees(
          at(accepted, 'CLERK'),
          accepted.file,
          draft({ charges: [{ item: 'x', category: 'general', quantity: 1 }] }),
        ),
      'FEE_UNPUBLISHED',
      'charges.0.item',
      ARTICLES.feesByLaw,
    ],
    [
      'in an unknown category',
      () =>
        billFees(
          at(accepted, 'CLERK'),
          accepted.file,
          draft({ charges: [{ item: LAND.code, category: 'vip', quantity: 1 }] }),
        ),
      'FEE_CATEGORY_UNKNOWN',
      'charges.0.category',
      ARTICLES.feesByLaw,
    ],
    [
      'for a window that is closed',
      () => billFees(at(accepted, 'CLERK'), accepted.file, draft({ window: 'F0' })),
      'WINDOW_UNAUTHORIZED',
      'window',
      ARTICLES.feeWindow,
    ],
  ])('is refused %s', (_, act, code, field, article) => {
    expect(refusal(act)).toMatchObject({ code, field, article });
  });

  test.each<[string, () => unknown, string]>([
    ['of nothing', () => billFees(at(accepted, 'CLERK'), accepted.file, draft({ charges: [] })), 'BAD_INPUT'],
    ['by a chief', () => billFees(at(accepted, 'CHIEF'), accepted.file, draft()), 'FORBIDDEN'],
    [
      'before acceptance',
      () => billFees(at(filed.handedTo(COUNTY), 'CLERK'), filed.handedTo(COUNTY).file, draft()),
      'ILLEGAL_STEP',
    ],
    [
      'by a desk that does not hold the case',
      () => billFees(at(accepted, 'CLERK', { node: TOWNSHIP }), accepted.file, draft()),
      'NOT_CUSTODIAN',
    ],
  ])('is refused %s', (_, act, code) => {
    expect(refusalCode(act)).toBe(code);
  });
});

describe('a payment', () => {
  const pay = (log: CaseLog, amountFen = 55_000, receipt = 'R-9', desk = cashier(log)) =>
    payFees(desk, log.file, { amountFen, receipt });

  test('is recorded by the fee window, in parts as well, until nothing is due', () => {
    const first = billed.taken(pay(billed, 20_000, 'R-1'), on(billed));
    const second = first.taken(pay(first, 35_000, 'R-2'), on(first));
    expect(dueOf(first.file)).toBe(35_000);
    expect(dueOf(second.file)).toBe(0);
    expect(second.file.fees.payments.map((p) => [p.receipt, p.window, p.amountFen])).toEqual([
      ['R-1', 'F1', 20_000],
      ['R-2', 'F1', 35_000],
    ]);
  });

  test.each<[string, () => unknown, string, string | null, string | null]>([
    ['a second time', () => pay(paid), 'FEE_PAID_ALREADY', 'amountFen', ARTICLES.feesByLaw],
    ['of more than is due', () => pay(billed, 55_001), 'FEE_OVERPAID', 'amountFen', ARTICLES.feesByLaw],
    ['of nothing', () => pay(billed, 0), 'BAD_INPUT', 'amountFen', null],
    ['of half a fen', () => pay(billed, 0.5), 'BAD_INPUT', 'amountFen', null],
    ['before the bill', () => pay(accepted), 'FEE_NOT_BILLED', null, ARTICLES.feesByLaw],
    [
      'under a receipt number that is used',
      () => pay(billed.paid(1), 1, 'R-1'),
      'RECEIPT_USED',
      'receipt',
      ARTICLES.feeWindow,
    ],
    ['without a receipt number', () => pay(billed, 1, ' '), 'BAD_INPUT', 'receipt', null],
    [
      'by a clerk',
      () => pay(billed, 1, 'R-1', at(billed, 'CLERK', { window: 'F1' })),
      'FORBIDDEN',
      null,
      ARTICLES.postDuties,
    ],
    [
      'away from a window',
      () => pay(billed, 1, 'R-1', at(billed, 'CASHIER')),
      'WINDOW_UNAUTHORIZED',
      null,
      ARTICLES.feeWindow,
    ],
    [
      'at a window that is closed',
      () => pay(billed, 1, 'R-1', cashier(billed, 'F0')),
      'WINDOW_UNAUTHORIZED',
      null,
      ARTICLES.feeWindow,
    ],
    [
      'at another window than the bill names',
      () => pay(billed, 1, 'R-1', cashier(billed, 'F2')),
      'WINDOW_UNAUTHORIZED',
      null,
      ARTICLES.feeWindow,
    ],
  ])('is refused %s', (_, act, code, field, article) => {
    expect(refusal(act)).toMatchObject({ code, field, article });
  });
});

describe('a waiver', () => {
  const ask = (log: CaseLog, amountFen = 55_000, ground = '低保家庭', role: Role = 'CLERK') =>
    proposeWaiver(at(log, role, { sub: 'li' }), log.file, { amountFen, ground });
  const proposed = billed.taken(ask(billed), on(billed));

  test.each(['CHIEF', 'HEAD'] as const)('is granted by a %s, with its ground, when another proposed it', (role) => {
    const { file } = proposed.taken(grantWaiver(at(proposed, role, { sub: 'wang' }), proposed.file, 1), on(proposed));
    expect(file.fees.waivers).toMatchObject([
      { ground: '低保家庭', proposedBy: { sub: 'li' }, grantedBy: { sub: 'wang' } },
    ]);
    expect(dueOf(file)).toBe(0);
    expect(dueOf(proposed.file)).toBe(55_000);
  });

  test.each<[string, () => unknown, string, string | null, string | null]>([
    ['without a ground', () => ask(billed, 1, ' '), 'REASON_MISSING', 'ground', ARTICLES.feeWaiver],
    ['of more than is due', () => ask(billed, 55_001), 'FEE_OVERPAID', 'amountFen', ARTICLES.feeWaiver],
    ['before the bill', () => ask(accepted), 'FEE_NOT_BILLED', null, ARTICLES.feeWaiver],
    ['asked for by a chief', () => ask(billed, 1, '低保', 'CHIEF'), 'FORBIDDEN', null, ARTICLES.postDuties],
    ['by a clerk', () => grantWaiver(at(proposed, 'CLERK'), proposed.file, 1), 'FORBIDDEN', null, ARTICLES.postDuties],
    [
      'by whoever proposed it',
      () => grantWaiver(at(proposed, 'CHIEF', { sub: 'li' }), proposed.file, 1),
      'SAME_PERSON',
      null,
      ARTICLES.feeWaiver,
    ],
    ['that nobody proposed', () => grantWaiver(at(billed, 'CHIEF'), billed.file, 1), 'NOT_FOUND', 'waiver', null],
    [
      'of what was paid meanwhile',
      () => {
        const log = proposed.paid();
        return grantWaiver(at(log, 'CHIEF', { sub: 'wang' }), log.file, 1);
      },
      'FEE_OVERPAID',
      'amountFen',
      ARTICLES.feeWaiver,
    ],
  ])('is refused %s', (_, act, code, field, article) => {
    expect(refusal(act)).toMatchObject({ code, field, article });
  });
});

describe('a refund', () => {
  const give = (log: CaseLog, change: Partial<Parameters<typeof refundFees>[2]> = {}, desk = cashier(log)) =>
    refundFees(desk, log.file, { of: 'R-1', amountFen: 55_000, reason: '多收', receipt: 'T-1', ...change });

  test('gives a payment back for a reason, against a receipt', () => {
    const { file } = paid.taken(give(paid), on(paid));
    expect(sumsOf(file.fees)).toMatchObject({ paidFen: 55_000, refundedFen: 55_000, outstandingFen: 55_000 });
  });

  test('is given also after the applicant withdrew, who then owes nothing', () => {
    const withdrawn = paid.withdrawn();
    const { file } = withdrawn.taken(give(withdrawn), on(withdrawn));
    expect(sumsOf(file.fees).refundedFen).toBe(55_000);
    expect(dueOf(file)).toBe(0);
  });

  test.each<[string, () => unknown, string, string | null, string | null]>([
    ['of what was not paid', () => give(billed), 'REFUND_UNPAID', 'of', ARTICLES.feeRefund],
    [
      'of more than was paid',
      () => give(paid, { amountFen: 55_001 }),
      'REFUND_UNPAID',
      'amountFen',
      ARTICLES.feeRefund,
    ],
    ['without a reason', () => give(paid, { reason: '' }), 'REASON_MISSING', 'reason', ARTICLES.feeRefund],
    [
      'under a number that is used',
      () => give(paid, { receipt: 'R-1' }),
      'RECEIPT_USED',
      'receipt',
      ARTICLES.feeWindow,
    ],
    ['by a clerk', () => give(paid, {}, at(paid, 'CLERK', { window: 'F1' })), 'FORBIDDEN', null, ARTICLES.postDuties],
  ])('is refused %s', (_, act, code, field, article) => {
    expect(refusal(act)).toMatchObject({ code, field, article });
  });
});

describe('what is due', () => {
  const payFirst = { ...LAND, payBeforeDocument: true };
  const later = { ...LAND, deliverBeforePayment: true };
  const document = { number: '1', document: material('决定书') };
  const issue = (log: CaseLog, item: Item) => issueDocument(at(log, 'CLERK', { item }), log.file, document);
  const due = { code: 'FEE_DUE', article: ARTICLES.payFirst };

  test('keeps the approval document back where the item says so, billed or not yet', () => {
    for (const log of [granted(billed), granted(accepted)]) {
      expect(refusal(() => issue(log, payFirst))).toMatchObject(due);
    }
    expect(issue(granted(paid), payFirst).lines).toHaveLength(1);
  });

  test('keeps no document back where the item does not say so', () => {
    expect(issue(granted(billed), LAND).lines).toHaveLength(1);
  });

  test('keeps no refusal back', () => {
    expect(issue(billed.reviewed('REJECT').decided('REFUSED'), payFirst).lines).toHaveLength(1);
  });

  test('is paid before the case is delivered, here or by the desk that took it in', () => {
    const log = granted(billed).issued();
    expect(refusal(() => deliverCase(at(log, 'CLERK'), log.file, 'WINDOW', null))).toMatchObject(due);
    expect(refusal(() => assignCase(at(log, 'CLERK'), log.file, null))).toMatchObject(due);
    const settled = granted(paid).issued();
    expect(settled.taken(deliverCase(at(settled, 'CLERK'), settled.file, 'WINDOW', null), on(settled)).file.state).toBe(
      'CLOSED',
    );
    expect(assignCase(at(settled, 'CLERK'), settled.file, null).handOff?.to).toBe(VILLAGE);
  });

  test('does not hinder delivery where the item lets it go, and the case closes when it is paid', () => {
    const log = granted(billed).issued();
    const delivered = log.taken(deliverCase(at(log, 'CLERK', { item: later }), log.file, 'WINDOW', null), on(log));
    expect(delivered.file.state).toBe('DELIVERED');
    expect(refusal(() => closeCase(at(delivered, 'CLERK', { item: later }), delivered.file, null))).toMatchObject(due);
    const settled = delivered.paid();
    expect(settled.taken(closeCase(at(settled, 'CLERK'), settled.file, null), on(settled)).file.state).toBe('CLOSED');
  });

  test('is asked by the schedule of the implementation, too', () => {
    const free = { ...payFirst, feeSchedule: null };
    const log = granted(accepted);
    const desk = at(log, 'CLERK', { item: free });
    const own = { ...implementationOf(free), feeSchedule: LAND.feeSchedule };
    expect(refusalCode(() => issueDocument({ ...desk, implementation: own }, log.file, document))).toBe('FEE_DUE');
    expect(issueDocument(desk, log.file, document).lines).toHaveLength(1);
  });
});
