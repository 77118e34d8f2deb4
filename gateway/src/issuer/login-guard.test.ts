import { hashPassword } from '@liandong/runtime';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Person } from './index.ts';
import { Issuer, LoginGuard, generateIssuerKey } from './index.ts';
import { COUNTY } from '../testing/memory-federation.ts';
import { signIn } from '../testing/sign-in.ts';

/** A cheap hash, because these tests do not measure the cost of a password. */
const CHEAP = { N: 16, r: 1, p: 1 };
const HOME = '192.0.2.1';
let now = 1_000_000;
let issuer: Issuer;

beforeEach(async () => {
  const person = (username: string): Promise<Person> =>
    hashPassword('right', Buffer.from('0123456789abcdef'), CHEAP).then((password) => ({
      username,
      name: '包芳',
      division: COUNTY,
      roles: ['CLERK'],
      department: null,
      password,
    }));
  const people = await Promise.all(['bao', 'wang'].map(person));
  issuer = await Issuer.open('embedded', await generateIssuerKey(), people, new LoginGuard(() => now));
});

/** The outcome of a login: a token, or the code of its refusal. */
const login = (password: string, address = HOME, username = 'bao') =>
  signIn(issuer, username, password, address).then(
    () => 'token',
    (error: { code?: string }) => error.code ?? 'none',
  );
const wrong = (count: number, addressOf: (i: number) => string, username?: string) =>
  Promise.all(Array.from({ length: count }, (_, i) => login('wrong', addressOf(i), username)));
const countsOf = (outcomes: readonly string[]) =>
  Object.fromEntries([...new Set(outcomes)].map((code) => [code, outcomes.filter((other) => other === code).length]));

describe('logins at once', () => {
  test('get no more guesses than one after the other: the right password as the 58th is not looked at', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, (_, i) => login(i === 57 ? 'right' : 'wrong')));
    expect(countsOf(outcomes)).toEqual({ UNAUTHENTICATED: 5, RATE_LIMITED: 195 });
    expect(await login('right')).toBe('RATE_LIMITED');
  });

  test('with right passwords all come in, and leave no mark', async () => {
    for (let round = 0; round < 10; round++) {
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => login('right')));
      expect(countsOf(outcomes)).toEqual({ token: 5 });
    }
  });

  test('of many names at one address get no more guesses than one after the other', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, (_, i) => login('wrong', HOME, `name-${i}`)));
    expect(countsOf(outcomes)).toEqual({ UNAUTHENTICATED: 41, RATE_LIMITED: 159 });
  });

  test('from many addresses wait in a short line for their turn, and the rest is told to come again', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) => login('wrong', `198.51.100.${i}`, `name-${i}`)),
    );
    expect(countsOf(outcomes)).toEqual({ UNAUTHENTICATED: 52, RATE_LIMITED: 148 });
    // attempts refused before the password was checked count as no failure
    expect(await login('right', '198.51.100.199')).toBe('token');
  });

  test('that end in a fault count as no failure', async () => {
    const guard = new LoginGuard(() => now);
    const broken = () => Promise.reject(new Error('no desk'));
    for (let i = 0; i < 20; i++) await expect(guard.attempt('bao', HOME, broken)).rejects.toThrow('no desk');
    expect(await guard.attempt('bao', HOME, async () => 'token')).toBe('token');
  });
});

describe('the addresses of IPv6', () => {
  test('of one /64 are one caller’s', async () => {
    const outcomes = await wrong(60, (i) => `2001:db8::${(i + 1).toString(16)}`);
    expect(countsOf(outcomes)).toEqual({ UNAUTHENTICATED: 5, RATE_LIMITED: 55 });
    expect(await login('right', '2001:db8::ffff')).toBe('RATE_LIMITED');
    expect(await login('right', '2001:db8:0:1::1')).toBe('token');
  });
});

describe('a name that is tried from many addresses', () => {
  const far = (i: number) => `203.0.113.${i}`;
  const tryFromEverywhere = async (count: number) => {
    const outcomes: string[] = [];
    for (let i = 0; i < count; i++) outcomes.push(await login('wrong', far(i)));
    return countsOf(outcomes);
  };

  test('is slowed down too', async () => {
    expect(await tryFromEverywhere(100)).toEqual({ UNAUTHENTICATED: 21, RATE_LIMITED: 79 });
  });

  test('never waits longer than ten seconds, however often it was tried', async () => {
    for (let round = 0; round < 100; round++) {
      await login('wrong', far(round));
      now += 10_000;
    }
    expect(await login('right', '198.51.100.7')).toBe('token');
  });

  test('does not wait at all where its person logs in', async () => {
    expect(await login('right')).toBe('token');
    await tryFromEverywhere(100);
    expect(await login('right', '198.51.100.7')).toBe('RATE_LIMITED');
    expect(await login('right')).toBe('token');
  });

  test('keeps nobody else from logging in', async () => {
    await tryFromEverywhere(100);
    expect(await login('right', '198.51.100.7', 'wang')).toBe('token');
  });
});
