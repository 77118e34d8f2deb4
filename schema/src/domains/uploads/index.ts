/** 上传: files that come in pieces before an application names them. */
export { uploads } from './operations.ts';
export { judgePiece } from './rules.ts';
export { MAX_PIECE_BYTES, MAX_UPLOAD_BYTES, MOST_UPLOADED_BYTES, MOST_UPLOADS, UPLOAD_MS } from './views.ts';
export type { UploadView } from './views.ts';
