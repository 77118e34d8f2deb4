import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProblemError } from '@liandong/schema/kernel';
import { createDatabase } from '../testing/test-federation.ts';
import type { NodeTx, SharedTx } from './index.ts';
import { HostDb, StepQueue } from './index.ts';

const NODE = '331022';
const sockets = new Set<Socket>();
let line: Server;
let db: HostDb;

beforeAll(async () => {
  const url = new URL(await createDatabase());
  const { hostname, port } = url;
  line = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await once(line.listen(0, '127.0.0.1'), 'listening');
  url.port = String((line.address() as AddressInfo).port);
  db = new HostDb(url.href, 2, () => undefined);
});
afterAll(async () => {
  await db.close();
  line.close();
});

/** Breaks connections without any notice, as when the server is killed. */
async function breakLines(): Promise<void> {
  const open = [...sockets].filter((socket) => !socket.destroyed);
  sockets.clear();
  await Promise.all(open.map((socket) => once(socket.destroy(), 'close')));
}
const keep = (tx: SharedTx, key: string) =>
  tx.query(`INSERT INTO node_settings (node, key, value) VALUES ($1, $2, 'yes')`, [key]);
const kept = async () =>
  (await db.queries(NODE).query<{ key: string }>('SELECT key FROM node_settings WHERE node = $1')).map((r) => r.key);
const UNAVAILABLE = { code: 'DATABASE_UNAVAILABLE' };

describe('a connection that breaks without a word', () => {
  test.each<[string, (tx: NodeTx) => Promise<unknown>]>([
    [
      'before a statement',
      async (tx) => {
        await breakLines();
        return keep(tx, 'x');
      },
    ],
    [
      'under a statement',
      (tx) =>
        Promise.all([
          tx.query(`SELECT pg_sleep(5) FROM (SELECT 1) t WHERE 'node' <> $1 OR 'node = $1' <> ''`),
          breakLines(),
        ]),
    ],
    [
      'in an attempt',
      (tx) =>
        tx.attempt(async () => {
          await keep(tx, 'x');
          await breakLines();
          await keep(tx, 'y');
        }),
    ],
    ['before the commit', (tx) => keep(tx, 'x').then(breakLines)],
  ])('%s is told as a database that cannot do it now, and nothing is kept', async (_when, work) => {
    await expect(db.transact(NODE, work)).rejects.toMatchObject(UNAVAILABLE);
    expect(await kept()).toEqual([]);
  });

  test('refuses each of the steps that shared its transaction as one that can be tried again', async () => {
    const steps = new StepQueue(db, NODE);
    const asked = ['a', 'b', 'c'].map((name) =>
      steps.step(name, async (tx) => {
        await keep(tx, name);
        await breakLines();
      }),
    );
    const ended = await Promise.allSettled(asked);
    expect(ended.map((end) => (end.status === 'rejected' ? (end.reason as { code?: string }).code : 'done'))).toEqual(
      Array(3).fill('DATABASE_UNAVAILABLE'),
    );
    expect(await kept()).toEqual([]);
  });

  test.each(['127.0.0.1', 'localhost', 'no-such-host.invalid'])(
    'a database at %s that does not answer is reported as unavailable',
    async (hostname) => {
      const silent = new HostDb(`postgresql://nobody:x@${hostname}:1/none`, 1, () => undefined);
      await expect(silent.queries(NODE).query('SELECT 1 FROM items WHERE node = $1')).rejects.toMatchObject(
        UNAVAILABLE,
      );
      await expect(silent.transact(NODE, (tx) => keep(tx, 'x'))).rejects.toMatchObject(UNAVAILABLE);
      const read = silent
        .reads(NODE)
        .item.findMany()
        .catch((error: unknown) => error);
      expect(await read).toBeInstanceOf(ProblemError);
      expect(await read).toMatchObject(UNAVAILABLE);
      await silent.close();
    },
  );

  test('is told of one statement outside a transaction, and the next one finds another connection', async () => {
    const asked = db
      .queries(NODE)
      .query(`SELECT pg_sleep(5) FROM (SELECT 1) t WHERE 'node' <> $1 OR 'node = $1' <> ''`);
    const [refused] = await Promise.allSettled([asked, breakLines()]);
    expect(refused).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
    expect(await kept()).toEqual([]);
  });
});
