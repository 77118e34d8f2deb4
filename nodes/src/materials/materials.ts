import type { CaseFile, Material } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { MaterialInput } from '@liandong/schema/domains/filing';
import type { MaterialPart } from '@liandong/schema/wire';
import { MAX_MATERIAL_BYTES } from '@liandong/schema/domains/filing';
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
 * Decodes given materials, checks that each is of its stated kind, and names it by its content.
 * @throws {ProblemError} BAD_INPUT with the field, for text that is not base64; PAYLOAD_TOO_LARGE;
 *   MATERIAL_MISLABELLED, MATERIAL_ACTIVE
 */
export async function decodeMaterials(inputs: readonly MaterialInput[]): Promise<GivenMaterial[]> {
  const given: GivenMaterial[] = [];
  // one after the other: large ones need not all be in memory twice
  for (const [index, { content, name, fileName, mediaType }] of inputs.entries()) {
    const field = `materials.${index}.content`;
    const bytes = Buffer.from(content, 'base64');
    if (bytes.toString('base64').replace(/=+$/, '') !== content.replace(/=+$/, '')) {
      throw problem('BAD_INPUT', `${field}: is no base64 (RFC 4648 §4).`, { field });
    }
    if (bytes.length === 0) throw problem('BAD_INPUT', `${field}: has no bytes.`, { field });
    if (bytes.length > MAX_MATERIAL_BYTES) {
      throw problem('PAYLOAD_TOO_LARGE', `${field}: is above ${MAX_MATERIAL_BYTES} bytes.`, { field });
    }
    await requireHarmless(bytes, mediaType, field);
    given.push({ material: { name, fileName, mediaType, sha256: sha256(bytes), size: bytes.length }, bytes });
  }
  return given;
}

/** Stores bytes under their digest; the same bytes are stored once. */
export async function storeMaterials(tx: SharedTx, given: readonly GivenMaterial[]): Promise<void> {
  await pipelined(
    ...given.map(({ material, bytes }) =>
      tx.query(
        `INSERT INTO blobs (node, sha256, size, content) VALUES ($1, $2, $3, $4) ON CONFLICT (node, sha256) DO NOTHING`,
        [material.sha256, material.size, tx.vault.sealPieces('blobs.content', material.sha256, bytes)],
      ),
    ),
  );
}

/** Materials whose bytes are not all at this node, each once. */
export async function absentMaterials(queries: NodeQueries, materials: readonly Material[]): Promise<Material[]> {
  return materials.length === 0 ? [] : findAbsent(queries, materials);
}

const findAbsent = coalesced(async (queries: NodeQueries, asked: readonly (readonly Material[])[]) => {
  const rows = await queries.query<{ sha256: string }>(
    `SELECT sha256 FROM blobs WHERE node = $1 AND sha256 = ANY ($2)`,
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
  if (bytes.length !== part.length || part.offset + part.length > part.size || part.size > MAX_MATERIAL_BYTES) {
    throw problem('MATERIAL_CORRUPT', `A piece of ${part.sha256} is not as long as it says.`);
  }
  const whole = await tx.query(`SELECT 1 FROM blobs WHERE node = $1 AND sha256 = $2`, [part.sha256]);
  if (whole.length > 0) return true;
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

async function keepWhole(tx: SharedTx, { sha256: digest, size }: MaterialPart, content: Uint8Array): Promise<void> {
  await tx.query(
    `INSERT INTO blobs (node, sha256, size, content) VALUES ($1, $2, $3, $4) ON CONFLICT (node, sha256) DO NOTHING`,
    [digest, size, tx.vault.sealPieces('blobs.content', digest, content)],
  );
}
