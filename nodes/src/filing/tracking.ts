import { problem } from '@liandong/schema/kernel';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import type { StoredCase } from '../cases/index.ts';
import { findCase } from '../cases/index.ts';
import { trackingHash } from '../slips/index.ts';

/** Gives a case another tracking code; the one before opens it no more. */
export async function setTrackingCode(
  tx: SharedTx,
  { id, number }: { id: string; number: string },
  code: string,
): Promise<void> {
  await tx.query(`UPDATE cases SET tracking_hash = $3 WHERE node = $1 AND id = $2`, [id, trackingHash(number, code)]);
}

/**
 * The case a slip names by number and tracking code.
 * @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code
 */
export async function getTracked(queries: NodeQueries, number: string, code: string): Promise<StoredCase> {
  const [row] = await queries.query<{ id: string }>(
    `SELECT id FROM cases WHERE node = $1 AND number = $2 AND tracking_hash = $3`,
    [number, trackingHash(number, code.trim().toUpperCase())],
  );
  const stored = row && (await findCase(queries, row.id));
  if (stored) return stored;
  throw problem('NOT_FOUND', 'No case has this number and tracking code.', { node: queries.node });
}
