import type { CaseFile, Material } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { InlineMaterial, MaterialMediaType } from '@liandong/schema/domains/filing';
import type { MaterialPart } from '@liandong/schema/wire';
import { MAX_MATERIAL_BYTES } from '@liandong/schema/domains/filing';
import { MAX_UPLOAD_BYTES } from '@liandong/schema/domains/uploads';
import { contentsOf, isOrgan } from '@liandong/schema/case';
import { hearingPapers } from '@liandong/schema/domains/hearings';
import { problem } from '@liandong/schema/kernel';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { coalesced, pipelined } from '../db/index.ts';
import type { Outgoing } from '../handoff/index.ts';
import { sha256 } from '../trust/index.ts';
import { requireHarmless } from './material-kinds.ts';
import { BYTES_OVERHEAD, HEADER_BYTES, PIECE_BYTES, piecesOver } from '../vault/index.ts';

/** Bytes of one message that carries a piece of a material. */
export const PART_BYTES = PIECE_BYTES;

/** A material with its bytes. */
export interface GivenMaterial {
  material: Material;
  bytes: Buffer;
}

/**
 * Decodes a material whose bytes came with a mutation, checks that it is of its stated kind, and names it by its content.
 * @param field its path in the input, for errors
 * @throws {ProblemError} BAD_INPUT for text that is not base64; PAYLOAD_TOO_LARGE; MATERIAL_MISLABELLED,
 *   MATERIAL_ENCRYPTED, MATERIAL_TORN, MATERIAL_OVERSIZED, MATERIAL_ACTIVE
 */
export async function decodeMaterial(
  { content, name, fileName, mediaType }: InlineMaterial,
  field: string,
): Promise<GivenMaterial> {
  const bytes = decodeBase64(content, field);
  if (bytes.length > MAX_MATERIAL_BYTES) {
    throw problem('PAYLOAD_TOO_LARGE', `${field}: is above ${MAX_MATERIAL_BYTES} bytes.`, { field });
  }
  await requireHarmless(bytes, mediaType, field);
  return { material: { name, fileName, mediaType, sha256: sha256(bytes), size: bytes.length }, bytes };
}

/** @throws {ProblemError} BAD_INPUT for text that is not base64, and for no bytes */
export function decodeBase64(content: string, field: string): Buffer {
  const bytes = Buffer.from(content, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== content.replace(/=+$/, '')) {
    throw problem('BAD_INPUT', `${field}: is no base64 (RFC 4648 §4).`, { field });
  }
  if (bytes.length === 0) throw problem('BAD_INPUT', `${field}: has no bytes.`, { field });
  return bytes;
}

/** Stores bytes under their digest; the same bytes are stored once. */
export async function storeMaterials(tx: SharedTx, given: readonly GivenMaterial[]): Promise<void> {
  await pipelined(...given.map(({ material, bytes }) => keepWhole(tx, material, bytes)));
}

/** An uploaded file that waits for its application. */
interface StagedFile {
  sha256: string;
  /** Bytes. */
  size: number;
  mediaType: MaterialMediaType;
}

/**
 * Checks the bytes of an upload and keeps them until an application names them.
 * @throws {ProblemError} MATERIAL_CORRUPT for other bytes than were announced; MATERIAL_MISLABELLED, MATERIAL_ENCRYPTED,
 *   MATERIAL_TORN, MATERIAL_OVERSIZED, MATERIAL_ACTIVE
 */
export async function stageMaterial(tx: SharedTx, file: StagedFile, bytes: Buffer, until: Date): Promise<void> {
  const { sha256: digest, size, mediaType } = file;
  if (sha256(bytes) !== digest) {
    throw problem(
      'MATERIAL_CORRUPT',
      'The bytes that came are not those whose digest was given. Upload the file again.',
    );
  }
  await requireHarmless(bytes, mediaType, 'bytes');
  await tx.query(
    `INSERT INTO blobs (node, sha256, size, content, staged_until) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (node, sha256) DO UPDATE SET staged_until = greatest(blobs.staged_until, excluded.staged_until)
     WHERE blobs.staged_until IS NOT NULL`,
    [digest, size, tx.vault.sealPieces('blobs.content', digest, bytes), until],
  );
}

/**
 * Keeps uploaded files for good: an application names them.
 * @returns those digests that are not here any more
 */
export async function keepStaged(tx: SharedTx, digests: readonly string[]): Promise<string[]> {
  await tx.query(
    `UPDATE blobs SET staged_until = NULL WHERE node = $1 AND sha256 = ANY ($2) AND staged_until IS NOT NULL`,
    [digests],
  );
  const here = await tx.query<{ sha256: string }>(`SELECT sha256 FROM blobs WHERE node = $1 AND sha256 = ANY ($2)`, [
    digests,
  ]);
  return digests.filter((digest) => !here.some((row) => row.sha256 === digest));
}

/** Removes uploaded files that no application named in time. */
export async function removeStaged(tx: SharedTx, now: Date): Promise<void> {
  await tx.query(`DELETE FROM blobs WHERE node = $1 AND staged_until <= $2`, [now]);
}

/** Removes materials that nothing at this node needs any more; a complete upload of the same bytes keeps them as its own. */
export async function removeMaterials(tx: SharedTx, digests: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE blobs b SET staged_until = u.until
     FROM (SELECT sha256, max(expires_at) AS until FROM uploads
       WHERE node = $1 AND sha256 = ANY ($2) AND completed_at IS NOT NULL AND used_at IS NULL GROUP BY sha256) u
     WHERE b.node = $1 AND b.sha256 = u.sha256`,
    [digests],
  );
  await tx.query(`DELETE FROM blobs WHERE node = $1 AND sha256 = ANY ($2) AND staged_until IS NULL`, [digests]);
}

/** Materials whose bytes are not all at this node, each once. */
export async function absentMaterials(queries: NodeQueries, materials: readonly Material[]): Promise<Material[]> {
  return materials.length === 0 ? [] : findAbsent(queries, materials);
}

const findAbsent = coalesced(async (queries: NodeQueries, asked: readonly (readonly Material[])[]) => {
  const rows = await queries.query<{ sha256: string }>(
    `SELECT sha256 FROM blobs WHERE node = $1 AND sha256 = ANY ($2) AND staged_until IS NULL`,
    [[...new Set(asked.flat().map((m) => m.sha256))]],
  );
  const held = new Set(rows.map((row) => row.sha256));
  return asked.map((materials) =>
    [...new Map(materials.map((m) => [m.sha256, m])).values()].filter((m) => !held.has(m.sha256)),
  );
});

/**
 * The messages that carry a case's materials to its next custodian. Materials that the desk got when it held the case
 * before are not sent again. If it still lacks one, it says so (WANTS) and gets it.
 */
export function materialMessages(file: CaseFile, receiver: DivisionCode): Outgoing[] {
  const back = file.holders.includes(receiver);
  const unseen = back
    ? [
        ...file.materials.slice(file.supplement?.materialsBefore ?? file.materials.length),
        ...(file.issued ? [file.issued.document] : []),
        ...(isOrgan(receiver, file) ? hearingPapers(file.hearing) : []),
      ]
    : contentsOf(file, receiver);
  return partsOf(unseen, receiver, file.id);
}

/** One message a piece. */
export function partsOf(materials: readonly Material[], receiver: DivisionCode, caseId: string): Outgoing[] {
  const unique = new Map(materials.map((m) => [m.sha256, m]));
  return [...unique.values()].flatMap(({ sha256: digest, size }) =>
    Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, i): Outgoing => {
      const offset = i * PART_BYTES;
      const length = Math.min(PART_BYTES, size - offset);
      return { receiver, kind: 'MATERIAL', caseId, body: { sha256: digest, offset, length, size } };
    }),
  );
}

/** The bytes of one piece, for the relay; null if the material is not here. */
export async function readPart(
  queries: NodeQueries,
  { sha256: digest, offset, length }: Pick<MaterialPart, 'sha256' | 'offset' | 'length'>,
): Promise<Buffer | null> {
  const { first, start, bytes } = piecesOver(offset, length);
  const [row] = await queries.query<{ header: Buffer; sealed: Buffer; size: number }>(
    `SELECT substring(content FROM 1 FOR ${HEADER_BYTES}) AS header, substring(content FROM $3 FOR $4) AS sealed, size
     FROM blobs WHERE node = $1 AND sha256 = $2`,
    [digest, start + 1, bytes],
  );
  if (!row) return null;
  const opened = await queries.vault.openSome('blobs.content', digest, { ...row, first });
  const skipped = offset - first * PIECE_BYTES;
  return opened.subarray(skipped, skipped + length);
}

/** All bytes of a material; null if it is not here. */
export async function readMaterial(queries: NodeQueries, digest: string): Promise<Buffer | null> {
  const [row] = await queries.query<{ content: Buffer }>(`SELECT content FROM blobs WHERE node = $1 AND sha256 = $2`, [
    digest,
  ]);
  return row ? queries.vault.openPieces('blobs.content', digest, row.content) : null;
}

/**
 * Stores a piece that came in; the last one makes the material whole.
 * @returns false if the whole does not match its digest; its pieces are then dropped
 * @throws {ProblemError} MATERIAL_CORRUPT for a piece that contradicts itself
 */
export async function receivePart(tx: SharedTx, part: MaterialPart, bytes: Uint8Array): Promise<boolean> {
  if (bytes.length !== part.length || part.offset + part.length > part.size || part.size > MAX_UPLOAD_BYTES) {
    throw problem('MATERIAL_CORRUPT', `A piece of ${part.sha256} is not as long as it says.`);
  }
  const [whole] = await tx.query<{ staged: boolean }>(
    `SELECT staged_until IS NOT NULL AS staged FROM blobs WHERE node = $1 AND sha256 = $2`,
    [part.sha256],
  );
  // somebody here has uploaded the same bytes: now they belong to a case as well
  if (whole?.staged) await keepStaged(tx, [part.sha256]);
  if (whole) return true;
  if (part.length === part.size) {
    if (sha256(bytes) !== part.sha256) return false;
    await keepWhole(tx, part, bytes);
    return true;
  }
  await tx.query(
    `INSERT INTO blob_parts (node, sha256, start, content) VALUES ($1, $2, $3, $4)
     ON CONFLICT (node, sha256, start) DO UPDATE SET content = excluded.content`,
    [part.sha256, part.offset, tx.vault.sealBytes('blob_parts.content', `${part.sha256}/${part.offset}`, bytes)],
  );
  const [sum] = await tx.query<{ bytes: number }>(
    `SELECT sum(length(content) - ${BYTES_OVERHEAD})::int8 AS bytes FROM blob_parts WHERE node = $1 AND sha256 = $2`,
    [part.sha256],
  );
  if (sum?.bytes !== part.size) return true;
  const parts = await tx.query<{ start: number; content: Buffer }>(
    `DELETE FROM blob_parts WHERE node = $1 AND sha256 = $2 RETURNING start, content`,
    [part.sha256],
  );
  parts.sort((a, b) => a.start - b.start);
  const content = Buffer.concat(
    await Promise.all(
      parts.map((p) => tx.vault.openBytes('blob_parts.content', `${part.sha256}/${p.start}`, p.content)),
    ),
  );
  if (sha256(content) !== part.sha256) return false;
  await keepWhole(tx, part, content);
  return true;
}

/** Stores a material for good. */
async function keepWhole(
  tx: SharedTx,
  { sha256: digest, size }: Pick<Material, 'sha256' | 'size'>,
  content: Uint8Array,
): Promise<void> {
  await tx.query(
    `INSERT INTO blobs (node, sha256, size, content) VALUES ($1, $2, $3, $4)
     ON CONFLICT (node, sha256) DO UPDATE SET staged_until = NULL WHERE blobs.staged_until IS NOT NULL`,
    [digest, size, tx.vault.sealPieces('blobs.content', digest, content)],
  );
}
