import { afterAll, expect, test } from 'vitest';
import { createDatabase } from '../testing/test-federation.ts';
import { TestPooler, findPgBouncer } from '../testing/test-pooler.ts';
import { HostDb, migrate, refusePooler } from './index.ts';

const program = findPgBouncer();
const poolers: TestPooler[] = [];
afterAll(async () => {
  for (const pooler of poolers) await pooler.stop();
});
/** Address of a database, the same through a real PgBouncer. */
async function through(mode: 'session' | 'transaction', databaseUrl: string): Promise<string> {
  const pooler = await TestPooler.start(program ?? '', databaseUrl, mode);
  poolers.push(pooler);
  return pooler.databaseUrl;
}

test('a database reached directly is no pooler', async () => {
  await expect(refusePooler(await createDatabase())).resolves.toBeUndefined();
});

test.skipIf(program === null)(
  'a database behind PgBouncer in transaction mode is refused before anything is done, with what to set',
  async () => {
    const databaseUrl = await createDatabase(null);
    await expect(migrate(await through('transaction', databaseUrl))).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching('LIANDONG_DATABASE_URL.*pool_mode = session'),
    });
    const db = new HostDb(databaseUrl, 1, () => undefined);
    try {
      expect(await db.queryHost(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
    } finally {
      await db.close();
    }
  },
);

test.skipIf(program === null)('a database behind PgBouncer in session mode is migrated and worked on', async () => {
  const databaseUrl = await through('session', await createDatabase(null));
  expect((await migrate(databaseUrl)).length).toBeGreaterThan(0);
  const db = new HostDb(databaseUrl, 4, () => undefined);
  try {
    const asked = Array.from({ length: 40 }, () => db.queryHost<{ one: number }>('SELECT 1 AS one'));
    expect(new Set((await Promise.all(asked)).map(([row]) => row?.one))).toEqual(new Set([1]));
  } finally {
    await db.close();
  }
});
