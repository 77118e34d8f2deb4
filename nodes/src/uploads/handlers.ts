import { randomUUID } from 'node:crypto';
import type { UploadView, uploads } from '@liandong/schema/domains/uploads';
import { judgePiece, MOST_UPLOADED_BYTES, MOST_UPLOADS, UPLOAD_MS } from '@liandong/schema/domains/uploads';
import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeHandlers, NodeQueries, SharedTx } from '../db/index.ts';
import { decodeBase64, stageMaterial } from '../materials/index.ts';
import type { UploadRow } from './tables.ts';
import {
  addPiece,
  countWaiting,
  endUpload,
  getUploads,
  insertUpload,
  markComplete,
  readPieces,
} from './upload-store.ts';

/** 上传 at one node: files that its people send in pieces, before an application names them. */
export function uploadHandlers({ now }: { now: () => Date }): NodeHandlers<typeof uploads> {
  /** @throws {ProblemError} NOT_FOUND */
  async function getOwn(queries: NodeQueries, viewer: Viewer, id: string, lock: 'LOCK' | 'READ'): Promise<UploadRow> {
    const [row] = await getUploads(queries, viewer, [id], { now: now(), lock, field: () => 'upload' });
    if (!row) throw problem('NOT_FOUND', `There is no upload ${id}.`, { field: 'upload' });
    return row;
  }

  return {
    async openUpload({ viewer, tx, input: { fileName, mediaType, size, sha256 }, once }) {
      const id = await once(async () => {
        await requireRoom(tx, viewer, size, now());
        const made = randomUUID();
        const { issuer, sub } = viewer;
        const expiresAt = new Date(now().getTime() + UPLOAD_MS);
        const own = { id: made, issuer, sub, fileName, mediaType, size, sha256 };
        await insertUpload(tx, { ...own, expiresAt, completedAt: null, usedAt: null });
        return made;
      });
      return viewOf(await getOwn(tx, viewer, id, 'READ'));
    },

    async addToUpload({ viewer, tx, input, once }) {
      const { upload: id, offset } = input;
      const bytes = decodeBase64(input.bytes, 'bytes');
      await once(async () => {
        const upload = await getOwn(tx, viewer, id, 'LOCK');
        if (judgePiece(upload, offset, bytes.length) === 'KNOWN') return true;
        await addPiece(tx, upload, bytes);
        if (offset + bytes.length === upload.size) await complete(tx, upload, now());
        return true;
      });
      return viewOf(await getOwn(tx, viewer, id, 'READ'));
    },

    async discardUpload({ viewer, tx, input: { upload: id }, once }) {
      return once(async () => {
        const upload = await getOwn(tx, viewer, id, 'LOCK');
        if (upload.usedAt !== null) {
          throw problem('ILLEGAL_STEP', 'An application has this file; it can’t be discarded.', { field: 'upload' });
        }
        await endUpload(tx, upload, now());
        return viewOf(upload);
      });
    },

    async upload({ viewer, queries, input: { id } }) {
      return viewOf(await getOwn(queries, viewer, id, 'READ'));
    },
  };
}

async function complete(tx: SharedTx, upload: UploadRow, now: Date): Promise<void> {
  await stageMaterial(tx, upload, await readPieces(tx, upload), upload.expiresAt);
  await markComplete(tx, upload.id, now);
}

/** @throws {ProblemError} PAYLOAD_TOO_LARGE while too many uploads of the person wait for an application */
async function requireRoom(tx: SharedTx, viewer: Viewer, size: number, now: Date): Promise<void> {
  const { uploads, bytes } = await countWaiting(tx, viewer, now);
  if (uploads < MOST_UPLOADS && bytes + size <= MOST_UPLOADED_BYTES) return;
  const message = `You have ${uploads} uploads of ${bytes} bytes that no application names; use or discard some first.`;
  throw problem('PAYLOAD_TOO_LARGE', message, { field: 'size' });
}

function viewOf({ id, fileName, mediaType, size, sha256, received, completedAt, expiresAt }: UploadRow): UploadView {
  const complete = completedAt !== null;
  return { id, path: `/uploads/${id}`, fileName, mediaType, size, sha256, received, complete, expiresAt };
}
