import { problem } from '@liandong/schema/kernel';
import type { MaterialMediaType } from '@liandong/schema/domains/filing';
import type { ItemFormType } from '@liandong/schema/domains/catalogue';
import { MAX_PICTURE_PIXELS } from '@liandong/schema/domains/filing';
import { unzipSync } from 'fflate';
import { imageSize } from 'image-size';

// Whether a desk further up will be able to read a material. Only heads, ends and lists of contents are looked at here;
// what is inside is drawn elsewhere, in a process of its own.

/** Files that are checked: materials of a case, and forms to download. */
export type CheckedType = MaterialMediaType | ItemFormType;

/** Longest side of a picture, pixels. */
const MAX_SIDE = 20_000;
/** Most bytes of an office document when it is unpacked. */
const MAX_UNPACKED_BYTES = 200_000_000;
/** Where the mark of its end must stand in a PDF, bytes from the end: readers look no further (ISO 32000-1 Annex H.3.18). */
const END_BYTES = 1_024;

/** Office documents with a password are compound files that hold this stream (MS-OFFCRYPTO §2.3.4.4). */
const SEALED_OFFICE = Buffer.from('EncryptedPackage', 'utf16le');
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** @throws {ProblemError} MATERIAL_ENCRYPTED for an office document with a password, whatever it is said to be */
export function requireOpen(bytes: Buffer, field: string): void {
  if (bytes.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE) && bytes.includes(SEALED_OFFICE)) {
    throw encrypted(field);
  }
}

/**
 * Refuses a material that no desk can read: encrypted, incomplete, or far too large when it is opened.
 * @throws {ProblemError} MATERIAL_ENCRYPTED, MATERIAL_TORN, MATERIAL_OVERSIZED with the field
 */
export function requireSound(bytes: Buffer, mediaType: CheckedType, field: string): void {
  switch (mediaType) {
    case 'application/pdf':
      if (isSealedPdf(bytes)) throw encrypted(field);
      if (!bytes.subarray(-END_BYTES).includes('%%EOF')) throw torn(field);
      return;
    case 'image/jpeg':
      // the end of the picture stands behind the start of its last scan (ITU-T T.81 B.1.1.3)
      if (bytes.lastIndexOf(JPEG_END) < bytes.lastIndexOf(JPEG_SCAN)) throw torn(field);
      return requirePixels(bytes, field);
    case 'image/png':
      if (!bytes.includes('IEND')) throw torn(field);
      return requirePixels(bytes, field);
    case 'application/vnd.openxmlformats-officedocument.wordprocessingml.document':
    case 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet':
      return requireUnpackable(bytes, field);
    case 'text/plain':
      return;
    default:
      mediaType satisfies never;
  }
}

const JPEG_SCAN = Buffer.from('ffda', 'hex');
const JPEG_END = Buffer.from('ffd9', 'hex');

/** A PDF whose trailer names an encryption dictionary (ISO 32000-1 §7.5.5). */
function isSealedPdf(bytes: Buffer): boolean {
  return bytes.includes('/Encrypt') && /\/Encrypt\s*(?:\d+\s+\d+\s+R|<<)/.test(bytes.toString('latin1'));
}

/** @throws {ProblemError} MATERIAL_TORN, MATERIAL_OVERSIZED */
function requirePixels(bytes: Buffer, field: string): void {
  let size: { width: number; height: number };
  try {
    size = imageSize(bytes);
  } catch {
    throw torn(field);
  }
  const { width, height } = size;
  if (Math.max(width, height) <= MAX_SIDE && width * height <= MAX_PICTURE_PIXELS) return;
  throw oversized(
    field,
    `has ${width} × ${height} pixels; at most ${MAX_SIDE} a side and ${MAX_PICTURE_PIXELS} together`,
  );
}

/** Reads the list of an office document's parts; none is unpacked. @throws {ProblemError} MATERIAL_TORN, MATERIAL_OVERSIZED */
function requireUnpackable(bytes: Buffer, field: string): void {
  let unpacked = 0;
  try {
    unzipSync(bytes, {
      filter: ({ originalSize }) => {
        unpacked += originalSize;
        return false;
      },
    });
  } catch {
    throw torn(field);
  }
  if (unpacked > MAX_UNPACKED_BYTES) {
    throw oversized(field, `has ${unpacked} bytes when it is unpacked; at most ${MAX_UNPACKED_BYTES}`);
  }
}

const encrypted = (field: string) =>
  problem('MATERIAL_ENCRYPTED', `${field}: asks for a password. Hand it in without one.`, { field });
const torn = (field: string) => problem('MATERIAL_TORN', `${field}: is incomplete. Scan or send it again.`, { field });
const oversized = (field: string, why: string) => problem('MATERIAL_OVERSIZED', `${field}: ${why}.`, { field });
