import type { PageRequest } from '@liandong/schema/operation';
import type { ProblemError } from '@liandong/schema/kernel';
import { dueIfResumed } from '@liandong/schema/case';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInCalendar } from '../calendar/index.ts';
import { HostDb } from '../db/index.ts';
import { fillCases } from '../testing/case-rows.ts';
import { createDatabase } from '../testing/test-federation.ts';
import type { CaseFilter } from './case-queue.ts';
import { QUEUE_START, queuePage, queueReads } from './case-queue.ts';

const NODE = '331022';
const OTHER = '331022103';
const CASES = 30_000;
const clock = { now: new Date(), calendar: builtInCalendar() };

const ALL: CaseFilter = { custody: null, states: null, item: null, number: null };
const queue = (filter: Partial<CaseFilter> = {}): CaseFilter => ({ ...ALL, orderBy: 'REMAINING_DAYS', ...filter });

let db: HostDb;
beforeAll(async () => {
  db = new HostDb(await createDatabase(), 2, () => undefined);
  await fillCases(db, OTHER, 2_000);
  await fillCases(db, NODE, CASES);
});
afterAll(() => db.close());

interface CaseRow {
  id: string;
  state: string;
  item: string;
  department: string;
  next_due_at: Date;
  paused_days: number | null;
  urgent: boolean;
  filed_at: Date;
  closed_at: Date | null;
}

const dueOf = (row: CaseRow) =>
  row.paused_days === null ? row.next_due_at : dueIfResumed(row.paused_days, clock.now, clock.calendar);

const rowsOf = (node: string) => db.queries(node).query<CaseRow>(`SELECT * FROM cases WHERE node = $1`);
const page = (filter: CaseFilter, request: PageRequest) => queuePage(db.queries(NODE), filter, request, clock);

/** Every id of a list, page by page. */
async function walk(filter: CaseFilter, first: number, most = Infinity): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null; ids.length < most;) {
    const shown = await page(filter, { first, after });
    ids.push(...shown.ids);
    if (!shown.hasNextPage) break;
    after = shown.cursors.at(-1) ?? null;
  }
  return ids;
}

const soon = new Date(clock.now.getTime() + 3 * 86_400_000);
/** Every filter, and the condition its rows must meet; `true` for all open cases. */
const FILTERS: [string, Partial<CaseFilter>, (row: CaseRow) => boolean][] = [
  ['nothing', {}, () => true],
  ['one state', { states: ['REVIEWED'] }, (r) => r.state === 'REVIEWED'],
  ['two states', { states: ['ACCEPTED', 'DRAFT'] }, (r) => ['ACCEPTED', 'DRAFT'].includes(r.state)],
  ['an item', { item: 'item-7' }, (r) => r.item === 'item-7'],
  ['a rare item', { item: 'item-40' }, (r) => r.item === 'item-40'],
  ['a department', { department: 'department-3' }, (r) => r.department === 'department-3'],
  [
    'a department and a state',
    { department: 'department-3', states: ['FILED'] },
    (r) => r.department === 'department-3' && r.state === 'FILED',
  ],
  ['what is overdue', { overdue: true }, (r) => (r.paused_days ?? (r.next_due_at < clock.now ? -1 : 0)) < 0],
  ['what is not overdue', { overdue: false }, (r) => (r.paused_days ?? (r.next_due_at < clock.now ? -1 : 0)) >= 0],
  ['what stands still', { paused: true }, (r) => r.paused_days !== null],
  ['what runs', { paused: false }, (r) => r.paused_days === null],
  ['what is due soon', { dueBefore: soon }, (r) => dueOf(r) < soon],
  ['what is due today', { dueWithin: 0 }, (r) => dueOf(r) <= dueIfResumed(0, clock.now, clock.calendar)],
  ['what is due within days', { dueWithin: 3 }, (r) => dueOf(r) <= dueIfResumed(3, clock.now, clock.calendar)],
  ['what waits for a supplement', { waitingFor: 'SUPPLEMENT' }, (r) => r.state === 'AWAITING_SUPPLEMENT'],
  [
    'what waits for delivery',
    { waitingFor: 'DELIVERY' },
    (r) => ['GRANTED', 'REFUSED', 'ANSWERED', 'REPORT_DECIDED'].includes(r.state),
  ],
];

describe('the work queue', () => {
  test.each(FILTERS)(
    'by %s shows every open case that is so, once, urgent ones first, by the days left',
    async (_, filter, is) => {
      const expected = (await rowsOf(NODE)).filter((row) => row.closed_at === null && is(row));
      const byId = new Map(expected.map((row) => [row.id, row]));
      const ids = await walk(queue(filter), 2_000);
      expect(ids).toHaveLength(expected.length);
      expect(new Set(ids)).toEqual(new Set(byId.keys()));
      const ranks = ids.map((id): [number, number] => {
        const row = byId.get(id) as CaseRow;
        return [row.urgent && row.paused_days === null ? 0 : 1, dueOf(row).getTime()];
      });
      expect(ranks).toEqual([...ranks].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    },
  );

  test('goes on behind the cursor however small the pages are', async () => {
    const whole = await walk(queue({ states: ['ACCEPTED'] }), 200, 200);
    expect(await walk(queue({ states: ['ACCEPTED'] }), 7, 196)).toEqual(whole.slice(0, 196));
  });

  test('goes on from the urgent cases to the others in the middle of a page', async () => {
    const rows = new Map((await rowsOf(NODE)).map((row) => [row.id, row]));
    const isAhead = (id: string) => rows.get(id)?.urgent === true && rows.get(id)?.paused_days === null;
    const whole = await walk(queue(), 2_000);
    const ahead = whole.filter(isAhead).length;
    expect(ahead).toBeGreaterThan(10);
    expect(whole.slice(0, ahead).every(isAhead)).toBe(true);
    expect(await walk(queue(), 7, ahead + 20)).toEqual(whole.slice(0, Math.ceil((ahead + 20) / 7) * 7));
  });

  test('is one node’s own', async () => {
    const ids = await walk(queue(), 2_000);
    expect(ids.every((id) => id.startsWith(`${NODE}-`))).toBe(true);
  });

  test.each<[string, CaseFilter, string | null]>([
    ['a limit asked of the list by newest', { ...ALL, orderBy: 'NEWEST', overdue: true }, null],
    ['cases elsewhere in the work queue', queue({ custody: 'ELSEWHERE' }), null],
    ['a cursor that is none', queue(), 'nonsense'],
    ['a cursor with another key', queue(), Buffer.from('[null,null,["yesterday","x"],null]').toString('base64url')],
  ])('refuses %s', async (_, filter, after) => {
    const code = await page(filter, { first: 5, after }).catch((error: ProblemError) => error.code);
    expect(code).toBe('BAD_INPUT');
  });
});

describe('the list by newest', () => {
  test.each<[string, Partial<CaseFilter>]>([
    ['nothing', {}],
    ['custody', { custody: 'HELD' }],
    ['states', { states: ['CLOSED', 'DRAFT'] }],
    ['item', { item: 'item-40' }],
    ['department', { department: 'department-3' }],
  ])('by %s goes from the latest filed to the first', async (_, filter) => {
    const rows = new Map((await rowsOf(NODE)).map((row) => [row.id, row]));
    const filed = (await walk({ ...ALL, ...filter }, 300, 900)).map((id) => rows.get(id)?.filed_at.getTime() ?? 0);
    expect(filed.length).toBeGreaterThan(0);
    expect(filed).toEqual([...filed].sort((a, b) => b - a));
  });
});

interface Plan {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

/** Rows a plan read from the table, both those it passed on and those it discarded. */
function touched(plan: Plan): number {
  const own =
    plan['Node Type'].includes('Scan') && !plan['Node Type'].startsWith('Function')
      ? plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)
      : 0;
  return own * plan['Actual Loops'] + (plan.Plans ?? []).reduce((sum, part) => sum + touched(part), 0);
}
function nodeTypes(plan: Plan): string[] {
  return [plan['Node Type'], ...(plan.Plans ?? []).flatMap(nodeTypes)];
}

describe('every plan', () => {
  const plans = [
    ...FILTERS.map(([name, filter]) => [`the queue by ${name}`, queue(filter)] as const),
    ...(['states', 'item', 'department', 'custody'] as const).map((name) => {
      const filter = {
        states: ['CLOSED', 'REFUSED'],
        item: 'item-40',
        department: 'department-3',
        custody: 'HELD',
      } as const;
      const one = name === 'states' ? { states: [...filter.states] } : { [name]: filter[name] };
      return [`the newest by ${name}`, { ...ALL, ...one }] as const;
    }),
  ];
  test.each(plans)('of %s reads an index along the page and little beside', async (_, filter) => {
    for (const read of Object.values(queueReads(filter, 20, QUEUE_START, clock))) {
      if (!read) continue;
      const [row] = await db.queryHost<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${read.sql}`,
        [NODE, ...read.params],
      );
      const plan = row?.['QUERY PLAN'][0].Plan;
      if (!plan) throw new Error('The database gave no plan.');
      expect(nodeTypes(plan)).not.toContain('Seq Scan');
      expect(touched(plan)).toBeLessThan(1_000);
    }
  });
});
