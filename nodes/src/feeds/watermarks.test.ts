import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { jetstream } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Answer, FeedHead, Receipt } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import { receiptSubject, SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examineClaims } from '../health/doctor-feeds.ts';
import { CaseSteps, agent, clerk } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, readKeysOf } from '../testing/test-federation.ts';
import type { TrustFile } from '../trust/index.ts';
import { Trust } from '../trust/index.ts';
import { FeedAppender } from './index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE];
/** Far beyond whatever was published. */
const BEYOND = 1_000_000_000_000_000;
let federation: TestFederation;
let steps: CaseSteps;
let trust: Trust;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES, keepLog: true });
  steps = new CaseSteps(federation);
  const file = JSON.parse(await readFile(federation.config(COUNTY).trustFile, 'utf8')) as TrustFile;
  const keys = await Promise.all(NODES.map((node) => readKeysOf(federation.config(node))));
  trust = await Trust.load(file, keys.flat(), federation.divisions);
});
afterAll(() => federation.stop());

interface Cursor {
  acked: number;
  sent: number;
  head: number;
  claimed: number | null;
}
const cursor = async (node: string, feed: string, subscriber: string): Promise<Cursor> => {
  const [row] = await federation.rows<Cursor>(
    node,
    `SELECT acked, sent, head, claimed FROM feed_cursors c JOIN feeds f USING (node, feed, publisher)
     WHERE c.node = $1 AND c.feed = $2 AND c.publisher = $1 AND c.subscriber = $3`,
    [node, feed, subscriber],
  );
  if (!row) throw new Error(`${node} tells ${subscriber} nothing`);
  return row;
};
const lives = async (node: string) =>
  (await federation.rows(node, `SELECT life FROM lives WHERE node = $1`, [node])).length;
const presentLife = async (node: string) =>
  (await federation.rows<{ life: number }>(node, `SELECT max(life) AS life FROM lives WHERE node = $1`, [node]))[0]
    ?.life ?? 0;

/** Sends a receipt as an attacker with a node's key and seed could. */
async function say(from: DivisionCode, to: DivisionCode, answer: Omit<Answer & { outcome: 'WATERMARK' }, 'id'>) {
  const seed = (await readFile(federation.config(from).natsSeedFile ?? '', 'utf8')).trim();
  const connection = await connect({
    servers: federation.brokerUrl,
    inboxPrefix: `_INBOX_host-${from.toLowerCase()}`,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
  });
  const receipt: Receipt = {
    v: 1,
    from,
    to,
    at: new Date().toISOString(),
    life: await presentLife(from),
    answers: [{ id: randomUUID(), ...answer }],
  };
  const jws = await trust.sign(from, SIGNED_TYPES.receipt, receipt);
  await jetstream(connection).publish(receiptSubject(from, to, federation.divisions), jws);
  await connection.close();
}
const claim = (stated?: string) => ({
  outcome: 'WATERMARK' as const,
  feed: 'CATALOGUE' as const,
  publisher: TOWNSHIP,
  seq: BEYOND,
  ...(stated === undefined ? {} : { stated }),
});
const state = (by: DivisionCode, head: Partial<FeedHead> = {}) =>
  trust.sign(by, SIGNED_TYPES.feedHead, {
    feed: 'CATALOGUE',
    publisher: TOWNSHIP,
    head: BEYOND,
    at: new Date().toISOString(),
    ...head,
  });
/** Waits until a log line with this text says that a watermark was ignored. */
const lookedAt = async (text: string) =>
  eventually(async () => federation.logged.some((line) => line.includes('watermark ignored') && line.includes(text)));

describe('a watermark beyond what was published', () => {
  test('stops nobody and moves no cursor beyond what was sent, and what comes next arrives', async () => {
    await say(VILLAGE, TOWNSHIP, claim());
    await lookedAt(`"subscriber":"${VILLAGE}"`);
    const after = await cursor(TOWNSHIP, 'CATALOGUE', VILLAGE);
    expect(after.acked).toBeLessThanOrEqual(after.sent);
    expect(after.sent).toBeLessThanOrEqual(after.head);
    expect(await lives(TOWNSHIP)).toBe(1);
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.accept(id, clerk);
    await federation
      .db(TOWNSHIP)
      .transact(TOWNSHIP, (tx) => new FeedAppender().append(tx, 'CATALOGUE', [{ kind: 'KEY', document: 'none' }]));
    await eventually(async () => {
      const { acked, head } = await cursor(TOWNSHIP, 'CATALOGUE', VILLAGE);
      return acked === after.head + 1 && head === acked;
    });
  });

  test('is shown by the doctor until the subscriber says otherwise', async () => {
    await federation.stopHost(VILLAGE);
    await say(VILLAGE, TOWNSHIP, claim());
    await eventually(async () => (await cursor(TOWNSHIP, 'CATALOGUE', VILLAGE)).claimed === BEYOND);
    const found = () => examineClaims({ config: federation.config(TOWNSHIP), db: federation.db(TOWNSHIP) });
    expect(await found()).toMatchObject([
      { part: 'claims', state: 'WARN', text: expect.stringContaining(`${VILLAGE} says it holds`) },
    ]);
    await federation.startHost(VILLAGE);
    await eventually(async () => (await cursor(TOWNSHIP, 'CATALOGUE', VILLAGE)).claimed === null);
    expect(await found()).toMatchObject([{ state: 'OK' }]);
  });

  test('begins no new incarnation by a word that is not the node’s own, is of another feed, or of an earlier incarnation', async () => {
    const began = new Date(await presentLife(TOWNSHIP));
    const proofs = [
      await state(VILLAGE),
      await state(TOWNSHIP, { feed: 'FACTS' }),
      await state(TOWNSHIP, { publisher: COUNTY }),
      await state(TOWNSHIP, { at: new Date(began.getTime() - 1).toISOString() }),
      await trust.sign(TOWNSHIP, SIGNED_TYPES.entry, { feed: 'CATALOGUE', publisher: TOWNSHIP, head: BEYOND }),
      'no word at all',
    ];
    for (const proof of proofs) await say(VILLAGE, TOWNSHIP, claim(proof));
    // the broker brings them in the order they were sent
    await say(VILLAGE, TOWNSHIP, { ...claim(), seq: BEYOND - 1 });
    await eventually(async () =>
      federation.logged.some((line) => line.includes('watermark ignored') && line.includes(`${BEYOND - 1}`)),
    );
    expect(await lives(TOWNSHIP)).toBe(1);
  });

  test('begins a new incarnation by the node’s own signed word of this incarnation', async () => {
    await say(VILLAGE, TOWNSHIP, claim(await state(TOWNSHIP)));
    await eventually(async () => (await lives(TOWNSHIP)) === 2);
    await eventually(async () => {
      const [row] = await federation.rows<{ healed_at: Date | null }>(
        TOWNSHIP,
        `SELECT healed_at FROM lives WHERE node = $1 ORDER BY life DESC LIMIT 1`,
        [TOWNSHIP],
      );
      return row?.healed_at instanceof Date;
    });
  });
});
