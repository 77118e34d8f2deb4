import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FrameReader, again, isRoad } from './nats-frames.ts';
import { Random } from './random.ts';
import { RoadProxy } from './road-proxy.ts';

const message = (n: number) =>
  `HPUB ld.m.a.b.c.d.e.f.g.h _INBOX.x ${35 + String(n).length} ${37 + String(n).length}\r\nNATS/1.0\r\nNats-Msg-Id: message-${n}\r\n\r\nhi\r\n`;
const frames = (text: string) => new FrameReader().read(Buffer.from(text));

describe('what a client says', () => {
  test('is divided where its operations end, however it comes', () => {
    const text = `PING\r\nPUB ld.r.x 5\r\na\r\nbc\r\n${message(7)}SUB foo 1\r\n`;
    const whole = frames(text).map((f) => f.bytes.toString());
    expect(whole).toEqual(['PING\r\n', 'PUB ld.r.x 5\r\na\r\nbc\r\n', message(7), 'SUB foo 1\r\n']);
    const reader = new FrameReader();
    const bytewise = Array.from(Buffer.from(text), (byte) => reader.read(Buffer.from([byte])))
      .flat()
      .map((f) => f.bytes.toString());
    expect(bytewise).toEqual(whole);
  });

  test('is a message between nodes by its subject alone', () => {
    const [ping, graphql, receipt] = frames('PING\r\nPUB ld.graphql.city 1\r\nx\r\nPUB ld.r.a 1\r\nx\r\n');
    expect([ping, graphql, receipt].map((f) => f && isRoad(f))).toEqual([false, false, true]);
  });

  test('is the same once more under another id, asking for no answer', () => {
    const [frame] = frames(message(7));
    const [copy] = frames(frame ? again(frame).toString() : '');
    expect(copy?.bytes.toString()).toMatch(/Nats-Msg-Id: message-7~\d+\r\n\r\nhi\r\n$/);
    expect(copy?.words).toHaveLength(4);
    const [bare] = frames('PUB ld.r.a _INBOX.y 2\r\nhi\r\n');
    expect(bare && again(bare).toString()).toBe('PUB ld.r.a 2\r\nhi\r\n');
  });
});

describe('a line to a broker', () => {
  let broker: Server;
  let heard = '';
  const joined: Socket[] = [];
  let proxy: RoadProxy;
  let client: Socket;

  beforeEach(async () => {
    heard = '';
    joined.length = 0;
    broker = createServer((socket) => {
      joined.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => (heard += chunk.toString()));
    });
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
    proxy = await RoadProxy.listen((broker.address() as AddressInfo).port, true);
    client = await joining();
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    for (const socket of joined) socket.destroy();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  });

  const joining = () =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect(proxy.port, '127.0.0.1', () => resolve(socket));
      socket.on('error', reject);
    });
  const until = async (seen: () => boolean) => {
    await expect.poll(seen, { timeout: 10_000 }).toBe(true);
  };

  test('passes everything as it is', async () => {
    client.write(`PING\r\n${message(1)}`);
    await until(() => heard.length >= `PING\r\n${message(1)}`.length);
    expect(heard).toBe(`PING\r\n${message(1)}`);
  });

  test('that is cut ends, and lets nobody in until it is healed', async () => {
    const ended = new Promise((resolve) => client.once('close', resolve));
    proxy.cut();
    await ended;
    const refused = await joining();
    await new Promise((resolve) => refused.once('close', resolve));
    proxy.heal();
    client = await joining();
    client.write('PING\r\n');
    await until(() => heard !== '');
    expect(heard).toBe('PING\r\n');
  });

  test('that is dead in one direction goes on in the other, and brings what it held when it is healed', async () => {
    client.write('CONNECT {}\r\n');
    await until(() => joined.length === 1 && heard !== '');
    proxy.hold('up');
    client.write('PING\r\n');
    let back = '';
    client.on('data', (chunk) => (back += chunk.toString()));
    joined[0]?.write('PONG\r\n');
    await until(() => back === 'PONG\r\n');
    expect(heard).toBe('CONNECT {}\r\n');
    proxy.heal();
    await until(() => heard === 'CONNECT {}\r\nPING\r\n');
  });

  test('brings messages again, and everything else once', async () => {
    proxy.disturb('duplicated', new Random('x'));
    client.write(`PING\r\n${message(1)}${message(2)}`);
    await until(() => heard.split('HPUB').length - 1 === 6);
    expect(heard.split('PING').length - 1).toBe(1);
    // frames that are not messages do not count
    expect(proxy.met).toBe(2);
  });

  test('brings messages in another order, and loses none', async () => {
    proxy.disturb('reordered', new Random('x'));
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    client.write(numbers.map(message).join(''));
    await until(() => heard.split('HPUB').length - 1 === 20);
    const came = [...heard.matchAll(/message-(\d+)/g)].map(([, n]) => Number(n));
    expect(came).not.toEqual(numbers);
    expect([...came].sort((a, b) => a - b)).toEqual(numbers);
  });

  test('brings messages late, and all of them', async () => {
    proxy.disturb('delayed', new Random('x'));
    client.write(`${message(1)}PING\r\n`);
    await until(() => heard.endsWith(message(1)));
    expect(heard).toBe(`PING\r\n${message(1)}`);
  });
});
