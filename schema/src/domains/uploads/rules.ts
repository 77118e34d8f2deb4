import { problem } from '../../kernel/errors.ts';

/** An upload's bytes: how many it has in all, and how many came so far, in order. */
export interface Progress {
  size: number;
  received: number;
}

/**
 * What becomes of a piece: TAKE if it begins where the upload stands, KNOWN if all its bytes came before. A piece that was
 * sent again after a broken connection is KNOWN.
 * @param offset where the piece begins, 0 for the first byte
 * @param length its bytes
 * @throws {ProblemError} UPLOAD_OFFSET for a piece that leaves a gap or overlaps; PAYLOAD_TOO_LARGE behind the end
 */
export function judgePiece({ size, received }: Progress, offset: number, length: number): 'TAKE' | 'KNOWN' {
  if (offset + length > size) {
    throw problem('PAYLOAD_TOO_LARGE', `The file was said to have ${size} bytes; this piece goes beyond them.`, {
      field: 'bytes',
    });
  }
  if (offset + length <= received) return 'KNOWN';
  if (offset === received) return 'TAKE';
  throw problem('UPLOAD_OFFSET', `The upload stands at byte ${received}; go on from there.`, { field: 'offset' });
}
