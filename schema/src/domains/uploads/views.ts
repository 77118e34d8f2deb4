import { view } from '../../operation/operation.ts';

/** Largest file that is uploaded, bytes: 20 MiB. */
export const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;
/** Most bytes of one piece; the pieces in which the node seals them are as long. */
export const MAX_PIECE_BYTES = 512 * 1024;
/** How long an upload waits for its application, ms: a day. */
export const UPLOAD_MS = 24 * 3_600_000;
/** Most uploads of one person that wait for an application, and their bytes together: 400 MiB. */
export const MOST_UPLOADS = 100;
export const MOST_UPLOADED_BYTES = 400 * 1024 * 1024;

/** A file that is uploaded in pieces, or waits for the application that names it. */
export interface UploadView {
  id: string;
  /** Path at the gateway, from the root: `/uploads/<id>`. */
  path: string;
  fileName: string;
  mediaType: string;
  /** Bytes of the whole. */
  size: number;
  sha256: string;
  /** Bytes that came so far, in order: the next piece begins there. */
  received: number;
  /** Whether all bytes came, match the digest, and are what they were said to be. */
  complete: boolean;
  expiresAt: Date;
}

export const Upload = view<UploadView>('Upload', { type: 'UploadPayload', field: 'upload' });
