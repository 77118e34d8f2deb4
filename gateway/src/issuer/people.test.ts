import { hashPassword, isPassword } from '@liandong/runtime';
import { describe, expect, test } from 'vitest';
import { COUNTY } from '../testing/memory-federation.ts';
import { parsePeople } from './people.ts';

const person = {
  username: 'wang',
  name: '王芳',
  division: COUNTY,
  roles: ['CLERK'],
  department: null,
  password: `scrypt$${'c2Fs'.repeat(6)}$${'aGFz'.repeat(10)}aGE`,
};
const code = (code: string) => expect.objectContaining({ code });

describe('a password', () => {
  test('is kept as scrypt with its salt, and tells right from wrong', async () => {
    const kept = {
      ...person,
      roles: ['CLERK' as const],
      password: await hashPassword('密码 password', Buffer.from('salt')),
    };
    // as costly as OWASP asks of scrypt; a higher cost later must keep every stored password valid
    expect(kept.password).toMatch(/^scrypt\$16384\$8\$5\$c2FsdA\$[\w-]{43}$/);
    expect(await isPassword(kept, '密码 password')).toBe(true);
    for (const wrong of ['密码 passwor', '密码 password ', '', '密码 PASSWORD']) {
      expect(await isPassword(kept, wrong)).toBe(false);
    }
  });

  test('looks different with another salt', async () => {
    const [one, two] = await Promise.all([
      hashPassword('same', Buffer.from('a1')),
      hashPassword('same', Buffer.from('a2')),
    ]);
    expect(one).not.toBe(two);
  });

  test('that was hashed elsewhere by the same rule is known (RFC 7914, N 16384, r 8, p 1), also where its cost is left out', async () => {
    // scrypt("pleaseletmein", "SodiumChloride", N=16384, r=8, p=1), the first 32 bytes of the RFC's vector
    const vector = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex');
    const salt = Buffer.from('SodiumChloride');
    const parts = `${salt.toString('base64url')}$${vector.toString('base64url')}`;
    const kept = await hashPassword('pleaseletmein', salt, { N: 16_384, r: 8, p: 1 });
    expect(kept).toBe(`scrypt$16384$8$1$${parts}`);
    for (const password of [kept, `scrypt$${parts}`]) {
      expect(await isPassword({ password }, 'pleaseletmein')).toBe(true);
      expect(await isPassword({ password }, 'pleaseletmeout')).toBe(false);
    }
  });
});

describe('a people file', () => {
  test('gives its people as they stand, with and without what their passwords cost', () => {
    const costly = { ...person, username: 'zhao', password: person.password.replace('scrypt$', 'scrypt$131072$8$1$') };
    expect(parsePeople([person, costly])).toEqual([person, costly]);
    const chief = { ...person, username: 'li', roles: ['CHIEF', 'SUPERVISOR'], department: '民政' };
    expect(parsePeople([person, chief])).toEqual([person, chief]);
  });

  test.each<[string, unknown]>([
    ['no list', { people: [person] }],
    ['nobody', []],
    ['null', null],
    ['somebody without a name to log in with', [{ ...person, username: '' }]],
    ['somebody without a name', [{ ...person, name: undefined }]],
    ['a division that has no form of one', [{ ...person, division: '33' }]],
    ['a post nobody knows', [{ ...person, roles: ['KING'] }]],
    ['somebody without a post', [{ ...person, roles: [] }]],
    ['a department left out', [{ ...person, department: undefined }]],
    ['an empty department', [{ ...person, department: '' }]],
    ['a password that is written out', [{ ...person, password: 'secret' }]],
    ['a password of another kind of hash', [{ ...person, password: 'bcrypt$c2FsdA$aGFzaA' }]],
    ['a password without a hash', [{ ...person, password: `scrypt$${'c2Fs'.repeat(6)}$` }]],
    [
      'a password whose hash is cut short',
      [{ ...person, password: `scrypt$${'c2Fs'.repeat(6)}$${'aGFz'.repeat(10)}` }],
    ],
    ['a password whose hash is empty to compare with', [{ ...person, password: `scrypt$${'c2Fs'.repeat(6)}$A` }]],
    ['a password with hardly any salt', [{ ...person, password: `scrypt$c2FsdA$${'aGFz'.repeat(10)}aGE` }]],
    ...['0$8$5', '1$8$5', '16385$8$5', '16384$0$5', '16384$8$0', '1048576$32$1', '-16384$8$5', '16384$8'].map(
      (cost): [string, unknown] => [
        `a password that costs ${cost}`,
        [{ ...person, password: `scrypt$${cost}$${'c2Fs'.repeat(6)}$${'aGFz'.repeat(10)}aGE` }],
      ],
    ),
    ['two people of one name', [person, { ...person, name: '李强' }]],
  ])('with %s is BAD_CONFIG', (_, content) => {
    expect(() => parsePeople(content)).toThrow(code('BAD_CONFIG'));
  });

  test('does not repeat a password that is written out', () => {
    expect(() => parsePeople([{ ...person, password: 'hunter2-plain' }])).not.toThrow(/hunter2/);
  });
});
