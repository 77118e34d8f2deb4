import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectTls } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestCertificate } from '../../schema/src/testing/tls.ts';
import { CAN_CERTIFY, TappedLine, makeCertificate } from '../../schema/src/testing/tls.ts';
import { Issuer, generateIssuerKey } from './issuer/index.ts';
import { HOSTS, topologyOf } from './testing/memory-federation.ts';
import { freePort } from '@liandong/runtime/local';
import { TestBroker } from '../../schema/runtime/src/testing/nats-broker.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let dir: string;
let plain: TestBroker;
let secure: TestBroker;
let certificate: TestCertificate;
const lines: TappedLine[] = [];
const children: ChildProcess[] = [];

// the tests start programs, which may need several tries
describe.skipIf(!CAN_CERTIFY)('a gateway with TLS (needs openssl to make certificates)', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liandong-tls-'));
    certificate = makeCertificate(dir);
    [plain, secure] = await Promise.all([TestBroker.start(), TestBroker.start(certificate)]);
    const issuer = await Issuer.open('embedded', await generateIssuerKey(), []);
    await writeFile(join(dir, 'issuers.json'), JSON.stringify([{ issuer: 'embedded', jwks: issuer.jwks() }]));
    await writeFile(join(dir, 'topology.json'), JSON.stringify(topologyOf(HOSTS, 3)));
  });
  afterAll(async () => {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
    await Promise.all([plain.stop(), secure.stop(), ...lines.map((line) => line.close())]);
    await rm(dir, { recursive: true, force: true });
  });

  const lineTo = async (broker: TestBroker) => {
    const line = await TappedLine.open(broker.port);
    lines.push(line);
    return line;
  };

  async function start(change: Record<string, string>) {
    const port = await freePort();
    const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', 'gateway/src/main.ts'], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'] ?? '',
        LIANDONG_GATEWAY_PORT: String(port),
        LIANDONG_TOPOLOGY_FILE: join(dir, 'topology.json'),
        LIANDONG_DIVISIONS_FILE: join(ROOT, 'data', 'taizhou-divisions.csv'),
        LIANDONG_ISSUERS_FILE: join(dir, 'issuers.json'),
        LIANDONG_TLS_CERT_FILE: certificate.certFile,
        LIANDONG_TLS_KEY_FILE: certificate.keyFile,
        LIANDONG_LOG_LEVEL: 'silent',
        ...change,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    children.push(child);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    const state = { ready: false };
    child.once('message', () => (state.ready = true));
    const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
    return { child, port, state, ended };
  }

  test('says not a word to a broker that offers none, serves over TLS once it does, and asks to stay there', async () => {
    const line = await lineTo(plain);
    const { port, state } = await start({
      LIANDONG_NATS_URL: `tls://127.0.0.1:${line.port}`,
      NODE_EXTRA_CA_CERTS: certificate.certFile,
    });
    await expect.poll(() => line.over.length, { timeout: 30_000 }).toBeGreaterThan(2);
    expect(Buffer.concat(line.calls.map(({ sent }) => sent)).toString()).toBe('');
    expect(state.ready).toBe(false);

    line.to = secure.port;
    await expect.poll(() => state.ready, { timeout: 30_000 }).toBe(true);
    // a handshake (22) and no text of the protocol
    expect(line.calls.at(-1)?.sent[0]).toBe(22);
    const ca = await readFile(certificate.certFile, 'utf8');
    const dispatcher = new Agent({ connect: { ca } });
    const answer = await fetch(`https://127.0.0.1:${port}/ready`, { dispatcher });
    expect([answer.status, await answer.json()]).toMatchObject([200, { broker: true }]);
    expect(answer.headers.get('strict-transport-security')).toContain('max-age=');
    await dispatcher.close();
    // a caller without TLS gets no answer
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow('fetch failed');
    // nor does a caller with an outdated TLS version
    const old = await new Promise<string>((resolve) => {
      const socket = connectTls({ port, host: '127.0.0.1', ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
      socket.once('secureConnect', () => resolve('connected')).once('error', () => resolve('refused'));
      socket.once('close', () => socket.destroy());
    });
    expect(old).toBe('refused');
  });

  test('does not take a broker whose certificate nobody it trusts vouches for', async () => {
    const line = await lineTo(secure);
    const { state } = await start({ LIANDONG_NATS_URL: `tls://127.0.0.1:${line.port}` });
    await expect.poll(() => line.over.length, { timeout: 30_000 }).toBeGreaterThan(2);
    expect(state.ready).toBe(false);
  });

  test('with a certificate that is none, or brokers of both kinds, does not start and says what is wrong', async () => {
    const nats = `nats://127.0.0.1:${plain.port}`;
    const none = await start({ LIANDONG_NATS_URL: nats, LIANDONG_TLS_CERT_FILE: certificate.keyFile });
    expect(await none.ended).toMatch(/^BAD_CONFIG: LIANDONG_TLS_CERT_FILE and LIANDONG_TLS_KEY_FILE/);
    const both = await start({ LIANDONG_NATS_URL: `${nats},tls://127.0.0.1:${secure.port}` });
    expect(await both.ended).toMatch(/^BAD_CONFIG: .*LIANDONG_NATS_URL/);
  });
});
