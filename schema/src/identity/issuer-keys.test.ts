import { createRemoteJWKSet } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { VILLAGE } from '../testing/fixtures.ts';
import { person } from '../testing/people.ts';
import { laterRefusals } from '../testing/refusals.ts';
import type { IssuerKey } from '../testing/remote-issuer.ts';
import { issuerKey, REMOTE_ISSUER, RemoteIssuer } from '../testing/remote-issuer.ts';
import { ISSUER_KEYS } from './issuer-keys.ts';
import { TokenVerifier } from './token-verifier.ts';

const agent = person(VILLAGE, 'AGENT');
const MINUTE = 60_000;

let old: IssuerKey;
let next: IssuerKey;
let issuer: RemoteIssuer;
let told: boolean[];

beforeEach(async () => {
  [old, next] = await Promise.all([issuerKey('2026'), issuerKey('2027')]);
  issuer = await RemoteIssuer.start(old);
  told = [];
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await issuer.goAway();
});

const open = () =>
  new TokenVerifier(
    [{ issuer: REMOTE_ISSUER, jwksUri: issuer.jwksUri }],
    (uri) => createRemoteJWKSet(uri, ISSUER_KEYS),
    (_, away) => void told.push(away),
  );
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
const verdict = async (verifier: TokenVerifier, token: Promise<string>) =>
  verifier.verify(await token).then(
    () => 'ok',
    async (error: unknown) => (await laterRefusals(() => Promise.reject(error))).map((p) => p.code).join(),
  );

describe('keys behind an address', () => {
  test('are fetched once for many tokens', async () => {
    const verifier = open();
    for (let i = 0; i < 5; i++) expect(await verdict(verifier, old.token({ ...agent, sub: `a${i}` }))).toBe('ok');
    expect(issuer.asked).toBe(1);
  });

  test('rotate with overlap: the next key is taken as soon as it signs, the old one until it is taken away', async () => {
    const verifier = open();
    expect(await verdict(verifier, old.token(agent))).toBe('ok');
    issuer.publish(old, next);
    later(ISSUER_KEYS.cooldownDuration);
    expect(await verdict(verifier, next.token(agent))).toBe('ok');
    expect(await verdict(verifier, old.token(agent))).toBe('ok');
    issuer.publish(next);
    later(ISSUER_KEYS.cacheMaxAge);
    expect(await verdict(verifier, old.token(agent))).toBe('UNAUTHENTICATED');
    expect(await verdict(verifier, next.token(agent))).toBe('ok');
  });

  test('do not hold a token that was seen already beyond what they say: a key taken away ends it', async () => {
    const verifier = open();
    const token = old.token(agent);
    expect(await verdict(verifier, token)).toBe('ok');
    issuer.publish(next);
    later(ISSUER_KEYS.cacheMaxAge);
    expect(await verdict(verifier, token)).toBe('UNAUTHENTICATED');
  });

  test('refuse an unknown key, a known name with another key, and algorithms outside the list', async () => {
    const verifier = open();
    const other = await issuerKey('other', 'ES384');
    issuer.publish(old, other);
    for (const token of [
      next.token(agent),
      next.token(agent, { kid: old.kid }),
      // a key the issuer itself publishes, of an algorithm that is not accepted
      other.token(agent),
    ]) {
      expect(await verdict(verifier, token)).toBe('UNAUTHENTICATED');
    }
    expect(told).toEqual([]);
  });

  test('are not asked for by every token with a made-up key', async () => {
    const verifier = open();
    expect(await verdict(verifier, old.token(agent))).toBe('ok');
    for (let i = 0; i < 20; i++) await verdict(verifier, next.token(agent, { kid: `made-up-${i}` }));
    expect(issuer.asked).toBe(1);
  });
});

describe('an issuer that is away', () => {
  test.each([
    ['silent', () => issuer.goAway()],
    ['ill', async () => void (issuer.nonsense = { status: 500, body: '' })],
    ['talking nonsense', async () => void (issuer.nonsense = { status: 200, body: '<html>' })],
    ['showing what is no keys', async () => void (issuer.nonsense = { status: 200, body: '{"keys":7}' })],
  ])('%s: its last keys serve on, and nobody is taken by a key nobody knows', async (_, fail) => {
    const verifier = open();
    expect(await verdict(verifier, old.token(agent))).toBe('ok');
    await fail();
    later(ISSUER_KEYS.cacheMaxAge + MINUTE);
    expect(await verdict(verifier, old.token(agent))).toBe('ok');
    expect(await verdict(verifier, next.token(agent))).toBe('ISSUER_UNREACHABLE');
    expect(await verdict(verifier, next.token(agent, { kid: old.kid }))).toBe('UNAUTHENTICATED');
    expect(told).toEqual([true]);
  });

  test('from the start leaves nobody in, with a code that says to try again', async () => {
    await issuer.goAway();
    const verifier = open();
    expect(await verdict(verifier, old.token(agent))).toBe('ISSUER_UNREACHABLE');
    await issuer.comeBack();
    later(MINUTE);
    expect(await verdict(verifier, old.token(agent))).toBe('ok');
    expect(told).toEqual([true, false]);
  });

  test('is believed again when it is back, and so is what it took back meanwhile', async () => {
    const verifier = open();
    expect(await verdict(verifier, old.token(agent))).toBe('ok');
    await issuer.goAway();
    later(ISSUER_KEYS.cacheMaxAge);
    expect(await verdict(verifier, old.token({ ...agent, sub: 'b' }))).toBe('ok');
    issuer.publish(next);
    await issuer.comeBack();
    later(MINUTE);
    // the first question of this minute uses the known keys, and fetches new ones
    await expect.poll(() => verdict(verifier, next.token(agent))).toBe('ok');
    expect(await verdict(verifier, old.token(agent))).toBe('UNAUTHENTICATED');
    expect(told).toEqual([true, false]);
  });

  test('for more than a day is believed no more', async () => {
    const verifier = open();
    expect(await verdict(verifier, old.token(agent))).toBe('ok');
    await issuer.goAway();
    later(25 * 60 * MINUTE);
    expect(await verdict(verifier, old.token(agent))).toBe('ISSUER_UNREACHABLE');
  });
});
