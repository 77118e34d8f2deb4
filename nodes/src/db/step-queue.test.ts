import { problem } from '@liandong/schema/kernel';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase } from '../testing/test-federation.ts';
import { coalesced } from './coalesced.ts';
import { HostDb } from './host-db.ts';
import type { SharedTx } from './host-db.ts';
import { StepQueue } from './step-queue.ts';

const NODE = '331022';
let url: string;
let db: HostDb;
let queue: StepQueue;
beforeAll(async () => {
  url = await createDatabase();
  db = new HostDb(url, 4, () => undefined);
  queue = new StepQueue(db, NODE);
});
beforeEach(() => db.transact(NODE, (tx) => tx.query(`DELETE FROM node_settings WHERE node = $1`)));
afterAll(() => db.close());

const keep = coalesced(async (tx: SharedTx, keys: readonly string[]) => {
  await tx.query(
    `INSERT INTO node_settings (node, key, value) SELECT $1, key, 'yes' FROM unnest($2::text[]) AS k (key)`,
    [keys],
  );
  return keys.map(() => undefined);
});

/** Writes a key. @returns the database transaction it was written in */
async function kept(tx: SharedTx, key: string): Promise<string> {
  await tx.withCommit(keep(tx, key));
  const [row] = await tx.query<{ id: string }>(
    `SELECT txid_current()::text AS id FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
  return row?.id ?? '';
}

const keys = async () =>
  (await db.queries(NODE).query<{ key: string }>('SELECT key FROM node_settings WHERE node = $1 ORDER BY key')).map(
    ({ key }) => key,
  );

describe('the steps of a node', () => {
  test('share a database transaction when they are asked for together', async () => {
    const ids = await Promise.all(['a', 'b', 'c'].map((key) => queue.step(key, (tx) => kept(tx, key))));
    expect(new Set(ids).size).toBe(1);
    expect(await keys()).toEqual(['a', 'b', 'c']);
  });

  test('each have one of their own where they change the same thing, in the order they were asked for', async () => {
    const order: string[] = [];
    const ids = await Promise.all(
      ['a', 'b', 'c'].map((key) =>
        queue.step('one case', async (tx) => {
          order.push(key);
          return kept(tx, key);
        }),
      ),
    );
    expect(new Set(ids).size).toBe(3);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  test('are done although one beside them is refused, which leaves nothing behind', async () => {
    const steps = ['a', 'refused', 'b'].map((key) =>
      queue.step(key, async (tx) => {
        await kept(tx, key);
        if (key === 'refused') throw problem('ILLEGAL_STEP', 'Not now.');
        return key;
      }),
    );
    expect(await Promise.allSettled(steps)).toEqual([
      { status: 'fulfilled', value: 'a' },
      expect.objectContaining({
        status: 'rejected',
        reason: expect.objectContaining({ code: 'ILLEGAL_STEP' }) as object,
      }),
      { status: 'fulfilled', value: 'b' },
    ]);
    expect(await keys()).toEqual(['a', 'b']);
  });

  test('are done although a statement of one beside them fails', async () => {
    await queue.step('a', (tx) => kept(tx, 'there already'));
    const steps = ['b', 'there already', 'c'].map((key) => queue.step(key, (tx) => kept(tx, key)));
    const ended = await Promise.allSettled(steps);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await keys()).toEqual(['b', 'c', 'there already']);
  });

  test('are all refused at once while the database is away', async () => {
    const gone = new HostDb(url, 2, () => undefined);
    await gone.close();
    const away = new StepQueue(gone, NODE);
    let begun = 0;
    const steps = ['a', 'b'].map((key) => away.step(key, () => Promise.resolve(begun++)));
    for (const step of steps) await expect(step).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(begun).toBe(0);
    expect(await keys()).toEqual([]);
  });

  test('come out the same however many are asked for at once, whichever of them are refused', async () => {
    const step = fc.record({ lane: fc.constantFrom('p', 'q', 'r'), refused: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await db.transact(NODE, (tx) => tx.query(`DELETE FROM node_settings WHERE node = $1`));
        const ended = await Promise.allSettled(
          steps.map(({ lane, refused }, i) =>
            queue.step(lane, async (tx) => {
              await kept(tx, `${lane}${i}`);
              if (refused) throw problem('ILLEGAL_STEP', 'Not now.');
            }),
          ),
        );
        expect(ended.map(({ status }) => status === 'rejected')).toEqual(steps.map(({ refused }) => refused));
        const done = steps.flatMap(({ lane, refused }, i) => (refused ? [] : [`${lane}${i}`]));
        expect(await keys()).toEqual(done.toSorted((a, b) => (a < b ? -1 : 1)));
      }),
      { numRuns: 30 },
    );
  });
});
