import { hashPassword } from '@liandong/runtime';
import { parseIssuers, TOKEN_AUDIENCE, TokenVerifier } from '@liandong/schema/identity';
import { dayOf, endOfDay } from '@liandong/schema/kernel';
import type { JWK } from 'jose';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { COUNTY, VILLAGE } from '../testing/memory-federation.ts';
import type { Person, TrackedConsent } from './index.ts';
import { Issuer, generateIssuerKey } from './index.ts';
import { signIn } from '../testing/sign-in.ts';

const code = (code: string) => expect.objectContaining({ code });
let key: JWK;
let people: Person[];
let issuer: Issuer;

beforeAll(async () => {
  key = await generateIssuerKey();
  people = [
    {
      username: 'wang',
      name: '王芳',
      division: COUNTY,
      roles: ['CLERK', 'CHIEF'],
      department: '民政',
      password: await hashPassword('right 密码', Buffer.from('salt of wang')),
    },
    {
      username: 'li',
      name: '李强',
      division: VILLAGE,
      roles: ['AGENT'],
      department: null,
      password: await hashPassword('another', Buffer.from('salt of li')),
    },
  ];
  issuer = await Issuer.open('embedded', key, people);
});

/** As gateway and nodes verify, from the issuers file that lists this issuer's keys. */
const verifier = (of: Issuer = issuer) =>
  new TokenVerifier(parseIssuers([{ issuer: 'embedded', jwks: of.jwks() }]), () => {
    throw new Error('keys stand in the file');
  });

describe('a login', () => {
  test('with name and password gives a token that gateway and nodes take for that person', async () => {
    const answer = await signIn(issuer, 'wang', 'right 密码');
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 8 * 3600 });
    expect(await verifier().verify(answer.access_token)).toEqual({
      issuer: 'embedded',
      sub: 'wang',
      name: '王芳',
      division: COUNTY,
      roles: ['CLERK', 'CHIEF'],
      department: '民政',
    });
  });

  test('of somebody who sits at a window of the centre names it', async () => {
    const [first] = people;
    if (!first) throw new Error('nobody');
    const seated = await Issuer.open('embedded', key, [{ ...first, window: 'A1' }]);
    const { access_token } = await signIn(seated, 'wang', 'right 密码');
    expect(await verifier(seated).verify(access_token)).toMatchObject({ sub: 'wang', window: 'A1' });
  });

  test('of somebody at a comprehensive window gives a token without a department', async () => {
    const { access_token } = await signIn(issuer, 'li', 'another');
    expect(decodeJwt(access_token)).not.toHaveProperty('department');
    expect(await verifier().verify(access_token)).toMatchObject({ sub: 'li', roles: ['AGENT'], department: null });
  });

  test('gives a token for this audience, by this issuer, for a working day', async () => {
    const { access_token, expires_in } = await signIn(issuer, 'wang', 'right 密码');
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(issuer.jwks()), {
      issuer: 'embedded',
      audience: TOKEN_AUDIENCE,
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(expires_in);
  });

  test('gives every token an id of its own', async () => {
    const tokens = await Promise.all([signIn(issuer, 'li', 'another'), signIn(issuer, 'li', 'another')]);
    const ids = tokens.map(({ access_token }) => decodeJwt(access_token).jti);
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain(undefined);
  });

  test('is refused the same for a wrong password and for a name nobody has', async () => {
    const refusals = await Promise.all(
      [
        ['wang', 'wrong'],
        ['nobody', 'right 密码'],
        ['', ''],
        ['wang', ''],
        ['li', 'right 密码'],
        ['WANG', 'right 密码'],
        ['__proto__', 'x'],
      ].map(([name = '', password = '']) => signIn(issuer, name, password).catch((error: unknown) => error)),
    );
    const [first] = refusals;
    expect(first).toMatchObject({ code: 'UNAUTHENTICATED' });
    // exactly equal: a difference would reveal which names exist
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ problems: (first as { problems: unknown }).problems });
    }
  });
});

describe('a token that acts for an applicant', () => {
  const consent = (change: object = {}) => ({ from: null, until: null, revokedAt: null, ...change });
  const standing: TrackedConsent = { consent: consent(), agentNode: VILLAGE };
  const asked = async (tracked: TrackedConsent | null | undefined, username = 'li', of = issuer) => {
    const password = username === 'li' ? 'another' : 'right 密码';
    const { access_token: actorToken } = await signIn(of, username, password);
    return of.actFor({ actorToken, number: 'n-1', code: 'CODE' }, async () => tracked);
  };
  const today = () => dayOf(new Date());

  test('names the applicant as its subject and the agent as who acts, in the post of an agent alone', async () => {
    const both = await Issuer.open(
      'embedded',
      key,
      people.map((person) => ({ ...person, roles: ['AGENT' as const, 'CLERK' as const] })),
    );
    const { access_token, expires_in } = await asked(standing, 'li', both);
    expect(expires_in).toBe(8 * 3600);
    expect(decodeJwt(access_token)).toMatchObject({ sub: 'applicant:n-1', act: { sub: 'li', name: '李强' } });
    // and only for the case whose slip was handed over
    expect(decodeJwt(access_token)['onlyCase']).toBe('n-1');
    expect(await verifier().verify(access_token)).toEqual({
      issuer: 'embedded',
      sub: 'li',
      name: '李强',
      division: VILLAGE,
      roles: ['AGENT'],
      department: null,
      actsFor: 'applicant:n-1',
      onlyCase: 'n-1',
    });
  });

  test('ends with the last day of the consent', async () => {
    const { access_token } = await asked({ ...standing, consent: consent({ until: today() }) });
    const { exp = 0 } = decodeJwt(access_token);
    expect(exp * 1_000).toBeLessThanOrEqual(endOfDay(today()).getTime());
  });

  test.each<[string, TrackedConsent | null | undefined, string]>([
    ['where number or code is wrong', null, 'NOT_FOUND'],
    ['where nobody acts by proxy', undefined, 'CONSENT_MISSING'],
    [
      'once the consent was taken back',
      { ...standing, consent: consent({ revokedAt: new Date() }) },
      'CONSENT_REVOKED',
    ],
    ['once the consent has ended', { ...standing, consent: consent({ until: '2026-01-01' }) }, 'CONSENT_EXPIRED'],
    ['before the consent begins', { ...standing, consent: consent({ from: '2099-01-01' }) }, 'CONSENT_MISSING'],
    ['by an agent of another desk', { ...standing, agentNode: COUNTY }, 'NOT_COMPETENT'],
  ])('is refused %s', async (_, tracked, refusal) => {
    await expect(asked(tracked)).rejects.toThrow(code(refusal));
  });

  test('is refused to who is no agent, with a token of others, and with one that acts for somebody already', async () => {
    await expect(asked(standing, 'wang')).rejects.toThrow(code('FORBIDDEN'));
    const stranger = await Issuer.open('embedded', await generateIssuerKey(), people);
    const { access_token: actorToken } = await signIn(stranger, 'li', 'another');
    const slip = { number: 'n-1', code: 'CODE' };
    await expect(issuer.actFor({ actorToken, ...slip }, async () => standing)).rejects.toThrow(code('UNAUTHENTICATED'));
    const { access_token } = await asked(standing);
    await expect(issuer.actFor({ actorToken: access_token, ...slip }, async () => standing)).rejects.toThrow(
      code('UNAUTHENTICATED'),
    );
  });

  test('is waited for by whoever tries out codes, and the desk is not even asked', async () => {
    const guarded = await Issuer.open('embedded', key, people);
    let questions = 0;
    const { access_token: actorToken } = await signIn(guarded, 'li', 'another');
    const attempt = () =>
      guarded.actFor({ actorToken, number: 'n-1', code: 'WRONG' }, async () => {
        questions++;
        return null;
      });
    for (let tries = 0; tries < 5; tries++) await expect(attempt()).rejects.toThrow(code('NOT_FOUND'));
    await expect(attempt()).rejects.toThrow(code('RATE_LIMITED'));
    expect(questions).toBe(5);
  });
});

describe('the keys', () => {
  test('that are published are public, and named as the tokens name them', async () => {
    const { keys } = issuer.jwks();
    expect(keys).toEqual([{ kty: 'OKP', crv: 'Ed25519', x: key.x, kid: key.kid, alg: 'EdDSA', use: 'sig' }]);
    const { access_token } = await signIn(issuer, 'li', 'another');
    expect(decodeProtectedHeader(access_token)).toEqual({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' });
  });

  test('of another issuer of the same name do not verify its tokens', async () => {
    const other = await Issuer.open('embedded', await generateIssuerKey(), people);
    const { access_token } = await signIn(issuer, 'li', 'another');
    await expect(verifier(other).verify(access_token)).rejects.toThrow(code('UNAUTHENTICATED'));
  });

  test('that are made are Ed25519, private, each its own', async () => {
    const second = await generateIssuerKey();
    expect(key).toMatchObject({
      kty: 'OKP',
      crv: 'Ed25519',
      alg: 'EdDSA',
      d: expect.any(String),
      kid: expect.any(String),
    });
    expect(second.d).not.toBe(key.d);
    expect(second.kid).not.toBe(key.kid);
  });

  test('that are several are all shown, and the first signs: what the others signed stays good', async () => {
    const next = await generateIssuerKey();
    const before = await signIn(issuer, 'li', 'another');
    const rotated = await Issuer.open('embedded', { keys: [next, key] }, people);
    expect(rotated.jwks().keys.map(({ kid }) => kid)).toEqual([next.kid, key.kid]);
    expect(JSON.stringify(rotated.jwks())).not.toContain('"d"');
    const { access_token: signed } = await signIn(rotated, 'li', 'another');
    expect(decodeProtectedHeader(signed).kid).toBe(next.kid);
    for (const token of [before.access_token, signed]) {
      expect(await verifier(rotated).verify(token)).toMatchObject({ sub: 'li' });
    }
  });

  test('and people can be renewed while it serves; files that are faulty leave it as it was', async () => {
    const next = await generateIssuerKey();
    const serving = await Issuer.open('embedded', key, people);
    const [, li] = people as [Person, Person];
    await serving.renew({ keys: [next, key] }, [li]);
    expect(serving.jwks().keys).toHaveLength(2);
    await expect(signIn(serving, 'wang', 'right 密码')).rejects.toThrow(code('UNAUTHENTICATED'));
    await expect(serving.renew({ keys: [] }, people)).rejects.toThrow(code('BAD_CONFIG'));
    await expect(signIn(serving, 'wang', 'right 密码')).rejects.toThrow(code('UNAUTHENTICATED'));
    const { access_token } = await signIn(serving, 'li', 'another');
    expect(decodeProtectedHeader(access_token).kid).toBe(next.kid);
  });

  test('that carry no name open all the same', async () => {
    const { kid, ...nameless } = key;
    const opened = await Issuer.open('embedded', nameless, people);
    expect(opened.jwks().keys[0]?.kid).toBe(kid);
  });
});

describe('a key file', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['the public half only', async () => ({ ...key, d: undefined })],
    ['no public half', async () => ({ ...key, x: undefined })],
    ['a private half that is damaged', async () => ({ ...key, d: 'AAAA' })],
    ['a private half that is no text of base64', async () => ({ ...key, d: '***' })],
    ['a shared secret', async () => ({ kty: 'oct', k: 'c2VjcmV0' })],
    [
      'an elliptic curve of another kind',
      async () => exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey),
    ],
    ['nothing', async () => ({})],
    ['no list of keys', async () => ({ keys: key })],
    ['no key in its list', async () => ({ keys: [] })],
    ['one key twice', async () => ({ keys: [key, key] })],
    ['the public half only behind the first', async () => ({ keys: [key, { ...key, d: undefined }] })],
    ['text', async () => 'a key'],
  ])('with %s is BAD_CONFIG', async (_, make) => {
    await expect(Issuer.open('embedded', await make(), people)).rejects.toThrow(code('BAD_CONFIG'));
  });
});
