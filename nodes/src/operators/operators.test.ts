import { operators } from '@liandong/schema/domains/operators';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codesOf } from '../testing/cases.ts';
import { putOutbox } from '../testing/outbox.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

const operator = personAt(TOWNSHIP, 'OPERATOR');
const above = personAt(COUNTY, 'OPERATOR');
/** People who ask in vain at the township. */
const STRANGERS: readonly (readonly [string, Viewer])[] = [
  ['the operator of a village below', personAt(VILLAGE, 'OPERATOR')],
  ['the operator of the next township', personAt(OTHER_TOWNSHIP, 'OPERATOR')],
  ['its chief', personAt(TOWNSHIP, 'CHIEF')],
  ['its supervisor', personAt(TOWNSHIP, 'SUPERVISOR')],
  ['the clerk of the county', personAt(COUNTY, 'CLERK')],
];

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const desk = (node = TOWNSHIP) => federation.desk(node, operators);
const none = { division: null };
const page = (first = 20, after: string | null = null) => ({ first, after });
/** A message that no receiver can process: its body does not fit its kind. */
async function parked(body = '{"case":""}'): Promise<string> {
  const id = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'ECHO', body });
  await eventually(async () => {
    const { nodes } = await desk().parkedMessages(operator, none, page(200));
    return nodes.some((message) => message.id === id);
  });
  return id;
}
const settled = (id: string) =>
  eventually(async () => (await desk().parkedMessage(operator, { ...none, id })).resolvedAt !== null);

describe('an operator', () => {
  test('sees the health of the node and its host, and what waits there', async () => {
    const health = await desk().nodeHealth(operator, none);
    expect(health).toMatchObject({
      node: TOWNSHIP,
      host: federation.config(TOWNSHIP).host,
      ready: true,
      database: true,
      broker: true,
      streams: true,
      lacking: [],
      healing: false,
      unsendable: 0,
    });
    expect(health.watermark).toBeInstanceOf(Date);
    expect(Math.abs(health.clockOffsetMs ?? 0)).toBeLessThan(5_000);
  });

  test('sees which messages have no receipt yet, by receiver and kind, while the way is cut', async () => {
    await federation.stopHost(VILLAGE);
    await putOutbox(federation, TOWNSHIP, { receiver: VILLAGE, kind: 'ECHO', body: '{"case":""}' });
    const waiting = (await desk().queues(operator, none)).find(({ receiver }) => receiver === VILLAGE);
    expect(waiting).toMatchObject({ kind: 'ECHO', forUpgrade: false });
    expect(waiting?.oldestAt).toBeInstanceOf(Date);
    expect((await desk().nodeHealth(operator, none)).waiting).toBeGreaterThan(0);
    await federation.startHost(VILLAGE);
    // the village can't process it: its operator refuses it, and the township has its answer
    const there = desk(VILLAGE);
    const own = personAt(VILLAGE, 'OPERATOR');
    await eventually(async () => (await there.parkedMessages(own, none, page())).nodes.length === 1);
    const [message] = (await there.parkedMessages(own, none, page())).nodes;
    await there.answerParked(own, { ...none, id: message?.id ?? '', reason: '内容有误', idempotencyKey: null });
    await eventually(async () => {
      const queues = await desk().queues(operator, none);
      return !queues.some(({ receiver, kind }) => receiver === VILLAGE && kind === 'ECHO');
    });
  });

  test('sees how far subscribers and subscriptions are', async () => {
    const { subscribers, subscriptions } = await desk().nodeFeeds(operator, none);
    expect(subscribers.map(({ subscriber }) => subscriber)).toContain(COUNTY);
    for (const { acked, head } of subscribers) expect(acked).toBeLessThanOrEqual(head);
    const catalogue = subscriptions.find(({ feed, publisher }) => feed === 'CATALOGUE' && publisher === CITY);
    expect(catalogue).toMatchObject({ held: catalogue?.known });
  });

  test('sees the keys of the node with who certified them, and no private key', async () => {
    const keys = await desk().nodeKeys(operator, none);
    expect(keys).toMatchObject([{ state: 'IN_EFFECT', issuer: COUNTY, end: null }]);
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });

  test('has the doctor examine the host, and learns what the command says', async () => {
    const findings = await desk().hostFindings(operator, none);
    expect(findings.map(({ part }) => part)).toEqual(expect.arrayContaining(['database', 'keys', 'outbox', 'feeds']));
    expect(findings.find(({ part }) => part === 'database')?.state).toBe('OK');
  });

  test('of a level above asks all that, too', async () => {
    const at = desk();
    expect((await at.nodeHealth(above, none)).node).toBe(TOWNSHIP);
    await Promise.all([at.queues(above, none), at.nodeFeeds(above, none), at.nodeKeys(above, none)]);
    expect((await at.hostFindings(above, none)).length).toBeGreaterThan(10);
    expect(Array.isArray((await at.parkedMessages(above, none, page())).nodes)).toBe(true);
  });

  test('reads no case', async () => {
    const query = '{ cases { edges { node { id } } } }';
    const token = await federation.token(operator);
    const { errors = [] } = await federation.ask(TOWNSHIP, { role: 'handling', query, variables: {}, token });
    expect(errors.map((e) => e.extensions?.code)).toEqual(['FORBIDDEN']);
  });
});

describe('a parked message', () => {
  test('is listed and shown without what it says, page by page, the oldest first', async () => {
    const ids = [await parked(), await parked()];
    const first = await desk().parkedMessages(operator, none, page(1));
    const next = await desk().parkedMessages(operator, none, page(1, first.cursors[0] ?? ''));
    expect([first, next].map(({ nodes: [message] }) => message?.id)).toEqual(ids);
    expect([first.hasNextPage, next.hasPreviousPage]).toEqual([true, true]);
    expect(await desk().parkedMessage(operator, { ...none, id: ids[0] ?? '' })).toEqual(first.nodes[0]);
    expect(first.nodes[0]).toMatchObject({ sender: VILLAGE, kind: 'ECHO', retryAt: null, decision: null });
    expect(Object.keys(first.nodes[0] ?? {})).not.toContain('body');
    expect(await codesOf(desk().parkedMessages(operator, none, page(1, 'x')))).toEqual(['BAD_INPUT']);
    expect(await codesOf(desk().parkedMessage(operator, { ...none, id: 'x' }))).toEqual(['BAD_INPUT']);
    for (const id of ids) {
      await desk().answerParked(operator, { ...none, id, reason: '内容有误', idempotencyKey: null });
      await settled(id);
    }
  });

  test('is read for a purpose, which is noted before it is shown', async () => {
    const body = `{"case":"${VILLAGE}-read","extra":1}`;
    const id = await parked(body);
    expect(await desk().parkedText(operator, { ...none, id, why: '核对格式' })).toBe(body);
    const sql = `SELECT subject_kind, subject, question, person, fields FROM personal_data_reads WHERE node = $1 AND question = 'parkedText'`;
    expect(await federation.rows(TOWNSHIP, sql, [TOWNSHIP])).toEqual([
      {
        subject_kind: 'CASE',
        subject: `${VILLAGE}-read`,
        question: 'parkedText',
        person: operator.sub,
        fields: ['message'],
      },
    ]);
    await desk().answerParked(operator, { ...none, id, reason: '格式不符', idempotencyKey: null });
    await settled(id);
  });

  test('is refused once under its key with the reason, its sender is told, and is then settled', async () => {
    const id = await parked();
    const input = { ...none, id, reason: '内容有误', idempotencyKey: `answer-${id}` };
    expect(await desk().answerParked(above, input)).toMatchObject({ id, decision: 'REFUSE' });
    await settled(id);
    expect(await desk().answerParked(above, input)).toMatchObject({ id, resolvedAt: expect.any(Date) });
    const again = { ...input, idempotencyKey: null };
    expect(await codesOf(desk().answerParked(operator, again))).toEqual(['BAD_INPUT']);
    const told = `SELECT outcome FROM outbox WHERE node = $1 AND id = $2`;
    await eventually(async () => {
      const [sent] = await federation.rows<{ outcome: string | null }>(VILLAGE, told, [VILLAGE, id]);
      return sent?.outcome === 'REFUSED';
    });
    const decided = `SELECT decided_by, decision_reason FROM parked WHERE node = $1 AND id = $2`;
    expect(await federation.rows(TOWNSHIP, decided, [TOWNSHIP, id])).toEqual([
      { decided_by: `${above.name} (${above.sub})`, decision_reason: '内容有误' },
    ]);
  });

  test('is tried once more, and waits again if it still can’t be processed', async () => {
    const id = await parked();
    const retried = await desk().retryParked(operator, { ...none, id, idempotencyKey: null });
    expect(retried).toMatchObject({ decision: 'RETRY', retryAt: expect.any(Date) });
    await eventually(async () => (await desk().parkedMessage(operator, { ...none, id })).retryAt === null);
    await desk().answerParked(operator, { ...none, id, reason: '内容有误', idempotencyKey: null });
    await settled(id);
  });

  test('that is not there is NOT_FOUND', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const at = desk();
    expect(await codesOf(at.parkedMessage(operator, { ...none, id }))).toEqual(['NOT_FOUND']);
    expect(await codesOf(at.parkedText(operator, { ...none, id, why: '核对' }))).toEqual(['NOT_FOUND']);
    expect(await codesOf(at.retryParked(operator, { ...none, id, idempotencyKey: null }))).toEqual(['NOT_FOUND']);
  });
});

describe('all that an operator asks and does at a node', () => {
  test.each(STRANGERS)('is refused to %s', async (_, viewer) => {
    const at = desk();
    const id = '00000000-0000-4000-8000-000000000000';
    const refused = [
      at.nodeHealth(viewer, none),
      at.hostFindings(viewer, none),
      at.queues(viewer, none),
      at.nodeFeeds(viewer, none),
      at.nodeKeys(viewer, none),
      at.parkedMessages(viewer, none, page()),
      at.parkedMessage(viewer, { ...none, id }),
      at.parkedText(viewer, { ...none, id, why: '核对' }),
      at.retryParked(viewer, { ...none, id, idempotencyKey: null }),
      at.answerParked(viewer, { ...none, id, reason: '内容有误', idempotencyKey: null }),
    ];
    expect(await Promise.all(refused.map(codesOf))).toEqual(refused.map(() => ['FORBIDDEN']));
  });

  test('needs a login', async () => {
    expect(await codesOf(desk().nodeHealth(null, none))).toEqual(['UNAUTHENTICATED']);
    expect(await codesOf(desk().retryParked(null, { ...none, id: 'x', idempotencyKey: null }))).toEqual([
      'UNAUTHENTICATED',
    ]);
  });
});
