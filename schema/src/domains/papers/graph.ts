import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { papers } from './operations.ts';
import type { Paper } from './rules.ts';
import type { PaperAddressView, PaperPageView, PaperPartView } from './views.ts';
import { PAPER_ORIGIN } from './words.ts';

/** Fields of papers, their addresses and their bytes. */
export function addPapers(role: RoleBuilder): void {
  addOperations(role, papers, {
    Paper: paperRef(role),
    PaperAddress: addressRef(role),
    PaperPart: partRef(role),
    PaperPage: pageRef(role),
  });
}

function paperRef({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  return builder.objectRef<Paper>('Paper').implement({
    description: '案卷材料: a paper of a case, with its place among the versions of the same name.',
    fields: (t) => ({
      name: t.string({ nullable: false, resolve: (p) => p.material.name }),
      fileName: t.string({ nullable: false, resolve: (p) => p.material.fileName }),
      mediaType: t.string({ nullable: false, resolve: (p) => p.material.mediaType }),
      sha256: t.string({
        nullable: false,
        description: 'SHA-256 of the bytes, hexadecimal.',
        resolve: (p) => p.material.sha256,
      }),
      size: t.int({ nullable: false, description: 'Bytes.', resolve: (p) => p.material.size }),
      origin: t.field({ type: enumOf(PAPER_ORIGIN), nullable: false, resolve: (p) => p.origin }),
      at: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'When it was handed in or issued.',
        resolve: (p) => p.at,
      }),
      node: t.field({ type: Division, description: 'The desk where that was done.', resolve: (p) => p.node }),
      version: t.exposeInt('version', {
        nullable: false,
        description: '1 for what was first handed in under its name, 2 for what a supplement brought later, …',
      }),
      takenBack: t.exposeBoolean('takenBack', {
        nullable: false,
        description:
          'Whether it was taken back before the case went up: it is kept, and belongs to the application no more.',
      }),
      replacedBy: t.exposeString('replacedBy', {
        description: 'Digest of the first paper of the next version; null for the version that counts.',
      }),
    }),
  });
}

function addressRef({ builder }: RoleBuilder) {
  return builder.objectRef<PaperAddressView>('PaperAddress').implement({
    description: 'Where one reader opens one paper, for a few minutes.',
    fields: (t) => ({
      path: t.exposeString('path', {
        nullable: false,
        description: 'Path at the gateway. It is opened with the login that asked for it; ranges are answered.',
      }),
      expiresAt: t.field({ type: 'DateTime', nullable: false, resolve: (a) => a.expiresAt }),
      fileName: t.exposeString('fileName', { nullable: false }),
      mediaType: t.exposeString('mediaType', { nullable: false }),
      size: t.exposeInt('size', { description: 'Bytes; null for a whole file, which is made when it is opened.' }),
      inline: t.exposeBoolean('inline', {
        nullable: false,
        description: 'Whether it is shown on screen; other papers are downloaded.',
      }),
    }),
  });
}

function partRef({ builder }: RoleBuilder) {
  return builder.objectRef<PaperPartView>('PaperPart').implement({
    description: 'Some bytes of a paper.',
    fields: (t) => ({
      bytes: t.field({ type: 'Base64', nullable: false, resolve: (p) => p.bytes }),
      size: t.exposeInt('size', { nullable: false, description: 'Bytes of the whole paper.' }),
      sha256: t.exposeString('sha256', { nullable: false, description: 'SHA-256 of the whole paper.' }),
      fileName: t.exposeString('fileName', { nullable: false }),
      contentType: t.exposeString('contentType', { nullable: false, description: 'Text with its charset.' }),
      inline: t.exposeBoolean('inline', { nullable: false }),
      entries: t.exposeInt('entries', {
        nullable: false,
        description: 'Papers of a ZIP, which are asked for one by one; 0 for all else.',
      }),
    }),
  });
}

function pageRef({ builder }: RoleBuilder) {
  return builder.objectRef<PaperPageView>('PaperPage').implement({
    description: 'A page of a paper as a picture.',
    fields: (t) => ({
      bytes: t.field({ type: 'Base64', nullable: false, description: 'JPEG.', resolve: (p) => p.bytes }),
      pages: t.exposeInt('pages', { nullable: false, description: 'Pages of the paper.' }),
    }),
  });
}
