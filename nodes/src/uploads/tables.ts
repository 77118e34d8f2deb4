import type { MaterialMediaType } from '@liandong/schema/domains/filing';
import type { NewRowOf, RowOf } from '../db/table.ts';
import { generated, instant, integer, nullable, sealed, table, text, textOf, uuid } from '../db/table.ts';

/** Files that people upload in pieces; the pieces stand in a table of their own until the last has come. */
export const uploadsTable = table('uploads', ['id'], {
  id: uuid,
  issuer: text,
  sub: text,
  fileName: sealed(text),
  mediaType: textOf<MaterialMediaType>(),
  /** Bytes of the whole. */
  size: integer,
  /** Bytes that came so far, in order. */
  received: generated(integer),
  sha256: text,
  expiresAt: instant,
  /** When all bytes had come and were checked. */
  completedAt: nullable(instant),
  /** When an application first named it. */
  usedAt: nullable(instant),
});
export type UploadRow = RowOf<typeof uploadsTable>;
export type NewUpload = NewRowOf<typeof uploadsTable>;
