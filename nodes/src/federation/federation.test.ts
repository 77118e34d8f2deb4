import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@liandong/runtime/local';
import type { RoleOperation } from '@liandong/schema/wire';
import { ISSUER_KEYS } from '@liandong/schema/identity';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { REMOTE_ISSUER, RemoteIssuer, issuerKey } from '../../../schema/src/testing/remote-issuer.ts';
import { agent, clerk } from '../testing/cases.ts';
import { CITY, COUNTY, ISSUER, TOWNSHIP, TestFederation, VILLAGE, createDatabase } from '../testing/test-federation.ts';
import { Host } from '../host/index.ts';
import { pino } from 'pino';

let federation: TestFederation;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE], catalogue: false });
});
afterAll(() => federation.stop());

const cases = (token: string | null): Omit<RoleOperation, 'at'> => ({
  role: 'handling',
  query: '{ cases(first: 1) { nodes { id } } }',
  variables: {},
  token,
});
const codes = async (token: string | null, node = VILLAGE) =>
  (await federation.ask(node, cases(token))).errors?.map((e) => e.extensions?.code) ?? [];

describe('a token', () => {
  test('of the trusted issuer lets its person in, at the node itself', async () => {
    expect(await codes(await federation.token(agent))).toEqual([]);
  });

  test('is needed where a desk works', async () => {
    expect(await codes(null)).toEqual(['UNAUTHENTICATED']);
  });

  test('of another issuer, audience or key, or past its time, is refused at the node', async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    expect(await codes(await federation.token(agent, { issuer: 'somebody-else' }))).toEqual(['UNAUTHENTICATED']);
    expect(await codes(await federation.token(agent, { audience: 'other' }))).toEqual(['UNAUTHENTICATED']);
    expect(await codes(await federation.token(agent, { expires: '-5m' }))).toEqual(['UNAUTHENTICATED']);
    expect(await codes(await federation.token(agent, { key: privateKey }))).toEqual(['UNAUTHENTICATED']);
    expect(await codes('not.a.token')).toEqual(['UNAUTHENTICATED']);
  });

  test('without a signature, or signed with the public key as a shared secret, is refused', async () => {
    const claims = Buffer.from(JSON.stringify({ ...agent, iss: ISSUER, aud: 'liandong', exp: 4_102_444_800 })).toString(
      'base64url',
    );
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.x`;
    expect(await codes(none)).toEqual(['UNAUTHENTICATED']);
    const { publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)));
    const shared = await new SignJWT({ ...agent })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setAudience('liandong')
      .setExpirationTime('1h')
      .sign(secret);
    expect(await codes(shared)).toEqual(['UNAUTHENTICATED']);
  });

  test('of one operation does not serve the next one in the same request', async () => {
    const reply = await federation.host(VILLAGE).answer({
      operations: [
        { at: VILLAGE, ...cases(await federation.token(agent)) },
        { at: VILLAGE, ...cases(null) },
        { at: VILLAGE, ...cases(await federation.token(clerk)) },
      ],
      budgetMs: 1_000,
    });
    const results = 'results' in reply ? reply.results : [];
    expect(results.map((r) => r.errors?.[0]?.extensions?.code ?? 'OK')).toEqual(['OK', 'UNAUTHENTICATED', 'FORBIDDEN']);
  });
});

test('the keys of an issuer are fetched by the node itself: rotated, taken away, away', async () => {
  const [old, next] = await Promise.all([issuerKey('2026'), issuerKey('2027')]);
  const other = await issuerKey('other', 'ES384');
  const issuer = await RemoteIssuer.start(old);
  const issuersFile = join(federation.dir, 'remote-issuers.json');
  await writeFile(issuersFile, JSON.stringify([{ issuer: REMOTE_ISSUER, jwksUri: issuer.jwksUri }]));
  await federation.stopHost(TOWNSHIP);
  federation.reconfigure(TOWNSHIP, { issuersFile });
  await federation.startHost(TOWNSHIP);
  const asked = async (token: Promise<string>) => (await codes(await token, TOWNSHIP)).join() || 'ok';
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    expect(await asked(old.token(clerk))).toBe('ok');
    expect(await asked(next.token(clerk))).toBe('UNAUTHENTICATED');
    issuer.publish(old, next, other);
    vi.setSystemTime(Date.now() + ISSUER_KEYS.cooldownDuration);
    for (const key of [next, old]) expect(await asked(key.token(clerk))).toBe('ok');
    expect(await asked(other.token(clerk))).toBe('UNAUTHENTICATED');
    issuer.publish(next);
    vi.setSystemTime(Date.now() + ISSUER_KEYS.cacheMaxAge);
    expect(await asked(old.token(clerk))).toBe('UNAUTHENTICATED');
    await issuer.goAway();
    vi.setSystemTime(Date.now() + ISSUER_KEYS.cacheMaxAge);
    expect(await asked(next.token({ ...clerk, sub: 'another' }))).toBe('ok');
    expect(await asked(old.token(clerk))).toBe('ISSUER_UNREACHABLE');
  } finally {
    vi.useRealTimers();
    await issuer.goAway();
  }
});

describe('a host', () => {
  test('refuses a node it does not serve, at the operation and inside a key', async () => {
    const wrong = await federation.ask(VILLAGE, { ...cases(await federation.token(agent)), at: COUNTY });
    expect(wrong.errors?.[0]?.extensions).toMatchObject({ code: 'MISROUTED', node: COUNTY });
    const keyed = await federation.ask(VILLAGE, {
      role: 'catalogue',
      query: 'query ($keys: [ItemKey!]!) { _items(keys: $keys) { name } }',
      variables: {
        keys: [
          { code: '3310-MZ-001', at: COUNTY },
          { code: '3310-MZ-001', at: VILLAGE },
        ],
      },
      token: null,
    });
    expect(keyed.errors?.map((e) => [e.path?.[1], e.extensions?.code])).toEqual([
      [0, 'MISROUTED'],
      [1, 'ITEM_UNKNOWN'],
    ]);
  });

  test('refuses what is no request and what is no GraphQL of the role', async () => {
    expect(await federation.host(VILLAGE).answer({ operations: [] })).toMatchObject({
      problem: { code: 'MESSAGE_INVALID' },
    });
    expect(await federation.host(VILLAGE).answer('x')).toMatchObject({ problem: { code: 'MESSAGE_INVALID' } });
    const bad = await federation.ask(VILLAGE, { ...cases(null), query: '{ nothing }' });
    expect(bad.errors?.[0]?.extensions?.code).toBe('BAD_INPUT');
  });

  test('answers over HTTP too: health, readiness, GraphQL, and clear refusals', async () => {
    const port = await freePort();
    await federation.stopHost(VILLAGE);
    federation.reconfigure(VILLAGE, { httpPort: port });
    await federation.startHost(VILLAGE);
    const url = `http://127.0.0.1:${port}`;
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ live: true });
    const ready = await fetch(`${url}/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { database: true, broker: true, roads: true, lacking: [], migrations: true, clock: true },
    ]);
    const post = (body: string) => fetch(`${url}/federation`, { method: 'POST', body });
    const asked = await post(
      JSON.stringify({ operations: [{ at: VILLAGE, ...cases(await federation.token(agent)) }], budgetMs: 1_000 }),
    );
    expect(await asked.json()).toEqual({ results: [{ data: { cases: { nodes: [] } } }] });
    expect((await post('{')).status).toBe(400);
    expect((await post(' '.repeat(45 * 1024 * 1024))).status).toBe(413);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    await federation.stopBroker();
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    await federation.startBroker();
  });

  test('on a port that is taken says so and leaves nothing running', async () => {
    const { httpPort } = federation.config(VILLAGE);
    const config = { ...federation.config(TOWNSHIP), httpPort, databaseUrl: await createDatabase() };
    await expect(Host.start(config, pino({ level: 'silent' }))).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  test('with a key that is not certified, a missing file or an unknown node does not start', async () => {
    const config = federation.config(TOWNSHIP);
    const start = (change: Partial<typeof config>) => Host.start({ ...config, ...change }, pino({ level: 'silent' }));
    await expect(start({ nodes: ['331022999'] })).rejects.toMatchObject({ code: 'UNKNOWN_DIVISION' });
    await expect(start({ keysDir: '/nowhere' })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(start({ trustFile: config.divisionsFile })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(start({ issuersFile: config.trustFile })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(start({ calendarFile: config.trustFile })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(start({ natsSeedFile: '/nowhere' })).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });
});
