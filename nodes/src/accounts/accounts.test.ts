import { randomUUID } from 'node:crypto';
import { accountsDomain } from '@liandong/schema/domains/accounts';
import { caseload } from '@liandong/schema/domains/caseload';
import { devices } from '@liandong/schema/domains/devices';
import { roster } from '@liandong/schema/domains/roster';
import { savedListsDomain } from '@liandong/schema/domains/saved-lists';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, codesOf } from '../testing/cases.ts';
import {
  CITY,
  COUNTY,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  personAt,
} from '../testing/test-federation.ts';

const once = { idempotencyKey: null };
const admin = personAt(TOWNSHIP, 'ADMINISTRATOR');
const countyAdmin = personAt(COUNTY, 'ADMINISTRATOR');
const { issuer } = admin;
const today = dayOf(new Date());

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const desk = (node: string) => federation.desk(node, accountsDomain);
const login = (node: string) => federation.services(node).accounts;
const named = () => `p${randomUUID().slice(0, 8)}`;
const CLERK_POST = { roles: ['CLERK'], department: null, window: null, from: today, until: null } as const;
type Given = Omit<typeof CLERK_POST, 'roles'> & { roles: readonly Viewer['roles'][number][] };

const open = (username: string, change: Partial<Given> = {}, by: Viewer = admin, division = TOWNSHIP) => {
  const post = { ...CLERK_POST, ...change };
  return desk(division).openAccount(by, { division, username, name: '王芳', ...post, roles: [...post.roles], ...once });
};
const PASSWORD = 'correct horse battery';
/** A person with a login and a password of their own. */
const person = async (change: Partial<Given> = {}, division = TOWNSHIP, by: Viewer = admin) => {
  const username = named();
  const { code } = await open(username, change, by, division);
  await login(division).choosePassword({ issuer, username, secret: code, next: PASSWORD });
  const sub = `${username}@${division}`;
  const roles = change.roles ?? CLERK_POST.roles;
  return { username, sub, viewer: { issuer, sub, name: '王芳', division, roles, department: null } satisfies Viewer };
};
const signsIn = (username: string, secret: string, division = TOWNSHIP) =>
  login(division).signIn({ issuer, username, secret });
/** What the host answers to a question with this person's token. */
const answered = async (viewer: Viewer, at = viewer.division) => {
  const query = 'query { unreadSignals { count } }';
  const token = await federation.token(viewer);
  const { errors } = await federation.ask(at, { role: 'handling', query, variables: {}, token });
  return errors?.[0]?.extensions?.['code'] ?? 'answered';
};

describe('a login', () => {
  test('comes with a code that is shown once, is good for a day, and makes room for a password', async () => {
    const username = named();
    const { account, code, until } = await open(username);
    expect(account).toMatchObject({ username, state: 'WAITING', division: TOWNSHIP, posts: [{ roles: ['CLERK'] }] });
    expect(until.getTime() - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(code).toMatch(/^(\w{4}-){2}\w{4}$/);
    expect(await signsIn(username, code)).toMatchObject({ sub: `${username}@${TOWNSHIP}`, mustChoose: true });
    // read from paper, in small letters and without its hyphens
    const next = PASSWORD;
    const typed = code.toLowerCase().replaceAll('-', '');
    expect(await login(TOWNSHIP).choosePassword({ issuer, username, secret: typed, next })).not.toBeNull();
    expect(await signsIn(username, code)).toBeNull();
    expect(await signsIn(username, next)).toMatchObject({ mustChoose: false, name: '王芳' });
    const { nodes } = await desk(TOWNSHIP).accounts(admin, { division: null }, { first: 100, after: null });
    expect(nodes.find((a) => a.username === username)).toMatchObject({
      state: 'ACTIVE',
      codeUntil: null,
      lastSignInAt: expect.any(Date),
    });
  });

  test('asked for again under its key has the same code', async () => {
    const username = named();
    const input = { division: TOWNSHIP, username, name: '王芳', ...CLERK_POST, roles: ['CLERK' as const] };
    const asked = { ...input, idempotencyKey: `open-${username}` };
    const first = await desk(TOWNSHIP).openAccount(admin, asked);
    expect(await desk(TOWNSHIP).openAccount(admin, asked)).toEqual(first);
    expect(await signsIn(username, first.code)).not.toBeNull();
  });

  test('is known by no secret that its desk stores in the clear', async () => {
    const username = named();
    const { code } = await open(username);
    const [row] = await federation.rows<object>(
      TOWNSHIP,
      'SELECT a.*, (SELECT json_agg(i) FROM idempotency i WHERE i.node = a.node) AS keys FROM accounts a WHERE node = $1 AND username = $2',
      [TOWNSHIP, username],
    );
    expect(JSON.stringify(row)).not.toContain(code.replaceAll('-', ''));
    expect(JSON.stringify(row)).not.toContain(code);
  });

  test('with a code that is a day old lets its person in no more', async () => {
    const username = named();
    const { code } = await open(username);
    await federation.rows(TOWNSHIP, `UPDATE accounts SET code_until = now() WHERE node = $1 AND username = $2`, [
      TOWNSHIP,
      username,
    ]);
    expect(await signsIn(username, code)).toBeNull();
    const renewed = await desk(TOWNSHIP).renewCode(admin, { division: TOWNSHIP, username, ...once });
    expect(await signsIn(username, renewed.code)).toMatchObject({ mustChoose: true });
  });

  test('under a name that a desk of the host gave before is refused, ended ones included', async () => {
    const { username } = await person();
    expect(await codesOf(open(username))).toEqual(['ACCOUNT_CONFLICT']);
    await desk(TOWNSHIP).endAccount(admin, { division: TOWNSHIP, username, reason: '离职', ...once });
    expect(await codesOf(open(username))).toEqual(['ACCOUNT_CONFLICT']);
    const renew = desk(TOWNSHIP).renewCode(admin, { division: TOWNSHIP, username, ...once });
    expect(await codesOf(renew)).toEqual(['ACCOUNT_CONFLICT']);
  });

  test('is refused for a post without duties at the desk, a term that ends before it begins, and an unknown window', async () => {
    expect(await codesOf(open(named(), { roles: ['CASHIER', 'REVIEWER'] }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(open(named(), { until: plusDays(today, -1) as never }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(open(named(), { window: 'Z99' as never }))).toEqual(['BAD_INPUT']);
  });

  test('makes further tries wait after ten wrong passwords, even tries at once', async () => {
    const { username } = await person();
    const tries = Array.from({ length: 14 }, () => codesOf(Promise.resolve(signsIn(username, 'wrong'))));
    const outcomes = (await Promise.all(tries)).flat();
    expect(outcomes).toEqual(['RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(await codesOf(signsIn(username, PASSWORD))).toEqual(['RATE_LIMITED']);
    await federation.rows(TOWNSHIP, `UPDATE accounts SET locked_until = now() WHERE node = $1 AND username = $2`, [
      TOWNSHIP,
      username,
    ]);
    expect(await signsIn(username, PASSWORD)).not.toBeNull();
    expect(await signsIn(username, 'wrong')).toBeNull();
    expect(await signsIn(username, PASSWORD)).not.toBeNull();
  });

  test('that was reset while its person chose a password keeps the new code', async () => {
    const { username } = await person();
    const choosing = login(TOWNSHIP).choosePassword({ issuer, username, secret: PASSWORD, next: 'another long word' });
    const { code } = await desk(TOWNSHIP).renewCode(admin, { division: TOWNSHIP, username, ...once });
    await choosing;
    const outcomes = [await signsIn(username, code), await signsIn(username, 'another long word')];
    // one came first: a reset is never undone by the password before it
    expect(outcomes[0]).toMatchObject({ mustChoose: true });
    expect(outcomes[1]).toBeNull();
  });

  test('takes no weak password, and keeps the code then', async () => {
    const username = named();
    const { code } = await open(username);
    const weak = login(TOWNSHIP).choosePassword({ issuer, username, secret: code, next: 'short' });
    expect(await codesOf(weak)).toEqual(['BAD_INPUT']);
    expect(await signsIn(username, code)).toMatchObject({ mustChoose: true });
  });

  test('of one issuer is none of another', async () => {
    const { username } = await person();
    const asked = { issuer: 'another', username, secret: PASSWORD };
    expect(await login(TOWNSHIP).signIn(asked)).toBeNull();
    expect(await login(TOWNSHIP).homesOf('another', username)).toEqual([]);
    expect(await login(TOWNSHIP).homesOf(issuer, username)).toEqual([TOWNSHIP]);
  });
});

describe('administrators', () => {
  test('keep the logins of their desk and of those below, and of no other', async () => {
    const { account } = await open(named(), {}, countyAdmin);
    expect(account.openedBy).toBe(countyAdmin.name);
    const elsewhere = personAt(OTHER_VILLAGE, 'ADMINISTRATOR');
    expect(await codesOf(open(named(), {}, elsewhere))).toEqual(['FORBIDDEN']);
    expect(await codesOf(open(named(), { roles: ['AGENT'] }, elsewhere, VILLAGE))).toEqual(['FORBIDDEN']);
    expect(await codesOf(open(named(), {}, personAt(TOWNSHIP, 'CHIEF')))).toEqual(['FORBIDDEN']);
    const page = { first: 10, after: null };
    const read = (viewer: Viewer) => desk(TOWNSHIP).accounts(viewer, { division: null }, page);
    expect(await codesOf(read(personAt(TOWNSHIP, 'CLERK')))).toEqual(['FORBIDDEN']);
    expect(await codesOf(read(elsewhere))).toEqual(['FORBIDDEN']);
    expect((await read(countyAdmin)).nodes.length).toBeGreaterThan(0);
  });

  test('change the posts of colleagues and not their own', async () => {
    const one = await person({ roles: ['ADMINISTRATOR'] });
    const { username, viewer } = one;
    const asked = { division: TOWNSHIP, ...once };
    expect(await codesOf(desk(TOWNSHIP).renewCode(viewer, { ...asked, username }))).toEqual(['FORBIDDEN']);
    const ended = desk(TOWNSHIP).endAccount(viewer, { ...asked, username, reason: '离职' });
    expect(await codesOf(ended)).toEqual(['FORBIDDEN']);
    const given = { ...asked, sub: one.sub, name: '王芳', ...CLERK_POST, roles: ['CHIEF' as const] };
    expect(await codesOf(desk(TOWNSHIP).givePost(viewer, given))).toEqual(['FORBIDDEN']);
    expect(await desk(TOWNSHIP).givePost(admin, given)).toMatchObject({ roles: ['CHIEF'], sub: one.sub });
  });

  test('are left at every desk; the last one is ended from above', async () => {
    const local = personAt(VILLAGE, 'ADMINISTRATOR');
    const last = await person({ roles: ['ADMINISTRATOR'] }, VILLAGE, local);
    const asked = { division: VILLAGE, username: last.username, reason: '离职', ...once };
    expect(await codesOf(desk(VILLAGE).endAccount(local, asked))).toEqual(['LAST_ADMINISTRATOR']);
    const [post] = (await login(VILLAGE).postsOf(issuer, last.sub)) ?? [];
    const byPost = desk(VILLAGE).endPost(local, { division: VILLAGE, id: post?.id ?? '', reason: '离职', ...once });
    expect(await codesOf(byPost)).toEqual(['LAST_ADMINISTRATOR']);
    expect((await desk(VILLAGE).endAccount(countyAdmin, asked)).account.state).toBe('ENDED');
  });
});

describe('a person who leaves', () => {
  test('is ended in one step: login, posts, devices and tokens, and their cases wait for another handler', async () => {
    const { username, viewer, sub } = await person();
    const id = await steps.file(personAt(TOWNSHIP, 'CLERK'));
    await federation.desk(TOWNSHIP, caseload).claimCase(viewer, { id, ...once });
    const device = await federation.desk(TOWNSHIP, devices).registerDevice(viewer, { name: '柜台平板', ...once });
    await federation.desk(TOWNSHIP, devices).takeCaseNumbers(viewer, { device: device.id, day: null, ...once });
    expect(await answered(viewer)).toBe('answered');
    expect(await desk(TOWNSHIP).leaving(admin, { division: null, username })).toMatchObject({
      cases: 1,
      devices: 1,
      numbers: 20,
      account: { state: 'ACTIVE', posts: [{ roles: ['CLERK'] }] },
    });
    const asked = { division: TOWNSHIP, username, reason: '调离', idempotencyKey: `leave-${username}` };
    const left = await desk(TOWNSHIP).endAccount(admin, asked);
    expect(left).toMatchObject({
      cases: 1,
      devices: 1,
      numbers: 20,
      account: { state: 'ENDED', endedReason: '调离', posts: [] },
    });
    const kept = await federation.desk(TOWNSHIP, devices).devices(admin, { division: null });
    expect(kept.find(({ id: known }) => known === device.id)).toMatchObject({ ended: { reason: 'PERSON_LEFT' } });
    expect(await desk(TOWNSHIP).endAccount(admin, asked)).toEqual(left);
    expect((await steps.seen(id, personAt(TOWNSHIP, 'CLERK')))?.handler).toBeNull();
    expect(await signsIn(username, PASSWORD)).toBeNull();
    expect(await login(TOWNSHIP).postsOf(issuer, sub)).toEqual([]);
    expect(await answered(viewer)).toBe('POST_ENDED');
    const again = desk(TOWNSHIP).endAccount(admin, { ...asked, idempotencyKey: null });
    expect(await codesOf(again)).toEqual(['ACCOUNT_CONFLICT']);
  });

  test('stays in the log of posts by name', async () => {
    const { username, sub } = await person();
    await desk(TOWNSHIP).endAccount(admin, { division: TOWNSHIP, username, reason: '调离', ...once });
    const page = { first: 100, after: null };
    const { nodes } = await federation.desk(TOWNSHIP, roster).postChanges(personAt(TOWNSHIP, 'CHIEF'), {}, page);
    const [row] = await federation.rows<{ changes: string[] }>(
      TOWNSHIP,
      `SELECT array_agg(change ORDER BY id) AS changes FROM post_log WHERE node = $1 AND subject = $2`,
      [TOWNSHIP, sub],
    );
    expect(row?.changes).toEqual(['ACCOUNT_OPENED', 'POST_GIVEN', 'PASSWORD_CHOSEN', 'ACCOUNT_ENDED']);
    expect(nodes[0]).toMatchObject({ change: 'ACCOUNT_ENDED', about: '王芳', by: admin.name });
  });
});

describe('a person with posts at several desks', () => {
  test('holds each where it was given, and loses one without the other', async () => {
    const { sub, viewer, username } = await person();
    const at = { ...once, division: VILLAGE, sub, name: '王芳' };
    const second = await desk(VILLAGE).givePost(countyAdmin, { ...at, ...CLERK_POST, roles: ['AGENT'] });
    const posts = await login(TOWNSHIP).postsOf(issuer, sub);
    const there = await login(VILLAGE).postsOf(issuer, sub);
    expect([...posts, ...there].map(({ division, roles }) => [division, ...roles])).toEqual([
      [TOWNSHIP, 'CLERK'],
      [VILLAGE, 'AGENT'],
    ]);
    const inVillage: Viewer = { ...viewer, division: VILLAGE, roles: ['AGENT'] };
    expect(await answered(inVillage)).toBe('answered');
    // a token says no more than the post
    expect(await answered({ ...inVillage, roles: ['AGENT', 'CLERK'] })).toBe('POST_ENDED');
    await desk(VILLAGE).endPost(countyAdmin, { division: VILLAGE, id: second.id, reason: '期满', ...once });
    expect(await answered(inVillage)).toBe('POST_ENDED');
    expect(await answered(viewer)).toBe('answered');
    expect(await signsIn(username, PASSWORD)).not.toBeNull();
    const ended = desk(VILLAGE).endPost(countyAdmin, { division: VILLAGE, id: second.id, reason: '期满', ...once });
    expect(await codesOf(ended)).toEqual(['NOT_FOUND']);
  });

  test('is listed at the desk of the post, the newest post first', async () => {
    const { sub } = await person({ roles: ['AGENT'] }, OTHER_VILLAGE, countyAdmin);
    const at = { ...once, division: VILLAGE, sub, name: '王芳' };
    await desk(VILLAGE).givePost(countyAdmin, { ...at, ...CLERK_POST, roles: ['AGENT'] });
    const list = (after: string | null) =>
      desk(VILLAGE).deskPosts(countyAdmin, { division: VILLAGE }, { first: 1, after });
    const first = await list(null);
    expect(first).toMatchObject({ nodes: [{ sub, roles: ['AGENT'], division: VILLAGE }], hasPreviousPage: false });
    const next = await list(first.cursors[0] ?? null);
    expect(next.nodes[0]?.id).not.toBe(first.nodes[0]?.id);
    expect(await codesOf(list('bm8'))).toEqual(['BAD_INPUT']);
  });
});

test('a person whose posts no desk keeps is taken by the token alone', async () => {
  const stranger = personAt(TOWNSHIP, 'CLERK', null, `elsewhere-${randomUUID()}`);
  expect(await answered(stranger)).toBe('answered');
  expect(await federation.desk(TOWNSHIP, savedListsDomain).savedLists(stranger, {})).toEqual([]);
});
