import { problem } from '@liandong/schema/kernel';
import { fileTypeFromBuffer } from 'file-type';
import type { CheckedType as MediaType } from './sound-materials.ts';
import { requireOpen, requireSound } from './sound-materials.ts';

/**
 * Words of PDF (ISO 32000) and of office documents that start an action when the paper is opened. All are long enough
 * that the bytes of a scanned picture do not contain them by chance.
 */
const ACTIVE_PDF = /\/(?:JavaScript|Launch|RichMedia|EmbeddedFile|SubmitForm|ImportData)\b/;
const ACTIVE_OFFICE = /vbaProject\.bin|activeX\/|embeddings\/oleObject|externalLinks\//;
/** Text that a browser or a shell would run. */
const ACTIVE_TEXT = /^\s*(?:#!|<\?(?:php|xml))|<\s*(?:script|html|svg|iframe|object|embed|!doctype)\b|javascript:/i;

/**
 * Checks the bytes of a material: they must be of the stated kind, and contain nothing that acts by itself. Compressed
 * parts of a paper are not unpacked here; a scanner for viruses belongs in front of the desks' own machines.
 * @throws {ProblemError} MATERIAL_MISLABELLED, MATERIAL_ENCRYPTED, MATERIAL_TORN, MATERIAL_OVERSIZED, MATERIAL_ACTIVE
 *   with the field
 */
export async function requireHarmless(bytes: Buffer, mediaType: MediaType, field: string): Promise<void> {
  requireOpen(bytes, field);
  const found = mediaType === 'text/plain' ? await kindOfText(bytes) : (await fileTypeFromBuffer(bytes))?.mime;
  if (found !== mediaType) {
    const what = found ?? 'no kind that is known';
    throw problem('MATERIAL_MISLABELLED', `${field}: was said to be ${mediaType}; its bytes are ${what}.`, { field });
  }
  requireSound(bytes, mediaType, field);
  if (isActive(bytes, mediaType)) {
    throw problem('MATERIAL_ACTIVE', `${field}: holds scripts, macros or other files. Hand in the paper alone.`, {
      field,
    });
  }
}

/** `text/plain` for bytes that are text in UTF-8 or GB 18030 throughout; otherwise their kind, if it is known. */
async function kindOfText(bytes: Buffer): Promise<string | undefined> {
  const other = await fileTypeFromBuffer(bytes);
  if (other) return other.mime;
  if (bytes.includes(0)) return undefined;
  return charsetOf(bytes) === null ? undefined : 'text/plain';
}

/**
 * The encoding that bytes are text in throughout, of those that desks use; null if they are no text.
 * @param whole false for the beginning of a text, which may end within a character
 */
export function charsetOf(bytes: Uint8Array, whole = true): 'utf-8' | 'gb18030' | null {
  return (['utf-8', 'gb18030'] as const).find((encoding) => isIn(encoding, bytes, whole)) ?? null;
}

function isIn(encoding: string, bytes: Uint8Array, whole: boolean): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !whole });
    return true;
  } catch {
    return false;
  }
}

function isActive(bytes: Buffer, mediaType: MediaType): boolean {
  switch (mediaType) {
    case 'application/pdf':
      return ACTIVE_PDF.test(unescaped(bytes.toString('latin1')));
    case 'application/vnd.openxmlformats-officedocument.wordprocessingml.document':
    case 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet':
      return ACTIVE_OFFICE.test(bytes.toString('latin1'));
    case 'text/plain':
      return ACTIVE_TEXT.test(bytes.toString('utf8'));
    case 'image/jpeg':
    case 'image/png':
      return false;
    default:
      mediaType satisfies never;
      return true;
  }
}

/** A PDF's names may write any sign as #xx: `/J#61vaScript` is the same word. */
function unescaped(text: string): string {
  return text.replace(/#([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
