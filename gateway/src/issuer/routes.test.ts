import { hashPassword } from '@liandong/runtime';
import { TokenVerifier } from '@liandong/schema/identity';
import { createLocalJWKSet, decodeJwt } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { COUNTY, VILLAGE } from '../testing/memory-federation.ts';
import { NO_DESKS } from '../testing/sign-in.ts';
import type { FindConsent } from './index.ts';
import { Issuer, generateIssuerKey, issuerAnswer } from './index.ts';

const ORIGIN = 'http://gateway.test:4000';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const SLIP = 'urn:liandong:tracking-code';
/** One case with a consent, of the village's agents. */
const findConsent: FindConsent = async (number, code) =>
  number === 'n-1' && code === 'CODE'
    ? { consent: { from: null, until: null, revokedAt: null }, agentNode: VILLAGE }
    : null;
let issuer: Issuer;

beforeAll(async () => {
  const person = {
    username: 'wang',
    name: '王芳',
    division: COUNTY,
    roles: ['CLERK' as const],
    department: '民政',
    password: await hashPassword('right & 密码=', Buffer.from('salt')),
  };
  const agent = {
    ...person,
    username: 'li',
    name: '李强',
    division: VILLAGE,
    roles: ['AGENT' as const],
    department: null,
  };
  issuer = await Issuer.open('embedded', await generateIssuerKey(), [person, agent]);
});

const ask = async (path: string, init?: RequestInit) => {
  const response = await issuerAnswer(issuer, new Request(new URL(path, ORIGIN), init), '10.0.0.1', {
    findConsent,
    desks: NO_DESKS,
  });
  if (!response) return null;
  return {
    status: response.status,
    cache: response.headers.get('cache-control'),
    content: (await response.json()) as Record<string, unknown>,
  };
};
const token = (form: Record<string, string>) =>
  ask('/issuer/token', { method: 'POST', body: new URLSearchParams(form) });

describe('over HTTP the issuer', () => {
  test('says where its keys and tokens are, at the address it was asked at', async () => {
    const found = await ask('/.well-known/openid-configuration');
    expect(found).toMatchObject({
      status: 200,
      content: {
        issuer: 'embedded',
        jwks_uri: `${ORIGIN}/issuer/jwks`,
        token_endpoint: `${ORIGIN}/issuer/token`,
        grant_types_supported: ['password', EXCHANGE],
        id_token_signing_alg_values_supported: ['EdDSA'],
      },
    });
  });

  test('shows its public keys', async () => {
    expect(await ask('/issuer/jwks')).toMatchObject({ status: 200, content: issuer.jwks() });
    expect(JSON.stringify(await ask('/issuer/jwks'))).not.toContain('"d"');
  });

  test('gives a token for name and password, not to be kept by anybody between', async () => {
    const answer = await token({ grant_type: 'password', username: 'wang', password: 'right & 密码=' });
    expect(answer).toMatchObject({
      status: 200,
      cache: 'no-store',
      content: { token_type: 'Bearer', expires_in: 28_800 },
    });
    const keys = (await ask('/issuer/jwks'))?.content as unknown as ReturnType<Issuer['jwks']>;
    const verifier = new TokenVerifier([{ issuer: 'embedded', jwksUri: `${ORIGIN}/issuer/jwks` }], () =>
      createLocalJWKSet(keys),
    );
    expect(await verifier.verify(String(answer?.content['access_token']))).toEqual({
      issuer: 'embedded',
      sub: 'wang',
      name: '王芳',
      division: COUNTY,
      roles: ['CLERK'],
      department: '民政',
    });
  });

  test('refuses a wrong password and an unknown name alike: 401', async () => {
    const wrong = await token({ grant_type: 'password', username: 'wang', password: 'wrong' });
    const unknown = await token({ grant_type: 'password', username: 'nobody', password: 'right & 密码=' });
    expect(wrong).toMatchObject({
      status: 401,
      cache: 'no-store',
      content: { error: 'invalid_grant', code: 'UNAUTHENTICATED' },
    });
    expect(unknown).toEqual(wrong);
  });

  test.each<Record<string, string>>([
    { grant_type: 'password' },
    { grant_type: 'password', username: 'wang' },
    { grant_type: 'password', password: 'right & 密码=' },
  ])('refuses a form with fields left out: %j', async (form) => {
    expect(await token(form)).toMatchObject({ status: 401, cache: 'no-store' });
  });

  test.each<Record<string, string>>([
    {},
    { grant_type: 'client_credentials' },
    { grant_type: 'authorization_code', code: '1' },
  ])('knows no other way to a token: %j', async (form) => {
    expect(await token({ ...form, username: 'wang' })).toMatchObject({
      status: 400,
      cache: 'no-store',
      content: { error: 'unsupported_grant_type' },
    });
  });

  test('exchanges an agent’s token and an applicant’s slip for a token with `act` (RFC 8693)', async () => {
    const own = await token({ grant_type: 'password', username: 'li', password: 'right & 密码=' });
    const actor_token = String(own?.content['access_token']);
    const form = {
      grant_type: EXCHANGE,
      actor_token,
      actor_token_type: ACCESS_TOKEN,
      subject_token: 'n-1 CODE',
      subject_token_type: SLIP,
    };
    const made = await token(form);
    expect(made).toMatchObject({
      status: 200,
      cache: 'no-store',
      content: { token_type: 'Bearer', issued_token_type: ACCESS_TOKEN },
    });
    expect(decodeJwt(String(made?.content['access_token']))).toMatchObject({
      sub: 'applicant:n-1',
      act: { sub: 'li', name: '李强' },
    });
    expect(await token({ ...form, subject_token: 'n-1 OTHER' })).toMatchObject({
      status: 404,
      content: { error: 'invalid_request', code: 'NOT_FOUND' },
    });
    expect(await token({ ...form, actor_token: 'a.b.c' })).toMatchObject({
      status: 401,
      content: { error: 'invalid_request', code: 'UNAUTHENTICATED' },
    });
    for (const change of [
      { subject_token: 'n-1' },
      { subject_token_type: ACCESS_TOKEN },
      { actor_token_type: '' },
      { subject_token: `${'n'.repeat(61)} CODE` },
    ]) {
      expect(await token({ ...form, ...change })).toMatchObject({ status: 400, content: { code: 'BAD_INPUT' } });
    }
  });

  test('does not read a form without end', async () => {
    const body = `padding=${'a'.repeat(5_000)}&grant_type=password&username=wang&password=x`;
    expect(await ask('/issuer/token', { method: 'POST', body })).toMatchObject({
      status: 413,
      content: { code: 'PAYLOAD_TOO_LARGE' },
    });
  });

  test('stops reading a form that goes on and on', async () => {
    let given = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 1_000;
        if (given > 1_000_000) controller.close();
        else controller.enqueue(new Uint8Array(1_000).fill(97));
      },
    });
    const request = new Request(new URL('/issuer/token', ORIGIN), {
      method: 'POST',
      body: endless,
      duplex: 'half',
    } as RequestInit);
    expect((await issuerAnswer(issuer, request, '10.0.0.1', { findConsent, desks: NO_DESKS }))?.status).toBe(413);
    expect(given).toBeLessThan(20_000);
  });

  test.each([
    ['GET', '/issuer/token'],
    ['POST', '/issuer/jwks'],
    ['GET', '/issuer'],
    ['GET', '/graphql'],
  ])('leaves %s %s to others', async (method, path) => {
    expect(await ask(path, { method })).toBeNull();
  });
});
