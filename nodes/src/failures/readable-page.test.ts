import { expect, test } from 'vitest';
import { readablePage } from './index.ts';

const ALL = ['a', 'b', 'c', 'd', 'e'];

/** A list of {@link ALL}, two a page, with some rows that can't be shown. */
const pageOf = (after: string | null, unreadable: readonly string[]) =>
  readablePage(
    { first: 2, after },
    async (from) => {
      const behind = ALL.filter((id) => from.after === null || id > from.after);
      const ids = behind.slice(0, from.first);
      return { ids, cursors: ids, hasNextPage: behind.length > from.first };
    },
    async (ids) => new Map(ids.filter((id) => !unreadable.includes(id)).map((id) => [id, id.toUpperCase()])),
  );

test('a page leaves out the rows that cannot be shown and ends behind them', async () => {
  const first = await pageOf(null, ['b']);
  expect(first).toEqual({ nodes: ['A'], cursors: ['b'], hasNextPage: true, hasPreviousPage: false });
  const second = await pageOf('b', ['b']);
  expect(second).toMatchObject({ nodes: ['C', 'D'], cursors: ['c', 'd'], hasNextPage: true, hasPreviousPage: true });
});

test('a page of rows that cannot be shown at all is passed over', async () => {
  expect(await pageOf(null, ['a', 'b'])).toMatchObject({ nodes: ['C', 'D'], hasPreviousPage: false });
  expect(await pageOf('d', ['e'])).toMatchObject({ nodes: [], cursors: [], hasNextPage: false });
});
