import { handling } from '@liandong/schema/domains/handling';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeeLine } from '@liandong/schema/domains/fees';
import type { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { implementation } from '@liandong/schema/domains/implementation';
import { dayOf } from '@liandong/schema/kernel';
import { feeEntryOf, fees } from '@liandong/schema/domains/fees';
import { offices } from '@liandong/schema/domains/offices';
import { roster } from '@liandong/schema/domains/roster';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, application, material } from '../testing/cases.ts';
import { CATALOGUE_FILE, CITY, COUNTY, TOWNSHIP, TestFederation, personAt } from '../testing/test-federation.ts';
import { readLines } from '../cases/case-store.ts';

const LAND = '3310-JS-002';
const LAND_MATERIALS = ['不动产登记申请书', '权属来源材料', '权籍调查成果'];
/** 产业项目三证同办: free itself, but the land registration among its members is not. */
const THREE_IN_ONE = '3310-LB-004';
const THREE_MATERIALS = ['产业项目一体化申请表', '招商协议', '用地范围图', '设计方案'];

const clerk = personAt(COUNTY, 'CLERK', '自然资源和规划');
const chief = personAt(COUNTY, 'CHIEF', '自然资源和规划');
const cashier: Viewer = { ...personAt(COUNTY, 'CASHIER'), window: 'F1' };
const otherCashier: Viewer = { ...personAt(COUNTY, 'CASHIER', null, 'cashier-2'), window: 'F2' };
const keeper = personAt(COUNTY, 'CATALOGUER');

let federation: TestFederation;
let steps: CaseSteps;
let dir: string;
let serial = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-fees-'));
  const catalogue = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as { items: Record<string, unknown>[] };
  // 南县's categories; the fee is paid before the certificate is issued
  const rates = [
    { category: 'general', percent: 100 },
    ...[30, 50, 70, 90].map((percent) => ({ category: `按${percent}%`, percent })),
  ];
  for (const item of catalogue.items.filter(({ code }) => code === LAND)) {
    Object.assign(item, { payBeforeDocument: true, feeSchedule: { base: 333.33, currency: 'CNY', unit: '件', rates } });
  }
  const catalogueFile = join(dir, 'catalogue.json');
  await writeFile(catalogueFile, JSON.stringify(catalogue));
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP], catalogueFile });
  steps = new CaseSteps(federation);
  for (const code of ['F1', 'F2']) {
    const window = { code, name: `收费窗口${code}`, department: null, from: '2024-01-01', until: null };
    await federation.desk(COUNTY, offices).openWindow(keeper, { ...window, idempotencyKey: null });
  }
});
afterAll(async () => {
  await federation.stop();
  await rm(dir, { recursive: true, force: true });
});

const desk = () => federation.desk(COUNTY, fees);
const cases = () => federation.desk(COUNTY, handling);
const receiptOf = () => `R-${++serial}`;
const plain = (id: string) => ({ id, note: null, idempotencyKey: null });
const charge = (category = 'general', item: string | null = null) => ({ item, category, quantity: 1 });
const bill = (id: string, charges = [charge()], viewer = clerk) =>
  desk().billFees(viewer, { id, window: 'F1', charges, idempotencyKey: null });
const pay = (id: string, amountFen: number, receipt = receiptOf(), viewer: Viewer = cashier) =>
  desk().payFees(viewer, { receipt, payments: [{ id, amountFen }], idempotencyKey: null });
const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.problem,
  );

async function accepted(item = LAND, names = LAND_MATERIALS): Promise<string> {
  const input = application({ item, consent: null, materials: names.map((name) => material(name)) });
  const id = await steps.file(clerk, input);
  await steps.accept(id, clerk);
  return id;
}

async function granted(id: string): Promise<string> {
  await steps.review(id, clerk);
  await steps.decide(id, chief);
  return id;
}

describe('a fee', () => {
  test('is billed by category, paid at the fee window, and then the document goes out and the case closes', async () => {
    const id = await granted(await accepted());
    expect(await refusal(cases().issueDocument(clerk, plain(id)))).toMatchObject({ code: 'FEE_DUE' });
    expect(await bill(id, [charge('按30%')])).toMatchObject({ dueFen: 9_999, sums: { billedFen: 9_999 } });
    expect(await refusal(cases().issueDocument(clerk, plain(id)))).toMatchObject({
      code: 'FEE_DUE',
      article: '统一收费制度(缴费后发证)',
    });
    const [paid] = await pay(id, 9_999);
    expect(paid).toMatchObject({ dueFen: 0, fees: { payments: [{ amountFen: 9_999, window: 'F1' }] } });
    await cases().issueDocument(clerk, plain(id));
    expect(await cases().deliverCase(clerk, { ...plain(id), way: 'WINDOW' })).toMatchObject({ state: 'CLOSED' });
  });

  test('goes by the schedule the case was accepted under, also after it changed', async () => {
    const id = await accepted();
    const feeSchedule = { baseFen: 100, unit: '件', note: null, rates: [{ category: 'general', percent: 100 }] };
    await federation.desk(COUNTY, implementation).reviseImplementation(keeper, {
      item: LAND,
      reason: '减轻企业负担',
      feeSchedule,
      idempotencyKey: null,
    });
    expect(await bill(id)).toMatchObject({ sums: { billedFen: 33_333 } });
    expect(await bill(await accepted())).toMatchObject({ sums: { billedFen: 100 } });
  });

  test('of a joint case is one bill with the charged members on it', async () => {
    const id = await accepted(THREE_IN_ONE, THREE_MATERIALS);
    expect(await refusal(bill(id))).toMatchObject({ code: 'FEE_UNPUBLISHED', field: 'charges.0.item' });
    const { fees: ledger } = await bill(id, [charge('general', LAND)]);
    expect(ledger.bill).toMatchObject({ window: 'F1', lines: [{ item: LAND }] });
  });

  test('of several cases is paid with one receipt, all of them or none', async () => {
    const [one, two] = [await accepted(), await accepted()];
    for (const id of [one, two]) await bill(id);
    const [{ dueFen } = { dueFen: 0 }] = await desk().caseFees(clerk, { cases: [one, two] });
    const receipt = receiptOf();
    const both = (second: number) => [
      { id: one, amountFen: dueFen },
      { id: two, amountFen: second },
    ];
    const bundle = (second: number) =>
      desk().payFees(cashier, { receipt, payments: both(second), idempotencyKey: null });
    expect(await refusal(bundle(dueFen + 1))).toMatchObject({ code: 'FEE_OVERPAID' });
    expect((await desk().caseFees(cashier, { cases: [one, two] })).map((view) => view.dueFen)).toEqual([
      dueFen,
      dueFen,
    ]);
    expect((await bundle(dueFen)).map((view) => view.dueFen)).toEqual([0, 0]);
  });

  test('is taken by whoever stands in for the cashier, and by no other clerk', async () => {
    const id = await accepted();
    await bill(id);
    const deputy: Viewer = { ...personAt(COUNTY, 'CLERK', '自然资源和规划', 'deputy'), window: 'F1' };
    expect(await refusal(pay(id, 1, receiptOf(), deputy))).toMatchObject({ code: 'FORBIDDEN' });
    const today = dayOf(federation.now());
    await federation.desk(COUNTY, roster).nameStandIn(personAt(COUNTY, 'HEAD', '自然资源和规划'), {
      role: 'CASHIER',
      absent: { sub: cashier.sub, name: cashier.name },
      standIn: { sub: deputy.sub, name: deputy.name },
      department: null,
      from: today,
      until: today,
      idempotencyKey: null,
    });
    const [paid] = await pay(id, 1, receiptOf(), deputy);
    expect(paid?.fees.payments).toMatchObject([
      { actor: { sub: 'deputy', role: 'CASHIER', for: { sub: cashier.sub } } },
    ]);
  });

  test('sent again under its key is paid once, whatever the window’s line does', async () => {
    const id = await accepted();
    const { dueFen } = await bill(id);
    const input = { receipt: receiptOf(), payments: [{ id, amountFen: dueFen - 1 }], idempotencyKey: 'pay-0001' };
    const answers = await Promise.all([desk().payFees(cashier, input), desk().payFees(cashier, input)]);
    expect(answers.flat().map((view) => view.dueFen)).toEqual([1, 1]);
  });
});

describe('what is refused', () => {
  test('a receipt number given out before at this node, also for another case and at the same moment', async () => {
    const ids = await Promise.all([accepted(), accepted()]);
    for (const id of ids) await bill(id);
    const receipt = receiptOf();
    const tried = await Promise.all(ids.map((id) => refusal(pay(id, 1, receipt))));
    expect(tried.filter((found) => found === null)).toHaveLength(1);
    expect(tried.find((found) => found !== null)).toMatchObject({ code: 'RECEIPT_USED', field: 'receipt' });
    const due = (await desk().caseFees(cashier, { cases: ids })).map((view) => view.sums.paidFen);
    expect(due.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  test('paying twice at the same moment: one of the two finds nothing due', async () => {
    const id = await accepted();
    const { dueFen } = await bill(id);
    const tried = await Promise.all([refusal(pay(id, dueFen)), refusal(pay(id, dueFen))]);
    expect(new Set(tried.map((found) => found?.code ?? null))).toEqual(new Set(['FEE_PAID_ALREADY', null]));
  });

  test('every other wrong payment, bill, waiver and refund, and nothing is written', async () => {
    const id = await accepted();
    const before = await bill(id);
    const waiver = (ground: string, viewer = clerk) =>
      desk().proposeFeeWaiver(viewer, { id, amountFen: 1, ground, idempotencyKey: null });
    const refund = (viewer: Viewer = cashier) =>
      desk().refundFees(viewer, {
        id,
        of: 'R-none',
        amountFen: 1,
        reason: '多收',
        receipt: 'T-none',
        idempotencyKey: null,
      });
    const codes = await Promise.all(
      [
        pay(id, before.dueFen + 1),
        pay(id, 1, receiptOf(), clerk),
        pay(id, 1, receiptOf(), personAt(COUNTY, 'CASHIER')),
        pay(id, 1, receiptOf(), otherCashier),
        bill(id),
        waiver(' '),
        waiver('低保', cashier),
        desk().grantFeeWaiver(chief, { id, waiver: 1, idempotencyKey: null }),
        refund(),
        refund(clerk),
        desk().feeReconciliation(personAt(TOWNSHIP, 'CLERK'), { day: '2026-01-01', window: 'F1' }),
        desk().feeReconciliation(null, { day: '2026-01-01', window: 'F1' }),
        desk().caseFees(personAt(TOWNSHIP, 'CLERK'), { cases: [id] }),
      ].map(async (attempt) => (await refusal(attempt))?.code),
    );
    expect(codes).toEqual([
      'FEE_OVERPAID',
      'FORBIDDEN',
      'WINDOW_UNAUTHORIZED',
      'WINDOW_UNAUTHORIZED',
      'FEE_BILLED_ALREADY',
      'REASON_MISSING',
      'FORBIDDEN',
      'NOT_FOUND',
      'REFUND_UNPAID',
      'FORBIDDEN',
      'FORBIDDEN',
      'UNAUTHENTICATED',
      'FORBIDDEN',
    ]);
    expect(await desk().caseFees(clerk, { cases: [id] })).toEqual([before]);
    const used = await federation.rows(COUNTY, `SELECT receipt FROM fee_receipts WHERE receipt = 'T-none'`);
    expect(used).toEqual([]);
  });
});

describe("a fee window's day", () => {
  test('adds up to what the logs say, entry by entry, and goes out as CSV', async () => {
    const id = await accepted();
    const { dueFen } = await bill(id);
    await desk().proposeFeeWaiver(clerk, { id, amountFen: 10, ground: '低保家庭', idempotencyKey: null });
    await desk().grantFeeWaiver(chief, { id, waiver: 1, idempotencyKey: null });
    const receipt = receiptOf();
    await pay(id, dueFen - 10, receipt);
    const back = { id, of: receipt, amountFen: 7, reason: '多收', receipt: receiptOf(), idempotencyKey: null };
    expect(await desk().refundFees(cashier, back)).toMatchObject({ dueFen: 7 });

    const day = dayOf(federation.now());
    const book = await desk().feeReconciliation(cashier, { day, window: 'F1' });
    const cases = await federation.rows<{ id: string }>(COUNTY, `SELECT id FROM cases WHERE node = $1`, [COUNTY]);
    const queries = federation.db(COUNTY).queries(COUNTY);
    const told: NonNullable<ReturnType<typeof feeEntryOf>>[] = [];
    for (const { id: each } of cases) {
      for (const { line } of await readLines(queries, each)) {
        const entry = ['BILLED', 'PAID', 'FEE_WAIVED', 'REFUNDED'].includes(line.action)
          ? feeEntryOf(line as FeeLine, 'F1')
          : null;
        if (entry?.window === 'F1' && entry.day === day) told.push(entry);
      }
    }
    const byPlace = (a: { case: string; seq: number }, b: { case: string; seq: number }) =>
      a.case < b.case || (a.case === b.case && a.seq < b.seq) ? -1 : 1;
    expect(book.entries.toSorted(byPlace)).toEqual(told.toSorted(byPlace));
    const sum = (action: string) => told.filter((e) => e.action === action).reduce((fen, e) => fen + e.amountFen, 0);
    expect(book.totals).toMatchObject({
      billedFen: sum('BILLED'),
      paidFen: sum('PAID'),
      waivedFen: sum('FEE_WAIVED'),
      refundedFen: sum('REFUNDED'),
      netFen: sum('PAID') - sum('REFUNDED'),
    });
    expect(book.totals.waivers).toBe(1);
    const rows = book.csv.trimEnd().split('\r\n');
    expect(rows).toHaveLength(1 + book.entries.length + 5);
    expect(rows.at(-1)).toBe(`total,,,NET,${book.totals.netFen},,,`);
    expect((await desk().feeReconciliation(cashier, { day, window: 'F2' })).entries).toEqual([]);
    expect((await desk().feeReconciliation(personAt(CITY, 'SUPERVISOR'), { day, window: 'F1' })).totals).toEqual(
      book.totals,
    );
  });

  test('can’t be changed afterwards', async () => {
    const attempt = federation.rows(COUNTY, `UPDATE fee_entries SET amount_fen = 0 WHERE node = $1`, [COUNTY]);
    await expect(attempt).rejects.toThrow('append-only');
  });
});
