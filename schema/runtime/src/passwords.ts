import type { ScryptOptions } from 'node:crypto';
import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const scryptOf = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>;

/** Cost of checking a password with scrypt (RFC 7914). */
export type ScryptCost = Record<'N' | 'r' | 'p', number>;
/** Cost of new passwords: as high as N = 2^17 with p = 1 (OWASP), with an eighth of its memory. */
const COST: ScryptCost = { N: 2 ** 14, r: 8, p: 5 };
/** Cost of passwords that were stored without their cost. */
const FIRST_COST: ScryptCost = { N: 2 ** 14, r: 8, p: 1 };
const HASH_BYTES = 32;

/** Password hash that no password fits, to check against for an unknown name: it takes as long. */
export const NO_PASSWORD = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

const FORM = /^scrypt\$(?:(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$)?([\w-]{22,})\$([\w-]{43})$/;

/** Whether a text is `scrypt$<N>$<r>$<p>$<salt>$<hash>`, base64url: a salt of 16 bytes or more, a hash of 32. */
export const isPasswordHash = (kept: string): boolean => FORM.test(kept);

/** The stored form of a password: scrypt with a salt, and its own cost (RFC 7914). */
export async function hashPassword(password: string, salt: Buffer, cost: ScryptCost = COST): Promise<string> {
  const hash = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

export async function isPassword({ password: kept }: { password: string }, password: string): Promise<boolean> {
  const [salt = '', hash = ''] = kept.split('$').slice(-2);
  const made = await derive(password, Buffer.from(salt, 'base64url'), costOf(kept));
  return timingSafeEqual(made, Buffer.from(hash, 'base64url'));
}

/** Whether scrypt accepts the cost a hash names (RFC 7914 §2), and needs at most 256 MiB for it. */
export function isPayableHash(kept: string): boolean {
  const { N, r, p } = costOf(kept);
  return N > 1 && Number.isInteger(Math.log2(N)) && r > 0 && p > 0 && memoryOf({ N, r, p }) <= 256 * 1024 * 1024;
}

function costOf(kept: string): ScryptCost {
  const [, ...parts] = kept.split('$');
  if (parts.length === 2) return FIRST_COST;
  const [N = 0, r = 0, p = 0] = parts.map(Number);
  return { N, r, p };
}

const memoryOf = ({ N, r, p }: ScryptCost): number => 128 * r * (N + p + 2);

function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  // Node.js allows only 32 MiB by default
  return scryptOf(password, salt, HASH_BYTES, { ...cost, maxmem: memoryOf(cost) });
}
