import type { HeldPost } from '@liandong/schema/domains/accounts';
import { decodeJwt } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COUNTY, OTHER_VILLAGE, VILLAGE } from '../testing/memory-federation.ts';
import { TestGateway } from '../testing/test-gateway.ts';
import { Issuer, generateIssuerKey } from './index.ts';

const SUB = `baojia-agent@${VILLAGE}`;
const post = (change: Partial<HeldPost> = {}): HeldPost => ({
  id: '3f0b7f6e-0a43-4a3e-9c39-6f2a3d1f5a01',
  division: VILLAGE,
  roles: ['AGENT'],
  department: null,
  window: null,
  from: '2026-01-01',
  until: null,
  ...change,
});
const SECOND = post({
  id: '3f0b7f6e-0a43-4a3e-9c39-6f2a3d1f5a02',
  division: COUNTY,
  roles: ['CLERK'],
  department: '民政',
  window: 'A01',
});
const signedIn = { sub: SUB, name: '包小芳', mustChoose: false };

let gateway: TestGateway;
let issuer: Issuer;
beforeAll(async () => {
  issuer = await Issuer.open('embedded', await generateIssuerKey(), []);
});
beforeEach(async () => {
  gateway = await TestGateway.open({ issuer });
  gateway.hosts.node(VILLAGE).logins.set('baojia-agent', { secret: 'right', signedIn, posts: [post()] });
});
afterEach(() => gateway.close());

const send = async (path: string, form: Record<string, string>) => {
  const request = new Request(`http://gateway.test${path}`, { method: 'POST', body: new URLSearchParams(form) });
  const answer = await gateway.gateway.answer(request, { address: '10.0.0.1', secure: false });
  const text = await answer.text();
  const content = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: answer.status, content };
};
const signIn = (username: string, password: string, more: Record<string, string> = {}) =>
  send('/issuer/token', { grant_type: 'password', username, password, ...more });
const claims = ({ content }: Awaited<ReturnType<typeof signIn>>) => decodeJwt(String(content['access_token']));

describe('signing in with a login of a desk', () => {
  test('finds the desk by the name alone, or by the name with its desk, and gives a token for the post', async () => {
    const token = claims(await signIn('baojia-agent', 'right'));
    expect(token).toMatchObject({ sub: SUB, name: '包小芳', division: VILLAGE, roles: ['AGENT'] });
    expect(token).not.toHaveProperty('department');
    expect(claims(await signIn(SUB, 'right'))).toMatchObject({ sub: SUB });
  });

  test('answers a wrong password and an unknown name alike', async () => {
    const wrong = await signIn('baojia-agent', 'wrong');
    expect(wrong).toMatchObject({ status: 401, content: { code: 'UNAUTHENTICATED' } });
    expect(await signIn('no-such-name', 'wrong')).toEqual(wrong);
    expect(await signIn(`baojia-agent@${OTHER_VILLAGE}`, 'right')).toEqual(wrong);
  });

  test('offers several posts to choose from, and signs for the chosen one', async () => {
    gateway.hosts.node(COUNTY).logins.set('other', { secret: 'x', signedIn, posts: [SECOND] });
    const offered = await signIn('baojia-agent', 'right');
    expect(offered).toMatchObject({ status: 409, content: { code: 'POST_NOT_CHOSEN', error: 'interaction_required' } });
    const posts = offered.content['posts'] as { id: string; division: string }[];
    expect(posts.map(({ division }) => division).sort()).toEqual([COUNTY, VILLAGE]);
    const chosen = claims(await signIn('baojia-agent', 'right', { post: SECOND.id }));
    expect(chosen).toMatchObject({ sub: SUB, division: COUNTY, roles: ['CLERK'], department: '民政', window: 'A01' });
    const other = await signIn('baojia-agent', 'right', { post: post().id.replace('01', '99') });
    expect(other).toMatchObject({ status: 404, content: { code: 'NOT_FOUND' } });
    // without the password it says nothing of posts
    expect((await signIn('baojia-agent', 'wrong')).content).not.toHaveProperty('posts');
  });

  test('says when a host gave no answer, and does not call a post there unknown', async () => {
    gateway.hosts.node(COUNTY).logins.set('other', { secret: 'x', signedIn, posts: [SECOND] });
    expect((await signIn('baojia-agent', 'right')).content).not.toHaveProperty('incomplete');
    gateway.hosts.faults.set('county', 'dead');
    expect(await signIn('baojia-agent', 'right')).toMatchObject({ status: 200, content: { incomplete: true } });
    const there = await signIn('baojia-agent', 'right', { post: SECOND.id });
    expect(there).toMatchObject({ content: { code: 'NODE_UNREACHABLE' } });
    const third = post({ id: SECOND.id.replace('02', '03') });
    gateway.hosts.node(VILLAGE).logins.set('baojia-agent', { secret: 'right', signedIn, posts: [post(), third] });
    expect(await signIn('baojia-agent', 'right')).toMatchObject({ status: 409, content: { incomplete: true } });
  });

  test('is refused without a post in force', async () => {
    gateway.hosts.node(VILLAGE).logins.set('baojia-agent', { secret: 'right', signedIn, posts: [] });
    expect(await signIn('baojia-agent', 'right')).toMatchObject({ status: 403, content: { code: 'FORBIDDEN' } });
  });

  test('asks for a password of one’s own in place of a one-time code', async () => {
    const waiting = { ...signedIn, mustChoose: true };
    gateway.hosts.node(VILLAGE).logins.set('baojia-agent', { secret: 'CODE', signedIn: waiting, posts: [post()] });
    const early = await signIn('baojia-agent', 'CODE');
    expect(early).toMatchObject({ status: 403, content: { code: 'PASSWORD_NOT_CHOSEN' } });
    const chosen = { username: 'baojia-agent', password: 'CODE', new_password: 'correct horse' };
    expect(await send('/issuer/password', { ...chosen, password: 'wrong' })).toMatchObject({ status: 401 });
    expect(await send('/issuer/password', chosen)).toEqual({ status: 204, content: {} });
    expect(claims(await signIn('baojia-agent', 'correct horse'))).toMatchObject({ sub: SUB });
  });

  test('says that the desk can’t be asked, and works for all others', async () => {
    gateway.hosts.faults.set('county', 'dead');
    expect(claims(await signIn('baojia-agent', 'right'))).toMatchObject({ sub: SUB });
    gateway.hosts.faults.set('villages', 'dead');
    for (const name of ['baojia-agent', SUB, 'no-such-name']) {
      expect(await signIn(name, 'right')).toMatchObject({ content: { code: 'NODE_UNREACHABLE' } });
    }
  });

  test('makes guessing wait, at the gateway too', async () => {
    for (let n = 0; n < 5; n++) await signIn('baojia-agent', `wrong ${n}`);
    expect(await signIn('baojia-agent', 'right')).toMatchObject({ status: 429, content: { code: 'RATE_LIMITED' } });
  });
});

test('the issuer’s questions to desks are no part of the public graph', async () => {
  const { errors } = await gateway.ask('query { _signIns(keys: []) }');
  expect(errors[0]).toBeDefined();
});
