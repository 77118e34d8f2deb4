import { z } from 'zod';
import { sha256Schema } from '../../case/line-parts.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { text } from '../../operation/input-parts.ts';
import { mutation, query } from '../../operation/operation.ts';
import { VIEWERS_DESK } from '../../operation/route.ts';
import { mediaType } from '../filing/media-types.ts';
import { MAX_PIECE_BYTES, MAX_UPLOAD_BYTES, Upload } from './views.ts';

const article = ARTICLES.postDuties;
const upload = z.uuid().meta({ scalar: 'ID' });

/**
 * Opens an upload at the caller's desk.
 * @throws {ProblemError} BAD_INPUT; PAYLOAD_TOO_LARGE while too many uploads wait for an application
 */
export const openUpload = mutation('openUpload', {
  zh: '上传材料',
  about:
    'opens an upload of at most 20 MiB. Its pieces follow with `addToUpload`, or at its path by the protocol of resumable uploads (tus 1.0). An application then names it among its materials. What none names goes after a day.',
  by: 'FILE_CASE',
  article,
  input: {
    fileName: text(200),
    mediaType,
    size: z
      .int()
      .min(1)
      .max(MAX_UPLOAD_BYTES, `is above ${MAX_UPLOAD_BYTES} bytes`)
      .meta({ description: 'Bytes of the whole file.' }),
    sha256: sha256Schema.meta({ description: 'SHA-256 of the whole file, hexadecimal.' }),
  },
  answer: Upload,
});

/**
 * Takes the next piece. The last one makes the file whole: its digest and kind are checked then.
 * @throws {ProblemError} NOT_FOUND for an unknown upload, another person's, or one that has expired; UPLOAD_OFFSET,
 *   PAYLOAD_TOO_LARGE, BAD_INPUT; with the last piece MATERIAL_CORRUPT, MATERIAL_MISLABELLED, MATERIAL_ENCRYPTED,
 *   MATERIAL_TORN, MATERIAL_OVERSIZED, MATERIAL_ACTIVE
 */
export const addToUpload = mutation('addToUpload', {
  zh: '上传材料',
  about: 'takes the next piece of an upload. A piece that came before changes nothing.',
  by: 'FILE_CASE',
  article,
  input: {
    upload,
    offset: z.int().min(0).meta({ description: 'Where it begins; 0 is the first byte.' }),
    bytes: z
      .string()
      .min(4, 'has no bytes')
      .max(Math.ceil(MAX_PIECE_BYTES / 3) * 4, `is above ${MAX_PIECE_BYTES} bytes`)
      .meta({ scalar: 'Base64', description: 'At most 512 KiB.' }),
  },
  answer: Upload,
});

/** @throws {ProblemError} NOT_FOUND, as {@link addToUpload} */
export const discardUpload = mutation('discardUpload', {
  zh: '撤销上传',
  about: 'removes an upload that no application has used.',
  by: 'FILE_CASE',
  article,
  input: { upload },
  answer: Upload,
});

/** @throws {ProblemError} NOT_FOUND, as {@link addToUpload} */
export const uploadOf = query('upload', {
  zh: '上传进度',
  about: "how far one of the caller's uploads is.",
  by: 'FILE_CASE',
  article,
  input: { id: upload },
  route: VIEWERS_DESK,
  answer: Upload,
});

export const uploads = domain('uploads', {
  zh: '上传材料',
  role: 'filing',
  operations: { openUpload, addToUpload, discardUpload, upload: uploadOf },
});
