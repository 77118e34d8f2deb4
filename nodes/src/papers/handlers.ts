import type { Material } from '@liandong/schema/case';
import type { PaperAddressView, PaperPartView, papers } from '@liandong/schema/domains/papers';
import { isShownInline, papersOf } from '@liandong/schema/domains/papers';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { StoredCase } from '../cases/index.ts';
import { readableCase } from '../cases/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { getTracked } from '../filing/index.ts';
import { getShownMaterial } from '../joint/index.ts';
import { absentMaterials, charsetOf, readMaterial, readPart } from '../materials/index.ts';
import { addressOf, openTicket } from './ticket.ts';

export interface PapersParts {
  node: DivisionCode;
  divisions: Divisions;
  now: () => Date;
}

/** 阅卷 at one node: the papers whose bytes it holds, for those whom their cases concern. */
export function papersHandlers(parts: PapersParts): NodeHandlers<typeof papers> {
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
    return addressOf({ node, vault: queries.vault }, paper, viewer, now());
  }

  return {
    async casePapers({ viewer, queries, input }) {
      return papersIn(await readableCase(parts, queries, viewer, input.case, 'case'));
    },

    async paperAddress({ viewer, queries, input }) {
      const stored = await readableCase(parts, queries, viewer, input.case, 'case');
      return openPaper(queries, paperIn(stored, input.sha256), viewer);
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

    async paperPart({ viewer, queries, input: { ticket, offset, length } }): Promise<PaperPartView> {
      const { sha256, size, fileName, mediaType } = await openTicket(queries.vault, ticket, viewer, now());
      if (offset > size) throw problem('BAD_INPUT', `offset: the paper has ${size} bytes.`, { field: 'offset' });
      const some = { sha256, offset, length: Math.min(length, size - offset) };
      const bytes = some.length === 0 ? Buffer.alloc(0) : await readPart(queries, some);
      if (!bytes) throw problem('NOT_FOUND', `${node} does not hold this paper any more.`, { node });
      const contentType = await contentTypeOf(queries, sha256, mediaType);
      return { bytes: bytes.toString('base64'), size, sha256, fileName, contentType, inline: isShownInline(mediaType) };
    },
  };
}

const papersIn = ({ lines }: StoredCase) => papersOf(lines.map(({ line }) => line));

const paperIn = (stored: StoredCase, digest: string) =>
  papersIn(stored).find(({ material }) => material.sha256 === digest)?.material;

/** Text is shown as text whatever its markup, and with its charset: desks hand in UTF-8 and GB 18030. */
async function contentTypeOf(queries: NodeQueries, digest: string, mediaType: string): Promise<string> {
  if (!mediaType.startsWith('text/')) return mediaType;
  const bytes = await readMaterial(queries, digest);
  return `text/plain; charset=${(bytes && charsetOf(bytes)) ?? 'utf-8'}`;
}
