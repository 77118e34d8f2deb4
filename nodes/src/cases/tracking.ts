import { randomBytes } from 'node:crypto';
import type { NodeQueries } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';
import type { StoredCase } from './case-store.ts';
import { findCase } from './case-store.ts';

/** What is kept of a tracking code. */
export function trackingHash(number: string, code: string): string {
  return sha256(`${number} ${code}`);
}

/** The case a slip names by number and tracking code; null when either is wrong. */
export async function findTracked(queries: NodeQueries, number: string, code: string): Promise<StoredCase | null> {
  const [row] = await queries.query<{ id: string }>(
    `SELECT id FROM cases WHERE node = $1 AND number = $2 AND tracking_hash = $3`,
    [number, trackingHash(number, code.trim().toUpperCase())],
  );
  if (!row) return null;
  return findCase(queries, row.id);
}

/** Letters and digits that are not mistaken for each other when read from a slip. */
const TRACKING_SIGNS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** Eight random signs, 39 bits. */
export function trackingCodeOf(): string {
  return [...randomBytes(8)].map((byte) => TRACKING_SIGNS[byte % TRACKING_SIGNS.length]).join('');
}
