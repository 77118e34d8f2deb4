/**
 * Reads the rows of a list in batches. Each batch begins behind the last row of the one before, so that rows whose work
 * fails do not hold up the rows behind them.
 * @param read at most `size` rows behind one, in the list's order; from its beginning where that is null
 */
export async function* inBatches<Row>(
  size: number,
  read: (after: Row | null) => Promise<Row[]>,
): AsyncGenerator<Row, void> {
  for (let after: Row | null = null; ;) {
    const rows: Row[] = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    after = last;
  }
}
