import type { Material } from '@liandong/schema/case';
import type { FileForm, PaperAddressView, papers } from '@liandong/schema/domains/papers';
import { isDrawn } from '@liandong/schema/domains/papers';
import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { StoredCase } from '../cases/index.ts';
import { readableCase } from '../cases/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { getTracked } from '../filing/index.ts';
import { getShownMaterial } from '../joint/index.ts';
import { absentMaterials } from '../materials/index.ts';
import type { ContentsParts } from './contents.ts';
import { filePart, heldPapers, paperPage, paperPart, papersIn } from './contents.ts';
import { addressOf, openTicket } from './ticket.ts';

/** 阅卷 at one node: the papers whose bytes it holds, for the readers of their cases. */
export function papersHandlers(parts: ContentsParts): NodeHandlers<typeof papers> {
  const { node, now } = parts;

  /** @throws {ProblemError} NOT_FOUND if the file has no such paper, or its bytes are not here */
  async function openPaper(
    queries: NodeQueries,
    paper: Material | undefined,
    viewer: Viewer | null,
  ): Promise<PaperAddressView> {
    if (!paper) throw problem('NOT_FOUND', 'The file has no such paper.', { node, field: 'sha256' });
    if ((await absentMaterials(queries, [paper])).length > 0) {
      throw problem('NOT_FOUND', `${node} does not hold this paper. Ask the desk that holds the case.`, { node });
    }
    if (isDrawn(paper.mediaType)) parts.renderer.wake();
    return addressOf({ node, vault: queries.vault }, { paper }, viewer, now());
  }

  /** @throws {ProblemError} NOT_FOUND if no paper of the case is here */
  async function openFile(
    queries: NodeQueries,
    { id, number }: { id: string; number: string },
    form: FileForm,
    viewer: Viewer | null,
  ): Promise<PaperAddressView> {
    if ((await heldPapers(queries, id)).length === 0) {
      throw problem('NOT_FOUND', `${node} holds no paper of this case. Ask the desk that holds it.`, { node });
    }
    return addressOf({ node, vault: queries.vault }, { case: id, number, form }, viewer, now());
  }

  return {
    async casePapers({ viewer, queries, input }) {
      return papersIn(await readableCase(parts, queries, viewer, input.case, 'case'));
    },

    async paperAddress({ viewer, queries, input }) {
      const stored = await readableCase(parts, queries, viewer, input.case, 'case');
      return openPaper(queries, paperIn(stored, input.sha256), viewer);
    },

    async caseFileAddress({ viewer, queries, input: { case: id, form } }) {
      const { file } = await readableCase(parts, queries, viewer, id, 'case');
      return openFile(queries, { id, number: file.number }, form, viewer);
    },

    async opinionPaperAddress({ viewer, queries, input }) {
      return openPaper(queries, await getShownMaterial(parts, queries, viewer, input), viewer);
    },

    async trackedPapers({ queries, input: { number, code } }) {
      return papersIn(await getTracked(queries, number, code));
    },

    async trackedPaperAddress({ queries, input: { number, code, sha256 } }) {
      return openPaper(queries, paperIn(await getTracked(queries, number, code), sha256), null);
    },

    async trackedFileAddress({ queries, input: { number, code, form } }) {
      const { file } = await getTracked(queries, number, code);
      return openFile(queries, { id: file.id, number }, form, null);
    },

    async paperPart({ viewer, queries, input: { ticket, entry, offset, length } }) {
      const { opens, ...asked } = await openTicket(queries.vault, ticket, viewer, now());
      if (!('paper' in opens)) return filePart(parts, queries, { opens, ...asked }, entry, { offset, length });
      return paperPart(queries, opens.paper, { offset, length });
    },

    async paperPage({ viewer, queries, input: { ticket, page } }) {
      const { opens } = await openTicket(queries.vault, ticket, viewer, now());
      if (!('paper' in opens)) throw problem('BAD_INPUT', 'A whole file has no pages of its own.', { field: 'ticket' });
      const { bytes, pages } = await paperPage(parts, queries, opens.paper, page);
      return { bytes: Buffer.from(bytes).toString('base64'), pages };
    },
  };
}

const paperIn = (stored: StoredCase, digest: string) =>
  papersIn(stored).find(({ material }) => material.sha256 === digest)?.material;
