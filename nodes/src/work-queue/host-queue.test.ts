import type { CasesPart, Places, QueueList } from '@liandong/schema/domains/subtree-cases';
import { pageAsked, pageOfParts } from '@liandong/schema/domains/subtree-cases';
import { placesOf } from '@liandong/schema/domains/subtree-cases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInCalendar } from '../calendar/index.ts';
import { HostDb } from '../db/index.ts';
import { fillCases } from '../testing/case-rows.ts';
import { createDatabase } from '../testing/test-federation.ts';
import type { CaseFilter } from './case-queue.ts';
import { queuePage } from './case-queue.ts';
import { hostQueue } from './host-queue.ts';

const NODES = ['331022', '331022103', '331022103201'];
const EMPTY = '331022103210';
const clock = { now: new Date(), calendar: builtInCalendar() };
const ALL: CaseFilter = { custody: null, states: null, item: null, number: null };
const START: Places = { urgent: null, running: null, paused: null };

let db: HostDb;
beforeAll(async () => {
  db = new HostDb(await createDatabase(), 4, () => undefined);
  for (const node of NODES) await fillCases(db, node, 3_000);
  // many limits that are the same at all nodes
  await db.queryHost(`UPDATE cases SET next_due_at = date_trunc('day', next_due_at) WHERE NOT urgent`);
});
afterAll(() => db.close());

/** The ids of a list over nodes, page by page. */
async function walk(filter: Partial<CaseFilter>, first: number): Promise<{ id: string; custodian: string }[]> {
  const shown: { id: string; custodian: string }[] = [];
  for (let after: string | null = null; ;) {
    const asked = pageAsked({ division: NODES[0] ?? '' }, { first, after });
    const nodes = [...NODES, EMPTY].map((node) => ({ node, from: placesOf(asked.from, node) }));
    const parts = await hostQueue(db, nodes, { ...ALL, ...filter }, first, clock);
    const page = pageOfParts(
      asked,
      parts.map((part, i) => ({ node: nodes[i]?.node ?? '', ...part })),
      [],
    );
    shown.push(...page.nodes);
    if (!page.hasNextPage) return shown;
    after = page.cursors.at(-1) ?? null;
  }
}

/** The ids of one node's own list. */
async function alone(node: string, filter: Partial<CaseFilter>): Promise<string[]> {
  const asked: CaseFilter = { ...ALL, ...filter, orderBy: 'REMAINING_DAYS' };
  return (await queuePage(db.queries(node), asked, { first: 5_000, after: null }, clock)).ids;
}

const soon = new Date(clock.now.getTime() + 3 * 86_400_000);
const FILTERS: [string, Partial<CaseFilter>][] = [
  ['nothing', {}],
  ['states', { states: ['ACCEPTED', 'DRAFT'] }],
  ['a department', { department: 'department-3' }],
  ['what is overdue', { overdue: true }],
  ['what is not overdue', { overdue: false }],
  ['what stands still', { paused: true }],
  ['what runs', { paused: false }],
  ['what is due soon', { dueBefore: soon }],
  ['what is due within days', { dueWithin: 2 }],
  ['what has no handler', { handledBy: 'NOBODY' }],
  ['no state', { states: [] }],
];

describe('the work queues of a host’s nodes', () => {
  test.each(FILTERS)(
    'by %s are one list, in which each node’s cases stand in its own order, once',
    async (_, filter) => {
      const shown = await walk(filter, 150);
      for (const node of NODES) {
        const own = shown.filter(({ custodian }) => custodian === node).map(({ id }) => id);
        expect(own).toEqual(await alone(node, filter));
      }
    },
  );

  test('give what each node has among the first, and one more', async () => {
    const parts = await hostQueue(
      db,
      NODES.map((node) => ({ node, from: START })),
      ALL,
      20,
      clock,
    );
    const of = (list: QueueList) => parts.flatMap(({ rows }: CasesPart) => rows.filter((row) => row.list === list));
    expect(of('running')).toHaveLength(21);
    expect(parts.map(({ asOf }) => asOf)).toEqual(NODES.map(() => clock.now.toISOString()));
  });
});
