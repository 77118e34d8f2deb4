import type { Viewer } from '@liandong/schema';
import { problem } from '@liandong/schema';
import type { NodeTx } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';

/**
 * Does a mutation once for each key of a person: sent again, it is answered as it was. Without a key it is simply
 * done.
 * @throws {ProblemError} IDEMPOTENCY_MISMATCH when the key came with another request before
 */
export async function once<T>(
  tx: NodeTx,
  viewer: Viewer,
  key: string | null,
  request: unknown,
  work: () => Promise<T>,
): Promise<T> {
  if (key === null) return work();
  const hash = sha256(JSON.stringify(request));
  const fresh = await tx.query(
    `INSERT INTO idempotency (node, subject, key, request_hash, response) VALUES ($1, $2, $3, $4, 'true')
     ON CONFLICT (node, subject, key) DO NOTHING RETURNING key`,
    [viewer.sub, key, hash],
  );
  if (fresh.length === 0) {
    const [known] = await tx.query<{ request_hash: string; response: T }>(
      `SELECT request_hash, response FROM idempotency WHERE node = $1 AND subject = $2 AND key = $3`,
      [viewer.sub, key],
    );
    if (known?.request_hash !== hash) {
      throw problem('IDEMPOTENCY_MISMATCH', 'This key was used for another request.', { field: 'idempotencyKey' });
    }
    return known.response;
  }
  const response = await work();
  // most say no more than that they were done, which was written with the key
  if (response === true) return response;
  await tx.query(`UPDATE idempotency SET response = $4 WHERE node = $1 AND subject = $2 AND key = $3`, [
    viewer.sub,
    key,
    JSON.stringify(response),
  ]);
  return response;
}
