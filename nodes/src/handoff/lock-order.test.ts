import { randomUUID } from 'node:crypto';
import { programLog } from '@liandong/runtime';
import type { Answer, MessageKind } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockCases } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import { HostDb, coalesced } from '../db/index.ts';
import { lockProjects } from '../projects/index.ts';
import { fillCases } from '../testing/case-rows.ts';
import { waiting } from '../testing/lock-waits.ts';
import { createDatabase } from '../testing/test-federation.ts';
import { Vault, generateDataKey } from '../vault/index.ts';
import type { BatchMode } from './batch-transaction.ts';
import { storedInbox } from './inbox.ts';
import type { Incoming, Receivers, Settler, Verdict } from './messages.ts';
import { Settlement } from './settling.ts';
import type { Arrived } from './taking.ts';
import { Taking } from './taking.ts';

const NODE = '331022';
const PEER = '331022103';
const BATCH_MODES: readonly BatchMode[] = ['TOGETHER', 'ONE_BY_ONE'];
const log = programLog('silent', {});
let db: HostDb;
let [first, second]: string[] = [];

beforeAll(async () => {
  const key = generateDataKey(NODE, new Date());
  const vault = await Vault.open(() => Promise.resolve([key]));
  db = new HostDb(await createDatabase(), 3, () => undefined, vault);
  await fillCases(db, NODE, 2);
  const rows = await db.queries(NODE).query<{ id: string }>(`SELECT id FROM cases WHERE node = $1 ORDER BY id`);
  [first, second] = rows.map(({ id }) => id);
});
afterAll(() => db.close());

/** Reads cases as the receivers do: the reads of parallel parts go together. */
const lockOne = coalesced(async (tx: SharedTx, ids: readonly string[]) => {
  await lockCases(tx, ids);
  return ids;
});
/** The effect of a message or an answer: it locks its case, or the projects. */
async function lock(tx: SharedTx, { kind, body }: { kind: MessageKind; body: unknown }): Promise<void> {
  if (kind === 'PROJECT_ANSWER') await lockProjects(tx);
  else await lockOne(tx, (body as { case: string }).case);
}
const receive = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
  await lock(tx, message);
  return { outcome: 'DONE' };
};
const receivers = { ECHO: receive, PROXY_EVENT: receive, PROJECT_ANSWER: receive } as unknown as Receivers;
const settle: Settler = (tx, answered) => lock(tx, answered);

const ofCase = (kind: MessageKind, id: string | undefined) => ({ kind, body: { case: id } });
const ofProject = { kind: 'PROJECT_ANSWER' as const, body: {} };
type Said = { kind: MessageKind; body: object };

const take = (said: readonly Said[], mode: BatchMode) =>
  db.transact(NODE, (tx) =>
    new Taking(receivers, storedInbox, lockCases, log).take(
      tx,
      said.map(({ kind, body }): Arrived => {
        return { from: PEER, bytes: null, message: { id: randomUUID(), kind, body: JSON.stringify(body) } };
      }),
      mode,
    ),
  );

/** Answers to messages that were sent before. */
async function settleAll(said: readonly Said[], mode: BatchMode): Promise<void> {
  const answers: Answer[] = [];
  for (const { kind, body } of said) {
    const id = randomUUID();
    const text = db.queries(NODE).vault.seal('outbox.body', id, JSON.stringify(body));
    await db
      .queries(NODE)
      .query(`INSERT INTO outbox (node, id, receiver, kind, case_id, body) VALUES ($1, $2, $3, $4, $5, $6)`, [
        id,
        PEER,
        kind,
        'case' in body ? body.case : null,
        text,
      ]);
    answers.push({ id, outcome: 'DONE', digest: 'digest', line: null });
  }
  const settlers = { ECHO: settle, PROXY_EVENT: settle, PROJECT_ANSWER: settle };
  await db.transact(NODE, (tx) =>
    new Settlement(settlers, lockCases, log).settle(tx, [{ from: PEER, jws: 'jws', answers }], mode),
  );
}

describe('a batch', () => {
  test.each<[string, () => Said[]]>([
    ['messages of a project and of a case behind it', () => [ofProject, ofCase('ECHO', first)]],
    ['messages of two cases that come in another order', () => [ofCase('PROXY_EVENT', second), ofCase('ECHO', first)]],
  ])('of %s holds nothing that a desk may still want while it waits for the case', async (_name, said) => {
    const works = [take, settleAll].flatMap((work) => BATCH_MODES.map((mode) => () => work(said(), mode)));
    for (const work of works) {
      let batch: Promise<unknown> = Promise.resolve();
      await db.transact(NODE, async (tx) => {
        await lockCases(tx, [first ?? '']);
        batch = work();
        await Promise.race([waiting(db, 1), batch]);
        // the database would end one of the two transactions
        await lockCases(tx, [second ?? '']);
        await lockProjects(tx);
      });
      expect(await Promise.allSettled([batch])).toMatchObject([{ status: 'fulfilled' }]);
    }
  });
});
