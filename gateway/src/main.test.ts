import { hashPassword } from '@liandong/runtime';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { NatsConnection } from '@nats-io/transport-node';
import { connect } from '@nats-io/transport-node';
import type { JWK } from 'jose';
import { decodeProtectedHeader } from 'jose';
import { parseIssuers, TokenVerifier } from '@liandong/schema/identity';
import { graphqlSubject, hostRequestSchema } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Issuer, generateIssuerKey } from './issuer/index.ts';
import {
  CITY,
  COUNTY,
  HOSTS,
  JOURNEY,
  MemoryHosts,
  VILLAGE,
  fileInto,
  stockCatalogue,
  topologyOf,
} from './testing/memory-federation.ts';
import { freePort } from '@liandong/runtime/local';
import { TestBroker } from '../../schema/runtime/src/testing/nats-broker.ts';
import { readAnswer } from './testing/test-gateway.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let dir: string;
let broker: TestBroker;
let line: NatsConnection;
let hosts: MemoryHosts;
let settings: Record<string, string>;
let port: number;
const children: ChildProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-gateway-'));
  broker = await TestBroker.start();
  port = await freePort();
  const key = await generateIssuerKey();
  const wang = { username: 'wang', name: '王芳', division: COUNTY, roles: ['CLERK'], department: '民政' };
  const people = [{ ...wang, password: await hashPassword('right', Buffer.from('a salt of 16 bytes')) }];
  const issuers = [{ issuer: 'embedded', jwks: (await Issuer.open('embedded', key, [])).jwks() }];
  const file = async (name: string, content: unknown) => {
    await writeFile(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
    return join(dir, name);
  };
  settings = {
    LIANDONG_GATEWAY_PORT: String(port),
    LIANDONG_TOPOLOGY_FILE: await file('topology.json', topologyOf(HOSTS, 3)),
    LIANDONG_DIVISIONS_FILE: join(ROOT, 'data', 'taizhou-divisions.csv'),
    LIANDONG_ISSUERS_FILE: await file('issuers.json', issuers),
    LIANDONG_NATS_URL: broker.url,
    LIANDONG_PEOPLE_FILE: await file('people.json', people),
    LIANDONG_ISSUER_KEY_FILE: await file('issuer.jwk', key),
    LIANDONG_ISSUER: 'embedded',
    LIANDONG_REQUEST_TIMEOUT_MS: '60000',
    LIANDONG_HOST_TIMEOUT_MS: '30000',
    LIANDONG_LOG_LEVEL: 'silent',
  };
  await file('text.json', 'no JSON');
  const tokens = new TokenVerifier(parseIssuers(issuers), () => {
    throw new Error('keys stand in the file');
  });
  hosts = new MemoryHosts(HOSTS, tokens);
  stockCatalogue(hosts);
  line = await connect({ servers: broker.url });
  for (const host of topologyOf(HOSTS).hosts) {
    line.subscribe(graphqlSubject(host.id), {
      callback: (_, message) => {
        void hosts
          .send(host, hostRequestSchema.parse(message.json()), 30_000)
          .then((reply) => message.respond(JSON.stringify(reply)));
      },
    });
  }
  await line.flush();
});
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await line.close();
  await broker.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Started {
  child: ChildProcess;
  /** Exit code and output. */
  ended: Promise<{ code: number | null; said: string }>;
}

function start(environment: Record<string, string>): Started {
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', 'gateway/src/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.push(child);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const silent = new Promise<void>((resolve) => child.stderr?.once('end', () => resolve()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, ended: Promise.all([exit, silent]).then(([code]) => ({ code, said })) };
}

/** Starts a gateway and waits until it logs that it is ready. */
async function ready(environment: Record<string, string>): Promise<Started> {
  const started = start(environment);
  await new Promise<void>((resolve, reject) => {
    started.child.once('message', () => resolve());
    void started.ended.then(({ said }) => reject(new Error(said)));
  });
  return started;
}

// an idle connection would keep the gateway from closing
const at = (path: string, init: RequestInit = {}, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { connection: 'close', ...headers } });
/** How a gateway that can't start ends: the code it names first, and the settings it mentions. */
const endOf = async (environment: Record<string, string>) => {
  const { code, said } = await start(environment).ended;
  return { code, first: said.split(':', 1).join(), named: [...new Set(said.match(/LIANDONG_[A-Z_]+/g))].sort() };
};
const readiness = async (): Promise<unknown> => (await at('/ready')).json();

describe('the gateway process', () => {
  let gateway: Started;
  beforeAll(async () => {
    gateway = await ready(settings);
  });

  test('logs people in and answers their questions over the broker', async () => {
    const id = fileInto(hosts, {}, 1);
    const login = await at('/issuer/token', {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username: 'wang', password: 'right' }),
    });
    const { access_token: token } = (await login.json()) as { access_token: string };
    const asked = await at(
      '/graphql',
      { method: 'POST', body: JSON.stringify({ query: JOURNEY, variables: { id } }) },
      { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    );
    expect(await readAnswer(asked)).toMatchObject({
      status: 200,
      errors: [],
      data: {
        case: { id, filedBy: `told by ${VILLAGE}`, item: { note: `told by ${CITY}` }, custodian: { code: COUNTY } },
      },
    });
  });

  test('reads the topology anew on SIGHUP, takes a newer one only, and goes on when it is faulty', async () => {
    expect(await readiness()).toEqual({ broker: true, hosts: 4, sequence: 3 });
    const file = settings['LIANDONG_TOPOLOGY_FILE'] ?? '';
    const replace = async (content: unknown) => {
      await writeFile(file, JSON.stringify(content));
      gateway.child.kill('SIGHUP');
    };
    const until = async (sequence: number) => {
      let seen: unknown = null;
      while ((seen as { sequence: number } | null)?.sequence !== sequence) seen = await readiness();
      return seen;
    };
    await replace({ sequence: 4, hosts: [] });
    await replace(topologyOf({ city: [CITY] }, 5));
    expect(await until(5)).toEqual({ broker: true, hosts: 1, sequence: 5 });
    await replace(topologyOf(HOSTS, 4));
    await replace(topologyOf({ city: [CITY], county: [COUNTY] }, 6));
    expect(await until(6)).toEqual({ broker: true, hosts: 2, sequence: 6 });
  });

  test('goes on with people, keys and issuers as their files are changed, and without what is faulty', async () => {
    const change = (name: string, content: unknown) =>
      writeFile(settings[name] ?? '', typeof content === 'string' ? content : JSON.stringify(content));
    const [wang] = JSON.parse(await readFile(settings['LIANDONG_PEOPLE_FILE'] ?? '', 'utf8')) as [object];
    const first = JSON.parse(await readFile(settings['LIANDONG_ISSUER_KEY_FILE'] ?? '', 'utf8')) as JWK;
    const next = await generateIssuerKey();
    const { keys } = (await Issuer.open('embedded', { keys: [next, first] }, [])).jwks();
    await change('LIANDONG_ISSUERS_FILE', [{ issuer: 'embedded', jwks: { keys } }]);
    await change('LIANDONG_PEOPLE_FILE', 'nobody');
    await change('LIANDONG_ISSUER_KEY_FILE', { keys: [next, first] });
    gateway.child.kill('SIGHUP');
    await change('LIANDONG_PEOPLE_FILE', [wang, { ...wang, username: 'li' }]);
    const body = new URLSearchParams({ grant_type: 'password', username: 'li', password: 'right' });
    const login = async () => (await at('/issuer/token', { method: 'POST', body })).json() as Promise<unknown>;
    const loggedIn = async () => {
      for (;;) {
        const { access_token: token } = (await login()) as { access_token?: string };
        if (token !== undefined) return token;
        // a caller without a login waits longer after each failure, so this loop waits too, as long as the test may
        // last
        await pause(200);
      }
    };
    const token = await loggedIn();
    expect(decodeProtectedHeader(token).kid).toBe(next.kid);
    const asked = await at(
      '/graphql',
      { method: 'POST', body: JSON.stringify({ query: JOURNEY, variables: { id: fileInto(hosts, {}, 2) } }) },
      { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    );
    expect((await readAnswer(asked)).errors).not.toContainEqual(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) }),
    );
  });

  test('that finds its port taken ends with BAD_CONFIG, and does not hang on to the broker', async () => {
    expect(await endOf(settings)).toEqual({ code: 1, first: 'BAD_CONFIG', named: ['LIANDONG_GATEWAY_PORT'] });
    expect((await at('/health')).status).toBe(200);
  });

  test('stops on SIGTERM, without a word', async () => {
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, said: '' });
    await expect(at('/health')).rejects.toThrow(TypeError);
  });

  test('stops when whoever started it goes away', async () => {
    const { child, ended } = await ready(settings);
    child.disconnect();
    expect(await ended).toEqual({ code: 0, said: '' });
  });

  test('does not start without its settings: BAD_CONFIG, with the name of each', async () => {
    expect(await endOf({})).toEqual({
      code: 1,
      first: 'BAD_CONFIG',
      named: ['LIANDONG_DIVISIONS_FILE', 'LIANDONG_ISSUERS_FILE', 'LIANDONG_NATS_URL', 'LIANDONG_TOPOLOGY_FILE'],
    });
  });

  test.each([
    ['LIANDONG_TOPOLOGY_FILE', 'nowhere.json'],
    ['LIANDONG_ISSUERS_FILE', 'text.json'],
  ])('does not start when %s is %s: BAD_CONFIG', async (name, file) => {
    expect(await endOf({ ...settings, [name]: join(dir, file) })).toMatchObject({ code: 1, first: 'BAD_CONFIG' });
  });
});
