import { randomUUID } from 'node:crypto';
import { programLog } from '@liandong/runtime';
import type { Answer, MessageKind } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { lockCases } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import { HostDb, coalesced } from '../db/index.ts';
import { createDatabase } from '../testing/test-federation.ts';
import { Vault, generateDataKey } from '../vault/index.ts';
import type { BatchMode } from './batch-transaction.ts';
import { transactBatch } from './batch-transaction.ts';
import { storedInbox } from './inbox.ts';
import type { Incoming, Receivers, Settler, Verdict } from './messages.ts';
import { Settlement } from './settling.ts';
import { Taking } from './taking.ts';

const NODE = '331022';
const PEER = '331022103';
const log = programLog('silent', {});
let db: HostDb;

beforeAll(async () => {
  const key = generateDataKey(NODE, new Date());
  const vault = await Vault.open(() => Promise.resolve([key]));
  db = new HostDb(await createDatabase(), 3, () => undefined, vault);
});
beforeEach(async () => {
  for (const table of ['node_settings', 'inbox', 'outbox'] as const) {
    await db.queries(NODE).query(`DELETE FROM ${table} WHERE node = $1`);
  }
});
afterAll(() => db.close());

/** Writes that a message makes before a fault is found in it. */
const keep = coalesced(async (tx: SharedTx, names: readonly string[]) => {
  await tx.query(`INSERT INTO node_settings (node, key, value) SELECT $1, unnest($2::text[]), '1'`, [names]);
  return names;
});
const kept = async () =>
  (await db.queries(NODE).query<{ key: string }>('SELECT key FROM node_settings WHERE node = $1 ORDER BY key')).map(
    ({ key }) => key,
  );
async function leaveTrace(tx: SharedTx, name: string): Promise<void> {
  await tx.withCommit(keep(tx, name));
  if (name.startsWith('wrong')) throw problem('CHAIN_BROKEN', `${name} is wrong.`);
}
const receive = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
  await leaveTrace(tx, (message.body as { case: string }).case);
  return { outcome: 'DONE' };
};
const settle: Settler = (tx, { body }) => leaveTrace(tx, (body as { case: string }).case);

async function take(
  names: readonly string[],
  kind: MessageKind = 'ECHO',
): Promise<{ modes: BatchMode[]; said: string[] }> {
  const modes: BatchMode[] = [];
  const taking = new Taking({ ECHO: receive, FEED: receive } as unknown as Receivers, storedInbox, lockCases, log);
  const arrived = names.map((name) => {
    const message = { id: randomUUID(), kind, body: JSON.stringify({ case: name }) };
    return { from: PEER, bytes: null, message };
  });
  const { answers } = await transactBatch(db, NODE, log, (tx, mode) => {
    modes.push(mode);
    return taking.take(tx, arrived, mode);
  });
  return { modes, said: answers.map(({ answer }) => answer.outcome) };
}

async function settleAnswers(names: readonly string[]): Promise<{ modes: BatchMode[]; owed: string[] }> {
  const modes: BatchMode[] = [];
  const answers: Answer[] = [];
  for (const name of names) {
    const id = randomUUID();
    const text = db.queries(NODE).vault.seal('outbox.body', id, JSON.stringify({ case: name }));
    await db
      .queries(NODE)
      .query(`INSERT INTO outbox (node, id, receiver, kind, case_id, body) VALUES ($1, $2, $3, 'ECHO', $4, $5)`, [
        id,
        PEER,
        name,
        text,
      ]);
    answers.push({ id, outcome: 'DONE', digest: 'digest', line: null });
  }
  await transactBatch(db, NODE, log, (tx, mode) => {
    modes.push(mode);
    return new Settlement({ ECHO: settle }, lockCases, log).settle(tx, [{ from: PEER, jws: 'jws', answers }], mode);
  });
  const rows = await db
    .queries(NODE)
    .query<{ name: string }>(
      `SELECT case_id AS name FROM outbox WHERE node = $1 AND settled_at IS NULL ORDER BY case_id`,
    );
  return { modes, owed: rows.map(({ name }) => name) };
}

test.each([[['a']], [['a', 'b', 'c']]])('messages with nothing wrong are taken together: %j', async (names) => {
  expect(await take(names)).toEqual({ modes: ['TOGETHER'], said: names.map(() => 'DONE') });
  expect(await kept()).toEqual(names);
});

test.each([[['wrong']], [['a', 'wrong', 'b']], [['wrong', 'a', 'wrong again']]])(
  'of messages one of which is wrong all but that one are taken, and it leaves nothing behind: %j',
  async (names) => {
    const right = names.filter((name) => !name.startsWith('wrong'));
    expect(await take(names)).toEqual({
      modes: ['TOGETHER', 'ONE_BY_ONE'],
      said: names.map((name) => (right.includes(name) ? 'DONE' : 'PARKED')),
    });
    expect(await kept()).toEqual(right);
  },
);

test('of messages that keep their order, too', async () => {
  expect((await take(['a', 'wrong', 'b'], 'FEED')).said).toEqual(['DONE', 'PARKED', 'DONE']);
  expect(await kept()).toEqual(['a', 'b']);
});

test.each([[['a']], [['a', 'b', 'c']]])('answers with nothing wrong are settled together: %j', async (names) => {
  expect(await settleAnswers(names)).toEqual({ modes: ['TOGETHER'], owed: [] });
  expect(await kept()).toEqual(names);
});

test.each([[['wrong']], [['a', 'wrong', 'b']], [['wrong', 'a', 'wrong again']]])(
  'of answers one of which is wrong all but that one are settled, and its message stays owed: %j',
  async (names) => {
    const right = names.filter((name) => !name.startsWith('wrong'));
    expect(await settleAnswers(names)).toEqual({
      modes: ['TOGETHER', 'ONE_BY_ONE'],
      owed: names.filter((name) => !right.includes(name)).sort(),
    });
    expect(await kept()).toEqual(right);
  },
);

test('what the database cannot do now is not tried one by one: nothing is wrong with the batch', async () => {
  const modes: BatchMode[] = [];
  const lost = transactBatch(db, NODE, log, (_tx, mode) => {
    modes.push(mode);
    return Promise.reject(problem('DATABASE_UNAVAILABLE', 'The connection was lost.'));
  });
  await expect(lost).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  expect(modes).toEqual(['TOGETHER']);
});
