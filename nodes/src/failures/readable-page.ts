import type { Page, PageRequest } from '@liandong/schema/operation';

/** A page of a list by its rows' names. */
export interface KeyPage {
  ids: string[];
  /** The cursor of each row. */
  cursors: string[];
  hasNextPage: boolean;
}

/**
 * A page of a list without the rows that can't be shown. The list goes on behind them, even if a whole page can't be
 * shown.
 * @param read the page behind a cursor
 * @param show the shown form of rows, by name; rows that can't be shown are left out
 */
export async function readablePage<T>(
  page: PageRequest,
  read: (from: PageRequest) => Promise<KeyPage>,
  show: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): Promise<Page<T>> {
  for (let from = page; ;) {
    const { ids, cursors, hasNextPage } = await read(from);
    const shown = await show(ids);
    const end = cursors.at(-1);
    if (shown.size === 0 && hasNextPage && end !== undefined) {
      from = { ...from, after: end };
      continue;
    }
    const rows = ids.flatMap((id, i) => {
      const node = shown.get(id);
      return node === undefined ? [] : [{ node, cursor: cursors[i] ?? '' }];
    });
    // the last cursor lies behind the rows that were left out, so that they are not read again
    const last = rows.at(-1);
    if (last && end !== undefined) last.cursor = end;
    return {
      nodes: rows.map(({ node }) => node),
      cursors: rows.map(({ cursor }) => cursor),
      hasNextPage,
      hasPreviousPage: page.after !== null,
    };
  }
}
