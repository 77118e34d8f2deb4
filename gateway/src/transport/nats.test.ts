import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { connect, headers } from '@nats-io/transport-node';
import type { Host, HostReply, HostRequest, Part } from '@liandong/schema/wire';
import {
  graphqlSubject,
  hostRequestSchema,
  MAX_PARTS,
  PART_HEADER,
  PartsCollector,
  splitParts,
} from '@liandong/schema/wire';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestBroker } from '../../../schema/runtime/src/testing/nats-broker.ts';
import { NatsTransport } from './nats.ts';

const PART_BYTES = 512 * 1024;
const HOST: Host = { id: 'county', nodes: ['331022'], url: null };
const MIB = 1024 * 1024;

const requestOf = (name: string, text = ''): HostRequest => ({
  operations: [{ role: 'filing', at: null, query: name, variables: { text }, token: null }],
  budgetMs: 1_000,
});
const replyOf = (name: string, text = ''): HostReply => ({ results: [{ data: { name, text } }] });
const partsOf = (reply: HostReply, most = PART_BYTES): Part[] =>
  splitParts(new TextEncoder().encode(JSON.stringify(reply)), most);
const code = (code: string) => expect.objectContaining({ code });

/** A host like the nodes' own server: puts the parts of a request together, then answers. */
class Responder {
  readonly requests: HostRequest[] = [];
  /** The number of messages each request came in. */
  readonly messages: number[] = [];
  answer: (message: Msg, request: HostRequest) => void = () => {};
  readonly #collecting = new Map<string, { parts: PartsCollector; messages: number }>();

  take(message: Msg): void {
    const reply = message.reply ?? '';
    const open = this.#collecting.get(reply) ?? { parts: new PartsCollector(), messages: 0 };
    this.#collecting.set(reply, open);
    open.messages++;
    const whole = open.parts.add(message.headers?.get(PART_HEADER) || null, message.data);
    if (!whole) return;
    this.#collecting.delete(reply);
    const request = hostRequestSchema.parse(JSON.parse(new TextDecoder().decode(whole)));
    this.requests.push(request);
    this.messages.push(open.messages);
    this.answer(message, request);
  }
}

const respond = (message: Msg, parts: readonly Part[]) => {
  for (const { header, bytes } of parts) {
    if (header === null) {
      message.respond(bytes);
      continue;
    }
    const carried = headers();
    carried.set(PART_HEADER, header);
    message.respond(bytes, { headers: carried });
  }
};
const nameOf = (request: HostRequest) => request.operations[0]?.query ?? '';
const echoing = (message: Msg, request: HostRequest) => respond(message, partsOf(replyOf(nameOf(request))));

/** Asks repeatedly, as people do, until an answer comes. */
async function untilAnswered(over: NatsTransport, name: string): Promise<HostReply> {
  for (;;) {
    const reply = await over.send(HOST, requestOf(name), 500).catch(() => null);
    if (reply) return reply;
    await setTimeout(20);
  }
}

let broker: TestBroker;
let transport: NatsTransport;
let line: NatsConnection;
let responder: Responder;

beforeAll(async () => {
  broker = await TestBroker.start();
  transport = await NatsTransport.connect([broker.url], null);
  line = await connect({ servers: broker.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  responder = new Responder();
  line.subscribe(graphqlSubject(HOST.id), { callback: (_, message) => responder.take(message) });
  await line.flush();
});
afterAll(async () => {
  await transport.close();
  await line.close();
  await broker.stop();
});
afterEach(() => {
  responder.requests.length = 0;
  responder.messages.length = 0;
});

describe('a host over the broker', () => {
  test('gets the request and its answer comes back', async () => {
    responder.answer = echoing;
    expect(await transport.send(HOST, requestOf('one', '张三'), 30_000)).toEqual(replyOf('one'));
    expect(responder.requests).toEqual([requestOf('one', '张三')]);
    expect(responder.messages).toEqual([1]);
  });

  test('gets a request of several MiB in parts', async () => {
    responder.answer = echoing;
    const request = requestOf('large', '村'.repeat(2 * MIB));
    expect(await transport.send(HOST, request, 30_000)).toEqual(replyOf('large'));
    expect(responder.requests).toEqual([request]);
    expect(responder.messages).toEqual([13]);
  });

  test('may answer with several MiB in parts', async () => {
    const reply = replyOf('large', '村'.repeat(2 * MIB));
    responder.answer = (message) => respond(message, partsOf(reply));
    expect(await transport.send(HOST, requestOf('large'), 30_000)).toEqual(reply);
  });

  test('may answer in parts that come in any order, one of them twice', async () => {
    const reply = replyOf('shuffled', 'abc'.repeat(1_000));
    const parts = partsOf(reply, 500);
    responder.answer = (message) =>
      respond(message, [...parts.slice(1, 3), ...parts.toReversed(), ...parts.slice(0, 1)]);
    expect(await transport.send(HOST, requestOf('shuffled'), 30_000)).toEqual(reply);
  });

  test('may answer many questions at once, their parts mixed, each with its own', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `question ${i}`);
    const open: { message: Msg; parts: Part[] }[] = [];
    responder.answer = (message, request) => {
      open.push({ message, parts: partsOf(replyOf(nameOf(request), nameOf(request).repeat(200)), 400) });
      if (open.length < names.length) return;
      for (let turn = 0; turn < 10; turn++) {
        for (const { message: asked, parts } of open.toReversed()) respond(asked, parts.slice(turn, turn + 1));
      }
    };
    const answers = await Promise.all(names.map((name) => transport.send(HOST, requestOf(name), 30_000)));
    expect(answers).toEqual(names.map((name) => replyOf(name, name.repeat(200))));
  });

  test('may refuse the whole request', async () => {
    const refusal: HostReply = { problem: { code: 'MESSAGE_INVALID', message: 'no' } };
    responder.answer = (message) => respond(message, partsOf(refusal));
    expect(await transport.send(HOST, requestOf('refused'), 30_000)).toEqual(refusal);
  });
});

describe('a host that cannot be used', () => {
  test('because nobody listens there is NODE_UNREACHABLE without waiting for the deadline', async () => {
    const nobody = { ...HOST, id: 'nobody' };
    // longer than the test may take
    await expect(transport.send(nobody, requestOf('one'), 600_000)).rejects.toThrow(code('NODE_UNREACHABLE'));
  });

  test('is NODE_UNREACHABLE too for a request in parts', async () => {
    const nobody = { ...HOST, id: 'nobody' };
    const request = requestOf('large', 'a'.repeat(3 * MIB));
    await expect(transport.send(nobody, request, 600_000)).rejects.toThrow(code('NODE_UNREACHABLE'));
  });

  test('because it is late is DEADLINE_EXCEEDED, and its late answer is dropped', async () => {
    let late: (() => void) | null = null;
    responder.answer = (message) => {
      late = () => respond(message, partsOf(replyOf('late')));
    };
    await expect(transport.send(HOST, requestOf('first'), 50)).rejects.toThrow(code('DEADLINE_EXCEEDED'));
    responder.answer = (message, request) => {
      late?.();
      echoing(message, request);
    };
    expect(await transport.send(HOST, requestOf('second'), 30_000)).toEqual(replyOf('second'));
  });

  test('because nobody waits for it any more is DEADLINE_EXCEEDED at once, and its late answer is dropped', async () => {
    const left = new AbortController();
    responder.answer = () => left.abort();
    // longer than the test may take
    await expect(transport.send(HOST, requestOf('left'), 600_000, left.signal)).rejects.toThrow(
      code('DEADLINE_EXCEEDED'),
    );
  });

  test('because only some parts of its answer come is DEADLINE_EXCEEDED', async () => {
    responder.answer = (message) => respond(message, partsOf(replyOf('part', 'abc'.repeat(1_000)), 500).slice(1));
    await expect(transport.send(HOST, requestOf('part'), 50)).rejects.toThrow(code('DEADLINE_EXCEEDED'));
  });

  test.each(['3/2', '0/2', 'x', `1/${MAX_PARTS + 1}`])(
    'because its answer has a part that is none, %s, is MESSAGE_INVALID',
    async (header) => {
      responder.answer = (message) => respond(message, [{ header, bytes: new Uint8Array(3) }]);
      await expect(transport.send(HOST, requestOf('wrong'), 30_000)).rejects.toThrow(code('MESSAGE_INVALID'));
    },
  );

  test.each(['not JSON', '', '{"ok":true}'])(
    'because its answer is none, %j, fails that question only',
    async (text) => {
      responder.answer = (message) => message.respond(text);
      await expect(transport.send(HOST, requestOf('wrong'), 30_000)).rejects.toThrow(code('MESSAGE_INVALID'));
      responder.answer = echoing;
      expect(await transport.send(HOST, requestOf('right'), 30_000)).toEqual(replyOf('right'));
    },
  );

  test('for a request too large for any number of parts is PAYLOAD_TOO_LARGE, and nothing of it is sent', async () => {
    responder.answer = echoing;
    const request = requestOf('huge', 'a'.repeat(MAX_PARTS * PART_BYTES));
    await expect(transport.send(HOST, request, 30_000)).rejects.toThrow(code('PAYLOAD_TOO_LARGE'));
    await transport.send(HOST, requestOf('small'), 30_000);
    expect(responder.requests.map(nameOf)).toEqual(['small']);
  });
});

describe('a hint of a host', () => {
  test('is heard until nobody listens any more, also after the broker was away', async () => {
    const heard: string[] = [];
    responder.answer = echoing;
    let back = 0;
    transport.onBack(() => back++);
    const stop = transport.hear(
      'ld.s.331000.331022._._',
      (payload) => void heard.push(new TextDecoder().decode(payload)),
    );
    const say = (text: string) => line.publish('ld.s.331000.331022._._', new TextEncoder().encode(text));
    await expect.poll(() => (say('one'), heard.includes('one'))).toBe(true);
    await broker.kill();
    await broker.restart();
    await expect.poll(() => back, { timeout: 30_000 }).toBe(1);
    await expect.poll(() => (say('two'), heard.includes('two')), { timeout: 30_000 }).toBe(true);
    stop();
    const before = heard.length;
    say('three');
    await line.flush();
    await untilAnswered(transport, 'settled');
    expect(heard.slice(before)).not.toContain('three');
  });
});

describe('a broker', () => {
  test('that is killed costs the questions under way, and answers again when it is back', async () => {
    responder.answer = () => {};
    // longer than the test may take: the loss itself must end the wait
    const open = transport.send(HOST, requestOf('open'), 600_000).catch((error: unknown) => error);
    await broker.kill();
    expect(await open).toMatchObject({ code: 'NODE_UNREACHABLE' });
    await expect(transport.send(HOST, requestOf('while it is down'), 600_000)).rejects.toThrow(
      code('NODE_UNREACHABLE'),
    );
    await broker.restart();
    responder.answer = echoing;
    expect(await untilAnswered(transport, 'again')).toEqual(replyOf('again'));
  });

  test('that the gateway has left cannot be asked', async () => {
    const closed = await NatsTransport.connect([broker.url], null);
    await closed.close();
    await expect(closed.send(HOST, requestOf('one'), 30_000)).rejects.toThrow(code('NODE_UNREACHABLE'));
  });

  test('is waited for when it is not there yet', async () => {
    await broker.kill();
    const connecting = NatsTransport.connect([broker.url], null);
    await broker.restart();
    const late = await connecting;
    responder.answer = echoing;
    expect(await untilAnswered(late, 'late')).toEqual(replyOf('late'));
    await late.close();
  });

  test('is found among several addresses', async () => {
    const two = await NatsTransport.connect(['nats://127.0.0.1:1', broker.url], null);
    responder.answer = echoing;
    expect(await two.send(HOST, requestOf('one'), 30_000)).toEqual(replyOf('one'));
    await two.close();
  });

  test('is not asked with credentials that cannot be read: BAD_CONFIG', async () => {
    await expect(NatsTransport.connect([broker.url], '/nowhere/nats.seed')).rejects.toThrow(code('BAD_CONFIG'));
  });

  test('with credentials that are none is BAD_CONFIG, and no endless wait', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-gateway-'));
    try {
      await writeFile(join(dir, 'nats.seed'), 'no seed');
      await expect(NatsTransport.connect([broker.url], join(dir, 'nats.seed'))).rejects.toThrow(code('BAD_CONFIG'));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
