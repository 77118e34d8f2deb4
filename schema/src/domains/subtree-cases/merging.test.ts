import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../testing/refusals.ts';
import { cursorOf } from './cursor.ts';
import type { NodePart } from './merging.ts';
import { MOST_BEHIND, pageAsked, pageOfParts } from './merging.ts';
import type { CaseRow, Position } from './parts.ts';
import { casesPartSchema, LIST_BEGINS, placesOf, QUEUE_LISTS } from './parts.ts';

const DIVISION = '331022';
const LIST = { division: DIVISION, filter: null };
const NODES = ['331022', '331022103', '331022103201', '331022103210'];

const instantAt = (minute: number) => new Date(Date.UTC(2026, 5, 1) + minute * 60_000).toISOString();

/** A case in a node's work queue, at one of few limits, so that many have the same. */
const aCase = fc.record({ node: fc.constantFrom(...NODES), list: fc.constantFrom(...QUEUE_LISTS), at: fc.nat(4) });
type Held = { node: string; row: CaseRow };
const held = fc.array(aCase, { maxLength: 40 }).map((cases) =>
  cases.map(({ node, list, at }, i): Held => {
    const id = `${node}-${String(i).padStart(3, '0')}`;
    const due = instantAt(at);
    return { node, row: list === 'paused' ? { list, key: at, id, due } : { list, key: due, id, due } };
  }),
);

type Rank = [list: number, key: string | number, node: string, id: string];
const rankOf = ({ node, row }: Held): Rank => [row.list === 'urgent' ? 0 : 1, row.key, node, row.id];
const byRank = (a: Rank, b: Rank): number => {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at === -1 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
};

/** What the nodes of one host answer: what they have among the first of all of them, each from its own place on. */
function hostParts(all: readonly Held[], nodes: readonly string[], first: number, from: Position): NodePart[] {
  const found = QUEUE_LISTS.flatMap((list) =>
    all
      .filter(({ node, row }) => row.list === list && nodes.includes(node) && isBeyond({ node, row }, from))
      .sort((a, b) => byRank(rankOf(a), rankOf(b)))
      .slice(0, first + 1),
  );
  return nodes.map((node) => {
    const part = { asOf: instantAt(0), rows: found.filter((one) => one.node === node).map(({ row }) => row) };
    return { node, ...casesPartSchema.parse(JSON.parse(JSON.stringify(part))) };
  });
}

function isBeyond({ node, row }: Held, from: Position): boolean {
  const place = placesOf(from, node)[row.list];
  return place === null || byRank([0, row.key, node, row.id], [0, ...place]) > 0;
}

/** Which host has each node, and which hosts are silent, while one page is read. */
const moment = fc.record({
  hosts: fc.tuple(...NODES.map(() => fc.nat(2))),
  silent: fc.subarray([0, 1, 2]),
  first: fc.integer({ min: 1, max: 7 }),
});
type Moment = { hosts: number[]; silent: number[]; first: number };

function readPage(all: readonly Held[], { hosts, silent, first }: Moment, after: string | null) {
  const asked = pageAsked(LIST, { first, after });
  const parts: NodePart[] = [];
  const mute: string[] = [];
  for (const host of new Set(hosts)) {
    const nodes = NODES.filter((_, i) => hosts[i] === host);
    if (silent.includes(host)) mute.push(...nodes);
    else parts.push(...hostParts(all, nodes, first, asked.from));
  }
  return pageOfParts(
    asked,
    parts,
    mute.map((node) => ({ node, code: 'NODE_UNREACHABLE' })),
  );
}

const whole: Moment = { hosts: [0, 1, 1, 2], silent: [], first: 5 };

describe('a list over many nodes', () => {
  test('shows every case once, in the order of one desk’s queue, whatever hosts the nodes move to between pages', () => {
    fc.assert(
      fc.property(held, fc.array(moment, { minLength: 1, maxLength: 12 }), (all, moments) => {
        const shown: string[] = [];
        let after: string | null = null;
        for (let page = 0; ; page++) {
          const { first = 5, hosts = whole.hosts } = moments[page % moments.length] ?? {};
          const { nodes, cursors, hasNextPage } = readPage(all, { hosts, first, silent: [] }, after);
          shown.push(...nodes.map(({ id }) => id));
          after = cursors.at(-1) ?? after;
          if (!hasNextPage) break;
        }
        const byId = new Map(all.map((one) => [one.row.id, one]));
        const order = shown.map((id) => byId.get(id)?.row);
        expect([...shown].sort()).toEqual([...byId.keys()].sort());
        const dues = order.map((row) => [row?.list === 'urgent' ? 0 : 1, row?.due ?? ''] as const);
        expect(dues).toEqual([...dues].sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : Number(a[1] > b[1]))));
      }),
    );
  });

  test('shows every case once also where hosts fall silent and come back between pages', () => {
    fc.assert(
      fc.property(held, fc.array(moment, { maxLength: 12 }), (all, moments) => {
        const shown: string[] = [];
        let after: string | null = null;
        const read = (at: Moment) => {
          const page = readPage(all, at, after);
          shown.push(...page.nodes.map(({ id }) => id));
          after = page.cursors.at(-1) ?? after;
          return page.hasNextPage;
        };
        for (const at of moments) read(at);
        while (read(whole));
        expect(shown.sort()).toEqual(all.map(({ row }) => row.id).sort());
      }),
    );
  });

  test('goes on from the cursor of any case of a page', () => {
    fc.assert(
      fc.property(held, fc.nat(30), (all, place) => {
        const { nodes, cursors } = readPage(all, { ...whole, first: 100 }, null);
        const cursor = cursors[place];
        if (cursor === undefined) return;
        const rest = readPage(all, { ...whole, first: 100 }, cursor);
        expect(rest.nodes).toEqual(nodes.slice(place + 1));
      }),
    );
  });

  test('says which nodes answered, as of when, and which were silent, and why', () => {
    const { coverage } = readPage([], { ...whole, silent: [1] }, null);
    expect(coverage).toEqual({
      answered: [
        { node: '331022', asOf: new Date(instantAt(0)) },
        { node: '331022103210', asOf: new Date(instantAt(0)) },
      ],
      silent: ['331022103', '331022103201'].map((node) => ({ node, code: 'NODE_UNREACHABLE' })),
    });
  });
});

describe('a cursor of a list over many nodes', () => {
  const filter = { states: ['FILED' as const], overdue: true };
  const cursor = cursorOf({ division: DIVISION, filter }, LIST_BEGINS);
  const asking = (division: string, given: typeof filter | null, after: string) => () =>
    pageAsked({ division, filter: given }, { first: 5, after });

  test('goes on in its own list, also where the filter is written in another order or leaves parts out', () => {
    const same = { overdue: true, item: null, states: ['FILED' as const] };
    expect(pageAsked({ division: DIVISION, filter: same }, { first: 5, after: cursor }).from).toEqual(LIST_BEGINS);
  });

  test.each([
    ['of another division', asking('331023', filter, cursor)],
    ['of another filter', asking(DIVISION, { ...filter, overdue: false }, cursor)],
    ['of no filter', asking(DIVISION, null, cursor)],
    ['that is none', asking(DIVISION, filter, 'none')],
    ['that is empty', asking(DIVISION, filter, '')],
    ['with a place that is none', asking(DIVISION, filter, btoa(JSON.stringify([atob(cursor).slice(2, 8), 1, 2])))],
    ['that is too long', asking(DIVISION, filter, 'A'.repeat(20_001))],
  ])('%s is refused', (_, ask) => {
    expect(refusal(ask)).toMatchObject({ code: 'BAD_INPUT', field: 'after' });
  });

  test('keeps the places of so many silent nodes as it has room for', () => {
    const row = { list: 'running' as const, key: instantAt(1), id: `${DIVISION}-1`, due: instantAt(1) };
    const silent = Array.from({ length: MOST_BEHIND + 1 }, (_, i) => ({
      node: `331022${String(i).padStart(6, '0')}`,
      code: 'NODE_UNREACHABLE' as const,
    }));
    const asked = pageAsked(LIST, { first: 5, after: null });
    const { cursors } = pageOfParts(asked, [{ node: DIVISION, asOf: instantAt(0), rows: [row] }], silent);
    const { from } = pageAsked(LIST, { first: 5, after: cursors[0] ?? null });
    expect(from.behind.flatMap(({ nodes }) => nodes)).toHaveLength(MOST_BEHIND);
  });
});
