import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

import { ROLES, isDivisionCode, problem } from '@liandong/schema';
import { z } from 'zod';

const derive = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>;

const personSchema = z.object({
  username: z.string().min(1).max(100),
  name: z.string().min(1).max(100),
  division: z.string().refine(isDivisionCode, 'a division code'),
  roles: z.array(z.enum(ROLES)).min(1),
  department: z.string().min(1).nullable(),
  /** The centre's window the person sits at. */
  window: z.string().min(1).max(50).optional(),
  /** `scrypt$<salt>$<hash>`, base64url: a salt of 16 bytes or more, a hash of 32. */
  password: z.string().regex(/^scrypt\$[\w-]{22,}\$[\w-]{43}$/, 'no password hash of the form scrypt$salt$hash'),
});
export type Person = z.infer<typeof personSchema>;

const peopleSchema = z
  .array(personSchema)
  .min(1)
  .superRefine((people, context) => {
    const known = new Set<string>();
    people.forEach(({ username }, index) => {
      // two people of one name: nobody could say who acted
      if (known.has(username)) {
        context.addIssue({ code: 'custom', path: [index, 'username'], message: `"${username}" stands there already` });
      }
      known.add(username);
    });
  });

/** @throws {ProblemError} BAD_CONFIG naming every entry that is wrong */
export function parsePeople(content: unknown): Person[] {
  const parsed = peopleSchema.safeParse(content);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
    throw problem('BAD_CONFIG', `The people file is faulty: ${faults.join('; ')}.`);
  }
  return parsed.data;
}

/** A password as it is kept: scrypt with a salt of its own (RFC 7914). */
export async function hashPassword(password: string, salt: Buffer): Promise<string> {
  const hash = await derive(password, salt, 32);
  return `scrypt$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

export async function isPassword(person: Person, password: string): Promise<boolean> {
  const [, salt = '', hash = ''] = person.password.split('$');
  const expected = Buffer.from(hash, 'base64url');
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), expected.length), expected);
}
