import { describe, expect, test } from 'vitest';
import { VILLAGE } from '../testing/fixtures.ts';
import { refusalCode } from '../testing/refusals.ts';
import { TOKEN_ALGORITHMS, viewerOfClaims } from './claims.ts';

const right = {
  iss: 'county',
  sub: 'agent-1',
  name: '包大姐',
  division: VILLAGE,
  roles: ['AGENT'],
  department: '民政',
};

describe('claims', () => {
  test('tell who somebody is', () => {
    const { iss: issuer, ...person } = right;
    expect(viewerOfClaims({ ...right, exp: 1 })).toEqual({ issuer, ...person });
  });

  test.each([null, undefined])('without a department (%s) are those of a comprehensive window', (department) => {
    expect(viewerOfClaims({ ...right, department }).department).toBeNull();
  });

  test('may name several posts', () => {
    expect(viewerOfClaims({ ...right, roles: ['CLERK', 'CHIEF'] }).roles).toEqual(['CLERK', 'CHIEF']);
  });

  test.each([
    ['no issuer', { iss: undefined }],
    ['an empty issuer', { iss: '' }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject without end', { sub: 'x'.repeat(201) }],
    ['no name', { name: undefined }],
    ['an empty name', { name: '' }],
    ['a name without end', { name: '包'.repeat(101) }],
    ['no division', { division: undefined }],
    ['a division that is none', { division: 'sanmen' }],
    ['a division as number', { division: 331022 }],
    ['no posts', { roles: undefined }],
    ['no post at all', { roles: [] }],
    ['an unknown post among them', { roles: ['AGENT', 'ADMIN'] }],
    ['a post in small letters', { roles: ['agent'] }],
    ['a post instead of a list', { roles: 'AGENT' }],
    ['an empty department', { department: '' }],
  ])('with %s are refused', (_, changes) => {
    expect(refusalCode(() => viewerOfClaims({ ...right, ...changes }))).toBe('UNAUTHENTICATED');
  });

  test.each([null, undefined, 'claims', 7, []])('that are %j are refused', (claims) => {
    expect(refusalCode(() => viewerOfClaims(claims))).toBe('UNAUTHENTICATED');
  });
});

test('neither no signature nor a shared secret is an algorithm of a token', () => {
  expect(TOKEN_ALGORITHMS.filter((algorithm) => algorithm === 'none' || algorithm.startsWith('HS'))).toEqual([]);
});

describe('a token that acts for somebody (RFC 8693)', () => {
  const claims = {
    iss: 'county',
    sub: 'applicant-7',
    name: '代办员',
    division: '331022103201',
    roles: ['AGENT'],
    act: { sub: 'agent-1', name: '代办员甲' },
  };

  test('speaks of the agent, and of whom the agent acts for', () => {
    expect(viewerOfClaims(claims)).toMatchObject({ sub: 'agent-1', name: '代办员甲', actsFor: 'applicant-7' });
  });

  test('and is for one case says which', () => {
    expect(viewerOfClaims({ ...claims, onlyCase: 'n-1' })).toMatchObject({ actsFor: 'applicant-7', onlyCase: 'n-1' });
    expect(viewerOfClaims(claims)).not.toHaveProperty('onlyCase');
    expect(refusalCode(() => viewerOfClaims({ ...claims, onlyCase: '' }))).toBe('UNAUTHENTICATED');
  });

  test('without act speaks of its subject, acting for nobody', () => {
    const { act: _, ...plain } = claims;
    expect(viewerOfClaims(plain)).not.toHaveProperty('actsFor');
  });

  test.each([
    ['a clerk', { ...claims, roles: ['CLERK'] }],
    ['somebody who acts for themselves', { ...claims, act: { sub: 'applicant-7' } }],
    ['an actor without a name of their own', { ...claims, act: {} }],
  ])('is refused to %s', (_, bad) => {
    expect(refusalCode(() => viewerOfClaims(bad))).toBe('UNAUTHENTICATED');
  });
});
