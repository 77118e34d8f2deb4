import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from '@liandong/runtime/local';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { TestBroker } from '../../schema/runtime/src/testing/nats-broker.ts';
import { CAN_CERTIFY, TappedLine, makeCertificate } from '../../schema/src/testing/tls.ts';
import { CITY, TestFederation } from './testing/test-federation.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
let federation: TestFederation;
let port: number;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY], catalogue: false, encryptedKeys: true });
  await federation.stopHost(CITY);
  port = await freePort();
});
afterAll(() => federation.stop());

interface Started {
  child: ChildProcess;
  ended: Promise<number | null>;
  ready: Promise<void>;
  said: () => string;
}

/** The program itself, as a supervisor starts it. */
function spawnHost(change: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', MAIN], {
    env: {
      PATH: process.env['PATH'] ?? '',
      ...federation.environment(CITY),
      LIANDONG_HTTP_PORT: String(port),
      ...change,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // also if a test fails half-way
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', () => reject(new Error(text)));
  });
  return { child, ended, ready, said: () => text };
}

async function start(change: Record<string, string> = {}): Promise<Started> {
  const started = spawnHost(change);
  await started.ready;
  return started;
}

/** Opens a request that never ends: a stop that drains has to wait for it. */
async function openRequest(): Promise<() => void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.write('POST /federation HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n');
    // the host has taken the request up when it asks for the rest
    socket.once('data', () => resolve());
  });
  return () => socket.destroy();
}

/** Whether the host refuses new connections. */
const isClosed = () =>
  fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } }).then(
    () => false,
    () => true,
  );

/** Whether a connection waits for a locked table. */
async function waitsFor(table: string): Promise<boolean> {
  const rows = await federation
    .db(CITY)
    .queryHost('SELECT 1 FROM pg_locks WHERE NOT granted AND relation = $1::regclass', [table]);
  return rows.length > 0;
}

describe('a host’s process', () => {
  test('stops on one signal, in order, with the status of success', async () => {
    const { child, ended, said } = await start();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said()).toContain('host stopped');
  });

  test('answers what is under way and ends right then, whatever connections its callers keep open', async () => {
    const { child, ended, said } = await start();
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => undefined);
    await new Promise<void>((resolve) => silent.once('connect', () => resolve()));
    const db = federation.db(CITY);
    const asked = await db.transactHost(async (tx) => {
      // the answer waits for this table
      await tx.query('LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE');
      // fetch keeps its connection open
      const answer = fetch(`http://127.0.0.1:${port}/ready`);
      await expect.poll(() => waitsFor('migrations'), { timeout: 30_000 }).toBe(true);
      child.kill('SIGTERM');
      await expect.poll(isClosed, { timeout: 30_000 }).toBe(true);
      return { answer };
    });
    expect((await asked.answer).headers.get('connection')).toBe('close');
    expect(await ended).toBe(0);
    expect(said()).not.toContain('did not stop in time');
    silent.destroy();
  });

  test('waits for what is under way, and ends at a second signal', async () => {
    const { child, ended, said } = await start();
    const close = await openRequest();
    child.kill('SIGTERM');
    // the host has begun to stop when it refuses new connections
    await expect.poll(isClosed, { timeout: 30_000 }).toBe(true);
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect(said()).toContain('second signal');
    close();
  });

  test('ends by its deadline when something never finishes', async () => {
    const { child, ended, said } = await start({ LIANDONG_STOP_TIMEOUT_MS: '300' });
    const close = await openRequest();
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect(said()).toContain('did not stop in time');
    close();
  });

  test.skipIf(!CAN_CERTIFY)(
    'that is told of a broker with TLS says not a word to one without (needs openssl to make certificates)',
    { timeout: 120_000 },
    async () => {
      const certificate = makeCertificate(federation.dir);
      const secure = await TestBroker.start(certificate);
      onTestFinished(() => secure.stop());
      const line = await TappedLine.open(Number(new URL(federation.brokerUrl).port));
      const url = `tls://127.0.0.1:${line.port}`;
      const { child, ended, ready } = spawnHost({ LIANDONG_NATS_URL: url, NODE_EXTRA_CA_CERTS: certificate.certFile });
      await expect.poll(() => line.over.length, { timeout: 30_000 }).toBeGreaterThan(2);
      expect(Buffer.concat(line.calls.map(({ sent }) => sent)).toString()).toBe('');
      line.to = secure.port;
      await ready;
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      await line.close();
    },
  );
});
