import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../testing/test-federation.ts';
import { coalesced, shareTransaction } from './coalesced.ts';
import { HostDb } from './host-db.ts';
import type { SharedTx } from './host-db.ts';

const NODE = '331022';
let db: HostDb;
beforeAll(async () => {
  db = new HostDb(await createDatabase(), 2, () => undefined);
});
afterAll(() => db.close());

/** Writes settings and returns how many went with each statement. */
function keeping() {
  const sizes: number[] = [];
  const keep = coalesced(async (tx: SharedTx, keys: readonly string[]) => {
    sizes.push(keys.length);
    await tx.query(
      `INSERT INTO node_settings (node, key, value) SELECT $1, key, 'yes' FROM unnest($2::text[]) AS k (key)`,
      [keys],
    );
    return keys.map((key) => `kept ${key}`);
  });
  return { sizes, keep };
}

const kept = async () =>
  (await db.queries(NODE).query<{ key: string }>('SELECT key FROM node_settings WHERE node = $1 ORDER BY key')).map(
    ({ key }) => key,
  );

describe('parts of a transaction', () => {
  test('that run side by side share a statement of one kind, and each hears its own answer', async () => {
    const { sizes, keep } = keeping();
    const answers = await db.transact(NODE, (tx) =>
      shareTransaction(
        tx,
        ['a', 'b', 'c'].map((name) => async (part) => [await keep(part, `${name}1`), await keep(part, `${name}2`)]),
      ),
    );
    expect(answers).toEqual(['a', 'b', 'c'].map((name) => [`kept ${name}1`, `kept ${name}2`]));
    expect(sizes).toEqual([3, 3]);
    expect(await kept()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
  });

  test('are all undone when one of them fails, with the transaction they are part of', async () => {
    const { keep } = keeping();
    const failed = db.transact(NODE, async (tx) => {
      await keep(tx, 'before');
      await shareTransaction(
        tx,
        ['x', 'a1', 'y'].map((name) => (part) => keep(part, name)),
      );
    });
    await expect(failed).rejects.toMatchObject({ code: '23505' });
    expect(await kept()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
  });

  test('have no savepoint of their own', async () => {
    const parts = await db.transact(NODE, (tx) => shareTransaction(tx, [async (part) => Object.keys(part)]));
    expect(parts).not.toContainEqual(expect.arrayContaining(['attempt']));
    expect(parts).toContainEqual(expect.arrayContaining(['query', 'withCommit']));
  });

  test('that run one by one send a statement each', async () => {
    const { sizes, keep } = keeping();
    await db.transact(NODE, async (tx) => {
      await keep(tx, 'p');
      await keep(tx, 'q');
    });
    expect(sizes).toEqual([1, 1]);
  });
});
