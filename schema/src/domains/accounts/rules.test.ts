import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOrDone } from '../../testing/refusals.ts';
import { ROLES } from '../../kernel/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import {
  isHeld,
  requireAdministratorLeft,
  requireAnother,
  requireHeldPost,
  requirePassword,
  requirePost,
  signInName,
  subjectOf,
} from './rules.ts';
import type { DeskPost } from './views.ts';

const COUNTY = '331022';
const VILLAGE = '331022103201';
const person = { username: 'baojia-agent', name: '包小芳' };
const viewer: Viewer = {
  issuer: 'city',
  sub: 'admin@331022',
  name: '管理员',
  division: COUNTY,
  roles: ['ADMINISTRATOR'],
  department: null,
};
const post = (change: Partial<DeskPost> = {}): DeskPost => ({
  id: 'p',
  issuer: 'city',
  sub: 'wang@331022',
  name: '王芳',
  division: COUNTY,
  roles: ['CLERK'],
  department: '民政',
  window: null,
  from: '2026-01-01',
  until: null,
  givenBy: '管理员',
  ...change,
});

describe('a password', () => {
  test('of ten different characters is taken', () => {
    expect(codeOrDone(() => requirePassword('correct horse', person))).toBeNull();
    expect(codeOrDone(() => requirePassword('三门县包家村的老槐树很高', person))).toBeNull();
  });

  test.each([
    ['short', 'abc123xyz'],
    ['endless', 'abcdefghij'.repeat(13)],
    ['of few signs', 'aabbaabbaabb'],
    ['with the name of the login', 'my baojia-agent 1'],
    ['with the name of the person', '包小芳的密码一二三四五'],
  ])('that is %s is refused', (_, next) => {
    expect(codeOrDone(() => requirePassword(next, person))).toBe('BAD_INPUT');
  });
});

describe('a sign-in name', () => {
  test('names its desk or leaves it open', () => {
    expect(signInName(' Baojia-Agent ')).toEqual({ username: 'baojia-agent', home: null });
    expect(signInName('wang@331022')).toEqual({ username: 'wang', home: COUNTY });
    expect(signInName('wang@331022z01')).toEqual({ username: 'wang', home: '331022Z01' });
    expect(signInName('wang@example')).toEqual({ username: 'wang@example', home: null });
  });

  test('written as the subject of its tokens is found at its desk', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9.-]{2,20}[a-z0-9]$/);
    fc.assert(
      fc.property(name, fc.constantFrom(COUNTY, VILLAGE), (username, home) => {
        expect(signInName(subjectOf(username, home))).toEqual({ username, home });
      }),
    );
  });
});

describe('a post', () => {
  test('has duties at its desk, and ends after it begins', () => {
    const given = { roles: ['CLERK'] as const, from: '2026-01-01', until: null };
    expect(codeOrDone(() => requirePost(given, COUNTY, 'COUNTY'))).toBeNull();
    expect(codeOrDone(() => requirePost({ ...given, roles: ['HEAD'] }, VILLAGE, 'VILLAGE'))).toBe('BAD_INPUT');
    expect(codeOrDone(() => requirePost({ ...given, until: '2025-12-31' }, COUNTY, 'COUNTY'))).toBe('BAD_INPUT');
  });

  test('is held from its first day to its last', () => {
    const term = { from: '2026-03-01', until: '2026-03-31' };
    const days = ['2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01'];
    expect(days.map((day) => isHeld(term, day))).toEqual([false, true, true, false]);
    expect(isHeld({ ...term, until: null }, '2036-01-01')).toBe(true);
  });
});

describe('an administrator', () => {
  test('changes the posts of others and not their own', () => {
    expect(codeOrDone(() => requireAnother(viewer, post()))).toBeNull();
    expect(codeOrDone(() => requireAnother(viewer, { issuer: 'city', sub: viewer.sub }))).toBe('FORBIDDEN');
    // a subject is one person at its issuer alone
    expect(codeOrDone(() => requireAnother(viewer, { issuer: 'other', sub: viewer.sub }))).toBeNull();
  });

  test('is left at every desk; the last one is ended from a desk above', () => {
    const one = post({ id: 'a', roles: ['ADMINISTRATOR'] });
    const two = post({ id: 'b', roles: ['ADMINISTRATOR', 'CLERK'] });
    const judged = (by: Viewer, held: DeskPost[], ending: string[]) =>
      codeOrDone(() => requireAdministratorLeft(by, COUNTY, held, ending));
    expect(judged(viewer, [one, two], ['a'])).toBeNull();
    expect(judged(viewer, [one, two], ['a', 'b'])).toBe('LAST_ADMINISTRATOR');
    expect(judged(viewer, [one], ['a'])).toBe('LAST_ADMINISTRATOR');
    expect(judged(viewer, [one, post()], ['p'])).toBeNull();
    expect(judged({ ...viewer, division: '331000' }, [one], ['a'])).toBeNull();
  });
});

describe('a token', () => {
  const claimed = { roles: ['CLERK'] as const, department: '民政' };

  test('counts while its person holds the post it names', () => {
    expect(codeOrDone(() => requireHeldPost(claimed, COUNTY, [post()]))).toBeNull();
    expect(
      codeOrDone(() => requireHeldPost({ ...claimed, window: 'A01' }, COUNTY, [post({ window: 'A01' })])),
    ).toBeNull();
  });

  test.each([
    ['no post is left', []],
    ['the post is another', [post({ roles: ['CASHIER'] })]],
    ['the department is another', [post({ department: '住建' })]],
    ['the window is another', [post({ window: 'A01' })]],
    ['its posts are spread over two', [post({ roles: ['CLERK'], department: '住建' }), post({ roles: ['CHIEF'] })]],
  ])('is refused when %s', (_, held) => {
    expect(codeOrDone(() => requireHeldPost(claimed, COUNTY, held))).toBe('POST_ENDED');
  });

  test('never has more than one of its posts gives', () => {
    const roles = fc.subarray([...ROLES], { minLength: 1 });
    fc.assert(
      fc.property(roles, roles, (asked, given) => {
        const refused = codeOrDone(() =>
          requireHeldPost({ roles: asked, department: '民政' }, COUNTY, [post({ roles: given })]),
        );
        expect(refused === null).toBe(asked.every((role) => given.includes(role)));
      }),
    );
  });
});
