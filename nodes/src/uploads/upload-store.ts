import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import { removeStaged } from '../materials/index.ts';
import type { NewUpload, UploadRow } from './tables.ts';
import { uploadsTable } from './tables.ts';

const UPLOADS = `SELECT ${uploadsTable.selectAll('u')} FROM uploads u`;

export async function insertUpload(tx: SharedTx, upload: NewUpload): Promise<void> {
  await insert(tx, uploadsTable, [upload]);
}

/**
 * Some of a person's uploads, by id; locked until the transaction ends where it is one.
 * @throws {ProblemError} NOT_FOUND for one that is unknown, another person's, or has expired
 */
export async function getUploads(
  queries: NodeQueries,
  { issuer, sub }: Viewer,
  ids: readonly string[],
  { now, lock, field }: { now: Date; lock: 'LOCK' | 'READ'; field: (place: number) => string },
): Promise<UploadRow[]> {
  const rows = await queries.query<UploadRow>(
    `${UPLOADS} WHERE u.node = $1 AND u.id = ANY ($2::uuid[]) AND u.issuer = $3 AND u.sub = $4
       AND (u.expires_at > $5 OR u.used_at IS NOT NULL) ORDER BY u.id ${lock === 'LOCK' ? 'FOR UPDATE' : ''}`,
    [ids, issuer, sub, now],
  );
  const found = new Map((await opened(queries, uploadsTable, rows)).map((row) => [row.id, row]));
  return ids.map((id, place) => {
    const row = found.get(id);
    if (row) return row;
    throw problem('NOT_FOUND', `You have no upload ${id} here, or it has expired. Upload the file again.`, {
      field: field(place),
      node: queries.node,
    });
  });
}

/** A person's uploads that wait for an application: how many, and their bytes together. */
export async function countWaiting(
  queries: NodeQueries,
  { issuer, sub }: Viewer,
  now: Date,
): Promise<{ uploads: number; bytes: number }> {
  const [row] = await queries.query<{ uploads: number; bytes: number }>(
    `SELECT count(*)::int AS uploads, coalesce(sum(size), 0)::int8 AS bytes FROM uploads
     WHERE node = $1 AND issuer = $2 AND sub = $3 AND used_at IS NULL AND expires_at > $4`,
    [issuer, sub, now],
  );
  return row ?? { uploads: 0, bytes: 0 };
}

/** Stores the next piece of a locked upload. */
export async function addPiece(tx: SharedTx, { id, received }: UploadRow, bytes: Buffer): Promise<void> {
  await tx.query(`INSERT INTO upload_pieces (node, upload, start, content) VALUES ($1, $2, $3, $4)`, [
    id,
    received,
    tx.vault.sealBytes('upload_pieces.content', `${id}/${received}`, bytes),
  ]);
  await tx.query(`UPDATE uploads SET received = received + $3 WHERE node = $1 AND id = $2`, [id, bytes.length]);
}

/** All bytes of an upload whose last piece has come. They are read piece by piece, so that no more is in memory. */
export async function readPieces(tx: SharedTx, { id, size }: UploadRow): Promise<Buffer> {
  const whole = Buffer.alloc(size);
  for (let start = 0; start < size;) {
    const [piece] = await tx.query<{ content: Buffer }>(
      `SELECT content FROM upload_pieces WHERE node = $1 AND upload = $2 AND start = $3`,
      [id, start],
    );
    if (!piece) throw problem('INTERNAL', `A piece of upload ${id} is missing at byte ${start}.`);
    const bytes = await tx.vault.openBytes('upload_pieces.content', `${id}/${start}`, piece.content);
    whole.set(bytes, start);
    start += bytes.length;
  }
  return whole;
}

/** Notes that all bytes of an upload came and were checked; its pieces are needed no longer. */
export async function markComplete(tx: SharedTx, id: string, at: Date): Promise<void> {
  await tx.query(`DELETE FROM upload_pieces WHERE node = $1 AND upload = $2`, [id]);
  await tx.query(`UPDATE uploads SET completed_at = $3 WHERE node = $1 AND id = $2`, [id, at]);
}

export async function markUsed(tx: SharedTx, ids: readonly string[], at: Date): Promise<void> {
  await tx.query(`UPDATE uploads SET used_at = $3 WHERE node = $1 AND id = ANY ($2::uuid[]) AND used_at IS NULL`, [
    ids,
    at,
  ]);
}

/** Lets an upload expire at once, and removes its pieces. */
export async function endUpload(tx: SharedTx, { id, sha256 }: UploadRow, at: Date): Promise<void> {
  await tx.query(`DELETE FROM uploads WHERE node = $1 AND id = $2`, [id]);
  await tx.query(
    `UPDATE blobs SET staged_until = coalesce(
       (SELECT max(expires_at) FROM uploads u WHERE u.node = $1 AND u.sha256 = $2 AND u.completed_at IS NOT NULL), $3)
     WHERE node = $1 AND sha256 = $2 AND staged_until IS NOT NULL`,
    [sha256, at],
  );
}

/**
 * Removes uploads whose time is over, with the bytes that no application named. Rows that were used are kept as long as
 * others, so that a mutation sent again with its key finds them.
 * @returns how many
 */
export async function removeExpired(tx: SharedTx, now: Date): Promise<number> {
  const removed = await tx.query(`DELETE FROM uploads WHERE node = $1 AND expires_at <= $2 RETURNING 1`, [now]);
  await removeStaged(tx, now);
  return removed.length;
}
