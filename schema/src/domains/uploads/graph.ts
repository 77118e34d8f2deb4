import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { uploads } from './operations.ts';
import type { UploadView } from './views.ts';

/** Fields of uploads. */
export function addUploads(role: RoleBuilder): void {
  addOperations(role, uploads, { Upload: uploadRef(role) });
}

function uploadRef({ builder }: RoleBuilder) {
  return builder.objectRef<UploadView>('Upload').implement({
    description: '上传: a file that comes in pieces, or waits for the application that names it.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      path: t.exposeString('path', {
        nullable: false,
        description:
          'Path at the gateway for the protocol of resumable uploads (tus 1.0), with the login that opened it.',
      }),
      fileName: t.exposeString('fileName', { nullable: false }),
      mediaType: t.exposeString('mediaType', { nullable: false }),
      size: t.exposeInt('size', { nullable: false, description: 'Bytes of the whole.' }),
      sha256: t.exposeString('sha256', { nullable: false }),
      received: t.exposeInt('received', {
        nullable: false,
        description: 'Bytes that came so far, in order; the next piece begins there.',
      }),
      complete: t.exposeBoolean('complete', {
        nullable: false,
        description: 'Whether an application may name it: all bytes came, and were checked.',
      }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'When it goes unless an application names it.',
        resolve: (u) => u.expiresAt,
      }),
    }),
  });
}
