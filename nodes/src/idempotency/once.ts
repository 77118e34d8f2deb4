import type { Viewer } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';
import type { SharedTx } from '../db/index.ts';
import { coalesced } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';

/**
 * Does a mutation once for each key of a person: sent again, it gets its first answer. Without a key it is simply done.
 * The key is stored in the step's own transaction, so that a refused step leaves it unused.
 * @param request the mutation's name, and its input
 * @param work done once; its result must be JSON
 * @throws {ProblemError} IDEMPOTENCY_MISMATCH when the key came with another request before
 */
export async function once<T>(
  tx: SharedTx,
  viewer: Pick<Viewer, 'sub'>,
  key: string | null,
  request: unknown,
  work: () => Promise<T>,
): Promise<T> {
  if (key === null) return work();
  const text = JSON.stringify(request);
  const row = `${viewer.sub}/${key}`;
  // the input may name an applicant by number: a bare hash of it could be tried out
  const isFresh = await takeKey(tx, {
    subject: viewer.sub,
    key,
    request_hash: tx.vault.digest(text),
    response: tx.vault.seal('idempotency.response', row, 'true'),
  });
  if (!isFresh) {
    const [known] = await tx.query<{ request_hash: string; response: string }>(
      `SELECT request_hash, response FROM idempotency WHERE node = $1 AND subject = $2 AND key = $3`,
      [viewer.sub, key],
    );
    // rows of earlier programs have the bare hash
    if (!known || (known.request_hash !== sha256(text) && !tx.vault.isDigest(known.request_hash, text))) {
      throw problem('IDEMPOTENCY_MISMATCH', 'This key was used for another request.', { field: 'idempotencyKey' });
    }
    return JSON.parse(await tx.vault.open('idempotency.response', row, known.response)) as T;
  }
  const response = await work();
  // most answers only say that the work was done; that was stored with the key
  if (response === true) return response;
  await tx.withCommit(
    tx.query(`UPDATE idempotency SET response = $4 WHERE node = $1 AND subject = $2 AND key = $3`, [
      viewer.sub,
      key,
      tx.vault.seal('idempotency.response', row, JSON.stringify(response)),
    ]),
  );
  return response;
}

/** The input without its idempotency key. */
export function unkeyed<T extends { idempotencyKey: string | null }>(input: T): Omit<T, 'idempotencyKey'> {
  const { idempotencyKey: _, ...asked } = input;
  return asked;
}

interface Key {
  subject: string;
  key: string;
  request_hash: string;
  response: string;
}

/** Stores a key. @returns false if it was there already */
const takeKey = coalesced(async (tx: SharedTx, keys: readonly Key[]): Promise<boolean[]> => {
  const taken = await tx.query<Pick<Key, 'subject' | 'key'>>(
    `INSERT INTO idempotency (node, subject, key, request_hash, response)
     SELECT $1, k.* FROM json_to_recordset($2) AS k (subject text, key text, request_hash text, response text)
     ON CONFLICT (node, subject, key) DO NOTHING RETURNING subject, key`,
    [JSON.stringify(keys)],
  );
  const fresh = new Set(taken.map(nameOf));
  // if two callers bring one key at once, the first gets it
  return keys.map((key) => fresh.delete(nameOf(key)));
});

function nameOf({ subject, key }: Pick<Key, 'subject' | 'key'>): string {
  return JSON.stringify([subject, key]);
}
