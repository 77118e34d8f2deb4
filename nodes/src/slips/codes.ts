import { randomBytes } from 'node:crypto';
import { sha256 } from '../trust/index.ts';

/** The stored hash of a code. */
export function trackingHash(number: string, code: string): string {
  return sha256(`${number} ${code}`);
}

/** Letters and digits that people do not confuse when they read them from a slip. */
const SIGNS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** Random signs. */
export function signsOf(count: number): string {
  return [...randomBytes(count)].map((byte) => SIGNS[byte % SIGNS.length]).join('');
}

/** A code: eight random signs, 39 bits. */
export const trackingCodeOf = () => signsOf(8);
