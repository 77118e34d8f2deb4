import { randomBytes } from 'node:crypto';

/** A text of so many bytes that no other case has, as base64: a desk accepts it as plain text. */
export function textOf(bytes: number): string {
  return Buffer.from(randomBytes(bytes / 2).toString('hex')).toString('base64');
}
