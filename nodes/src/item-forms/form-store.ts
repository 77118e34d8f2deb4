import type { FormPartView, ItemForm } from '@liandong/schema/domains/catalogue';
import type { DivisionCode } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import type { MaterialPart } from '@liandong/schema/wire';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';
import type { GivenForm } from './checked-form.ts';

/** Stores a form with its bytes; it is given to no one before a published item names it. */
export async function storeForm(tx: SharedTx, { form, bytes }: GivenForm): Promise<void> {
  await tx.query(
    `INSERT INTO item_forms (node, sha256, file_name, media_type, size, content) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (node, sha256) DO UPDATE SET content = excluded.content WHERE item_forms.content IS NULL`,
    [form.sha256, form.fileName, form.mediaType, form.size, bytes],
  );
}

/**
 * Offers forms that published items name.
 * @returns those whose bytes are not here
 */
export async function publishForms(tx: SharedTx, forms: readonly ItemForm[]): Promise<string[]> {
  const unique = [...new Map(forms.map((form) => [form.sha256, form])).values()];
  await tx.query(
    `INSERT INTO item_forms (node, sha256, file_name, media_type, size, published)
     SELECT $1, f.*, true FROM unnest($2::text[], $3::text[], $4::text[], $5::int[]) AS f
     ON CONFLICT (node, sha256) DO UPDATE SET published = true`,
    [
      unique.map((form) => form.sha256),
      unique.map((form) => form.fileName),
      unique.map((form) => form.mediaType),
      unique.map((form) => form.size),
    ],
  );
  const arrived = await findArrived(tx, unique);
  return unique.flatMap((form) => (arrived.has(form.sha256) ? [] : [form.sha256]));
}

/** The digests of those forms whose bytes are here. */
export async function findArrived(queries: NodeQueries, forms: readonly ItemForm[]): Promise<ReadonlySet<string>> {
  if (forms.length === 0) return new Set();
  const rows = await queries.query<{ sha256: string }>(
    `SELECT sha256 FROM item_forms WHERE node = $1 AND sha256 = ANY ($2) AND content IS NOT NULL`,
    [forms.map((form) => form.sha256)],
  );
  return new Set(rows.map((row) => row.sha256));
}

/**
 * Some bytes of a form for anybody.
 * @throws {ProblemError} NOT_FOUND for a file that no published item names; FORM_NOT_HERE before its bytes have come
 */
export async function getFormPart(
  queries: NodeQueries,
  { sha256: digest, offset, length }: { sha256: string; offset: number; length: number },
): Promise<FormPartView> {
  const [row] = await queries.query<{ fileName: string; mediaType: string; size: number; bytes: Buffer | null }>(
    `SELECT file_name AS "fileName", media_type AS "mediaType", size, substring(content FROM $3 FOR $4) AS bytes
     FROM item_forms WHERE node = $1 AND sha256 = $2 AND published`,
    [digest, offset + 1, length],
  );
  const { node } = queries;
  if (!row) throw problem('NOT_FOUND', `No published item of ${node} names this form.`, { node, field: 'sha256' });
  const { bytes, ...form } = row;
  if (!bytes) {
    throw problem('FORM_NOT_HERE', `The form ${form.fileName} has not come to ${node} yet. Try again later.`, { node });
  }
  return { ...form, bytes: bytes.toString('base64') };
}

/** The bytes of a piece, for the relay; null if the form is not here. */
export async function readFormPart(
  queries: NodeQueries,
  { sha256: digest, offset, length }: Pick<MaterialPart, 'sha256' | 'offset' | 'length'>,
): Promise<Buffer | null> {
  const [row] = await queries.query<{ bytes: Buffer | null }>(
    `SELECT substring(content FROM $3 FOR $4) AS bytes FROM item_forms WHERE node = $1 AND sha256 = $2`,
    [digest, offset + 1, length],
  );
  return row?.bytes ?? null;
}

/**
 * Bytes of the whole form, and whether they are here; null for a form that no published item names. Locked until the
 * transaction ends, so that no node below begins to wait while the last piece comes.
 */
export async function lockForm(tx: SharedTx, digest: string): Promise<{ size: number; arrived: boolean } | null> {
  const [row] = await tx.query<{ size: number; arrived: boolean }>(
    `SELECT size, content IS NOT NULL AS arrived FROM item_forms WHERE node = $1 AND sha256 = $2 AND published
     FOR UPDATE`,
    [digest],
  );
  return row ?? null;
}

/**
 * Stores a piece that came; the last one makes the form whole.
 * @returns WHOLE, PARTIAL, or CORRUPT if the whole does not match its digest; its pieces are then dropped
 */
export async function addFormPart(
  tx: SharedTx,
  { sha256: digest, offset, size }: MaterialPart,
  bytes: Uint8Array,
): Promise<'WHOLE' | 'PARTIAL' | 'CORRUPT'> {
  await tx.query(
    `INSERT INTO item_form_parts (node, sha256, start, content) VALUES ($1, $2, $3, $4)
     ON CONFLICT (node, sha256, start) DO UPDATE SET content = excluded.content`,
    [digest, offset, bytes],
  );
  const parts = await tx.query<{ content: Buffer }>(
    `SELECT content FROM item_form_parts WHERE node = $1 AND sha256 = $2 ORDER BY start`,
    [digest],
  );
  const whole = Buffer.concat(parts.map((part) => part.content));
  if (whole.length < size) return 'PARTIAL';
  await tx.query(`DELETE FROM item_form_parts WHERE node = $1 AND sha256 = $2`, [digest]);
  if (sha256(whole) !== digest) return 'CORRUPT';
  await tx.query(`UPDATE item_forms SET content = $3 WHERE node = $1 AND sha256 = $2`, [digest, whole]);
  return 'WHOLE';
}

/** Most forms that one node of the level below may wait for here. */
const MOST_WISHES = 10_000;

/** Notes that a node below waits for a form. @returns false while it waits for too many */
export async function addWish(tx: SharedTx, child: DivisionCode, digest: string): Promise<boolean> {
  const [waiting] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM item_form_wishes WHERE node = $1 AND child = $2`,
    [child],
  );
  if ((waiting?.count ?? 0) >= MOST_WISHES) return false;
  await tx.query(
    `INSERT INTO item_form_wishes (node, child, sha256) VALUES ($1, $2, $3) ON CONFLICT (node, child, sha256) DO NOTHING`,
    [child, digest],
  );
  return true;
}

/** The nodes below that waited for a form, which wait no longer. */
export async function takeWishes(tx: SharedTx, digest: string): Promise<DivisionCode[]> {
  const rows = await tx.query<{ child: DivisionCode }>(
    `DELETE FROM item_form_wishes WHERE node = $1 AND sha256 = $2 RETURNING child`,
    [digest],
  );
  return rows.map((row) => row.child);
}

/** Removes the bytes of a form that was taken out of its draft, unless an item names it elsewhere. */
export async function removeUnnamed(tx: SharedTx, digest: string): Promise<void> {
  await tx.query(
    `DELETE FROM item_forms f WHERE f.node = $1 AND f.sha256 = $2 AND NOT f.published AND NOT EXISTS (
       SELECT 1 FROM items i WHERE i.node = f.node AND i.published_at IS NULL
         AND i.body -> 'forms' @> jsonb_build_array(jsonb_build_object('sha256', f.sha256)))`,
    [digest],
  );
}
