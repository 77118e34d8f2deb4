import { isPasswordHash, isPayableHash } from '@liandong/runtime';
import { isDivisionCode, problem, ROLES } from '@liandong/schema/kernel';
import { z } from 'zod';

const personSchema = z.object({
  username: z.string().min(1).max(100),
  name: z.string().min(1).max(100),
  division: z.string().refine(isDivisionCode, 'a division code'),
  roles: z.array(z.enum(ROLES)).min(1),
  department: z.string().min(1).nullable(),
  /** The centre's window the person sits at. */
  window: z.string().min(1).max(50).optional(),
  /** `scrypt$<N>$<r>$<p>$<salt>$<hash>`, base64url: a salt of 16 bytes or more, a hash of 32. */
  password: z
    .string()
    .refine(isPasswordHash, 'no password hash of the form scrypt$N$r$p$salt$hash')
    .refine((kept) => !isPasswordHash(kept) || isPayableHash(kept), 'a cost of scrypt that cannot be paid'),
});
export type Person = z.infer<typeof personSchema>;

const peopleSchema = z
  .array(personSchema)
  .min(1)
  .superRefine((people, context) => {
    const known = new Set<string>();
    people.forEach(({ username }, index) => {
      // with two people of one name, the log could not say who acted
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
