import type { SignalKind, SignalView } from '@liandong/schema/domains/signals';
import type { Viewer } from '@liandong/schema/operation';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ITEM, TOWNSHIP, VILLAGE } from '../testing/memory-federation.ts';
import { TokenOffice, personAt } from '../testing/people.ts';
import { TestGateway } from '../testing/test-gateway.ts';
import { MOST_STREAMS } from './signal-streams.ts';

const clerk = personAt(TOWNSHIP, 'CLERK');
const colleague = { ...clerk, sub: 'colleague' };

let gateway: TestGateway;
const streams: EventStream[] = [];
beforeEach(async () => {
  gateway = await TestGateway.open();
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.close()));
  await gateway.close();
});

interface Event {
  data?: { signals: { edges: { cursor: string; node: { kind: SignalKind; item: { name: string } } }[] } | null } | null;
  errors?: { extensions: { code: string } }[];
}

/** The events of an answer in text/event-stream. */
class EventStream {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';

  constructor({ body }: Response) {
    if (!body) throw new Error('an answer with a body');
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
    streams.push(this);
  }

  /** The next event; null at the end. */
  async next(): Promise<Event | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end < 0) {
        const { done, value } = await this.#reader.read();
        if (done) return null;
        this.#text += value;
        continue;
      }
      const block = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      const data = /^data: (.+)$/m.exec(block)?.[1];
      if (data !== undefined) return JSON.parse(data) as Event;
    }
  }

  async kinds(): Promise<SignalKind[] | string[] | undefined> {
    const event = await this.next();
    return (
      event?.errors?.map(({ extensions }) => extensions.code) ?? event?.data?.signals?.edges.map((e) => e.node.kind)
    );
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

const QUERY = `subscription ($after: String!) { signals(after: $after) { edges { cursor node { kind item { name } } } } }`;

async function answerTo(viewer: Viewer | null, after: string, token?: string, at = gateway): Promise<Response> {
  const headers = new Headers({ 'content-type': 'application/json', accept: 'text/event-stream' });
  const used = token ?? (viewer && (await at.tokens.token(viewer)));
  if (used !== null) headers.set('authorization', `Bearer ${used}`);
  const body = JSON.stringify({ query: QUERY, variables: { after } });
  const request = new Request('http://gateway.test/graphql', { method: 'POST', headers, body });
  return at.gateway.answer(request, { address: '192.0.2.1', secure: false });
}
const open = async (viewer: Viewer | null, after: string) => new EventStream(await answerTo(viewer, after));

function come(...kinds: SignalKind[]): void {
  gateway.hosts.node(TOWNSHIP).signals.push(...kinds.map(signal));
}
function signal(kind: SignalKind): SignalView {
  const [id, at] = [randomUUID(), new Date()];
  const about = { caseId: 'case', number: 'number', item: ITEM, meeting: null };
  return { id, node: TOWNSHIP, kind, at, ...about, personal: true, due: null, readAt: null };
}
const hint = (people: string[], node = TOWNSHIP, departments: string[] = []) =>
  gateway.hosts.hint({ node, head: 1, people, departments });
const asked = () => gateway.hosts.requests.length;

describe('a stream of signals', () => {
  test('begins with what came behind the cursor, and goes on with what comes; items are the city’s', async () => {
    come('ASSIGNED', 'CASE_CAME', 'RETURNED');
    const stream = await open(clerk, '1');
    const first = await stream.next();
    expect(first?.data?.signals?.edges).toEqual([
      { cursor: '2', node: { kind: 'CASE_CAME', item: { name: '最低生活保障审核确认' } } },
      { cursor: '3', node: { kind: 'RETURNED', item: { name: '最低生活保障审核确认' } } },
    ]);
    come('DECIDED');
    hint([clerk.sub]);
    expect(await stream.kinds()).toEqual(['DECIDED']);
  });

  test('is woken by hints for its person or their desk, and not by those for others', async () => {
    const stream = await open(clerk, '0');
    come('ASSIGNED');
    hint([clerk.sub]);
    expect(await stream.kinds()).toEqual(['ASSIGNED']);
    await expect.poll(asked).toBeGreaterThan(0);
    come('RETURNED');
    hint([], TOWNSHIP, ['']);
    expect(await stream.kinds()).toEqual(['RETURNED']);
    const before = asked();
    hint(['another']);
    hint([clerk.sub], VILLAGE);
    gateway.hosts.heard.forEach((takers) => takers.forEach((take) => take(new TextEncoder().encode('{"node":'))));
    expect(asked()).toBe(before);
  });

  test('of several tabs asks the node once for all of them, and each gets everything', async () => {
    const tabs = await Promise.all([open(clerk, '0'), open(clerk, '0'), open(clerk, '0')]);
    expect(gateway.gateway.streams).toBe(3);
    expect(gateway.hosts.heard.size).toBe(1);
    come('ASSIGNED');
    hint([clerk.sub]);
    expect(await Promise.all(tabs.map((tab) => tab.kinds()))).toEqual([['ASSIGNED'], ['ASSIGNED'], ['ASSIGNED']]);
    await Promise.all(tabs.map((tab) => tab.close()));
    expect(gateway.gateway.streams).toBe(0);
    expect(gateway.hosts.heard.size).toBe(0);
  });

  test('misses nothing while host and broker are away, and no hint came', async () => {
    const stream = await open(clerk, '0');
    come('ASSIGNED');
    hint([clerk.sub]);
    expect(await stream.kinds()).toEqual(['ASSIGNED']);
    gateway.hosts.faults.set('township', 'dead');
    come('CASE_CAME', 'RETURNED');
    hint([clerk.sub]);
    gateway.hosts.faults.clear();
    gateway.hosts.returned();
    expect(await stream.kinds()).toEqual(['CASE_CAME', 'RETURNED']);
  });

  test('waits for a node that is away when it is opened', async () => {
    gateway.hosts.faults.set('township', 'dead');
    come('ASSIGNED');
    const stream = await open(clerk, '0');
    const first = stream.kinds();
    await expect.poll(asked).toBeGreaterThan(0);
    gateway.hosts.faults.clear();
    expect(await first).toEqual(['ASSIGNED']);
  });

  test('ends with a code when its gateway stops, and goes on at another behind the last cursor', async () => {
    come('ASSIGNED');
    const stream = await open(clerk, '0');
    expect(await stream.kinds()).toEqual(['ASSIGNED']);
    const closed = gateway.gateway.close();
    expect(await stream.kinds()).toEqual(['STREAM_ENDED']);
    expect(await stream.next()).toBeNull();
    await closed;
    expect(await (await open(clerk, '1')).kinds()).toEqual(['STREAM_ENDED']);
    const { signals } = gateway.hosts.node(TOWNSHIP);
    gateway = await TestGateway.open();
    gateway.hosts.node(TOWNSHIP).signals.push(...signals, signal('RETURNED'));
    expect(await (await open(clerk, '1')).kinds()).toEqual(['RETURNED']);
  });

  test('ends with the node’s refusal of its token, and nothing is shown', async () => {
    const other = await TokenOffice.open();
    const trusting = await TestGateway.open({ tokens: other.verifier() });
    trusting.hosts.node(TOWNSHIP).signals.push(signal('ASSIGNED'));
    const stream = new EventStream(await answerTo(clerk, '0', await other.token(clerk), trusting));
    expect(await stream.kinds()).toEqual(['UNAUTHENTICATED']);
    expect(await stream.next()).toBeNull();
    expect(trusting.gateway.streams).toBe(0);
    await trusting.close();
  });

  test('is refused without a login, for a cursor that is none, and where too many are open', async () => {
    expect(await (await open(null, '0')).kinds()).toEqual(['UNAUTHENTICATED']);
    expect(await (await open(clerk, 'x')).kinds()).toEqual(['BAD_INPUT']);
    for (let count = 0; count < MOST_STREAMS.ofPerson; count++) await open(clerk, '0');
    expect(await (await open(clerk, '0')).kinds()).toEqual(['RATE_LIMITED']);
    come('ASSIGNED');
    expect(await (await open(colleague, '0')).kinds()).toEqual(['ASSIGNED']);
  });

  test('is no question: without text/event-stream it is refused', async () => {
    const authorization = `Bearer ${await gateway.tokens.token(clerk)}`;
    const headers = { authorization, accept: 'application/json' };
    expect((await gateway.ask(QUERY, { after: '0' }, headers)).status).toBe(406);
  });
});
