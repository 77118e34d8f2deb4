import { setTimeout as pause } from 'node:timers/promises';
import { MAX_PART_BYTES } from '@liandong/schema/domains/papers';
import type { PaperPageView, PaperPartView } from '@liandong/schema/domains/papers';
import type { DocumentNode } from 'graphql';
import { parse } from 'graphql';
import { refusal } from './edge-guard.ts';
import type { GatewayContext } from './context.ts';
import type { Answer, Ask } from './role-asks.ts';
import { answerOf, isProblem, refused } from './role-asks.ts';
import { streamOf, zipOf } from './zip.ts';

const PART = parse(`query ($division: ID!, $ticket: String!, $entry: Int!, $offset: Int!, $length: Int!) {
  answer: paperPart(division: $division, ticket: $ticket, entry: $entry, offset: $offset, length: $length) {
    bytes size sha256 fileName contentType inline entries
  }
}`);
const PAGE = parse(`query ($division: ID!, $ticket: String!, $page: Int!) {
  answer: paperPage(division: $division, ticket: $ticket, page: $page) { bytes pages }
}`);

/** Longest wait for a node that draws a paper, ms, and the time between two questions. */
const PREPARING_MS = 130_000;
const ASK_AGAIN_MS = 100;

/** A paper is shown alone: it runs nothing, loads nothing, and stands in no frame. */
const ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** A stretch of bytes, the last one included. */
interface Stretch {
  first: number;
  last: number;
}

/**
 * Answers an address of a paper (`/papers/<node>/<ticket>`) with its bytes, or with a range of them (RFC 9110 §14), and
 * `<address>/<page>` with a picture of one page. The node that holds the bytes judges ticket and reader for every part;
 * parts are fetched only as fast as the reader takes them.
 * @param contextOf the caller, with a deadline for the next part
 * @returns null if the path is no such address
 */
export async function paperAnswer(
  request: Request,
  ask: Ask,
  contextOf: () => GatewayContext,
): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const [, division, ticket, page] = /^\/papers\/(\d{6,12})\/([\w.-]+)(?:\/([1-9]\d{0,4}))?$/.exec(pathname) ?? [];
  if (division === undefined || ticket === undefined) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refusal(405, 'BAD_INPUT', 'A paper is read with GET or HEAD.', { allow: 'GET, HEAD' });
  }
  const asked = <T>(document: DocumentNode, variables: object): Promise<Answer<T>> =>
    whenPrepared(request.signal, () =>
      answerOf<T>(ask({ document, variables: { division, ticket, ...variables }, context: contextOf() })),
    );
  if (page !== undefined) return pageAnswer(request, await asked<PaperPageView>(PAGE, { page: Number(page) }));
  return new Paper(request, (entry, offset, length) => asked(PART, { entry, offset, length }), headersOf).answer();
}

function pageAnswer({ method }: Request, page: Answer<PaperPageView>): Response {
  if ('problem' in page) return refused(page.problem);
  const jpeg = Buffer.from(page.bytes, 'base64');
  const headers = {
    'cache-control': 'private, no-store',
    'content-length': String(jpeg.length),
    'content-security-policy': ALONE,
    'content-type': 'image/jpeg',
    'paper-pages': String(page.pages),
  };
  return new Response(method === 'HEAD' ? null : jpeg, { headers });
}

/** Asks for a part: of the paper itself (0), or of a paper in a ZIP. */
type AskPart = (entry: number, offset: number, length: number) => Promise<Answer<PaperPartView>>;

/** A paper, a whole file or a form as it is asked for. */
export class Paper {
  readonly #request: Request;
  readonly #part: AskPart;
  readonly #headersOf: (paper: PaperPartView) => Record<string, string>;

  constructor(request: Request, part: AskPart, headersOfPaper: (paper: PaperPartView) => Record<string, string>) {
    this.#request = request;
    this.#part = part;
    this.#headersOf = headersOfPaper;
  }

  async answer(): Promise<Response> {
    const { method, headers } = this.#request;
    const paper = await this.#part(0, 0, 0);
    if ('problem' in paper) return refused(paper.problem);
    if (paper.entries > 0) {
      const zip = method === 'HEAD' ? null : streamOf(zipOf(this.#entries(paper.entries)));
      return new Response(zip, { headers: this.#headersOf(paper) });
    }
    const wanted = rangeOf(headers, paper.size, `"${paper.sha256}"`);
    if (wanted === 'NOT_SATISFIABLE') {
      const range = { 'content-range': `bytes */${paper.size}` };
      return refusal(416, 'BAD_INPUT', `range: the paper has ${paper.size} bytes.`, range);
    }
    const { first, last } = wanted ?? { first: 0, last: paper.size - 1 };
    return new Response(method === 'HEAD' ? null : streamOf(this.#bytes(0, first, last)), {
      status: wanted === null ? 200 : 206,
      headers: {
        ...this.#headersOf(paper),
        'accept-ranges': 'bytes',
        'content-length': String(last - first + 1),
        etag: `"${paper.sha256}"`,
        ...(wanted === null ? {} : { 'content-range': `bytes ${first}-${last}/${paper.size}` }),
      },
    });
  }

  /** The papers of a ZIP, one after the other. */
  async *#entries(count: number) {
    for (let entry = 1; entry <= count; entry++) {
      const paper = known(await this.#part(entry, 0, 0));
      yield { name: paper.fileName, bytes: this.#bytes(entry, 0, paper.size - 1) };
    }
  }

  /** The bytes of a stretch, part by part. @throws {Error} if the node can't give the next one */
  async *#bytes(entry: number, first: number, last: number): AsyncGenerator<Uint8Array> {
    for (let next = first; next <= last;) {
      // parts end where the sealed pieces end, so that the node opens each piece once
      const length = Math.min(MAX_PART_BYTES - (next % MAX_PART_BYTES), last - next + 1);
      yield Buffer.from(known(await this.#part(entry, next, length)).bytes, 'base64');
      next += length;
    }
  }
}

/** Headers of a file that is shown alone. */
export function headersOf({ fileName, contentType, inline }: PaperPartView): Record<string, string> {
  const name = encodeURIComponent(fileName).replace(/['()*]/g, escaped);
  return {
    'cache-control': 'private, no-store',
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
    'content-security-policy': ALONE,
    'content-type': contentType,
  };
}

/** As RFC 8187 §3.2.1 asks for signs that `encodeURIComponent` leaves as they are. */
const escaped = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * The one range asked for. Null for the whole: without a range, with several, with one that is malformed, or with one of
 * another version of the paper; RFC 9110 §14.2 lets a server ignore those.
 */
function rangeOf(headers: Headers, size: number, etag: string): Stretch | 'NOT_SATISFIABLE' | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.get('range') ?? '') ?? [];
  if (from === '' && to === '') return null;
  const unless = headers.get('if-range');
  if (unless !== null && unless !== etag) return null;
  if (from === '') return to === '0' ? 'NOT_SATISFIABLE' : { first: Math.max(0, size - Number(to)), last: size - 1 };
  const [first, last] = [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)];
  if (to !== '' && Number(to) < first) return null;
  return first >= size ? 'NOT_SATISFIABLE' : { first, last };
}

/** Asks again while the node draws the paper and the reader waits. */
async function whenPrepared<T>(reader: AbortSignal, ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
  const until = performance.now() + PREPARING_MS;
  for (;;) {
    const answer = await ask();
    const preparing = isProblem(answer) && answer.problem.code === 'PAPER_PREPARING';
    if (!preparing || reader.aborted || performance.now() > until) return answer;
    await pause(ASK_AGAIN_MS);
  }
}

function known<T extends object>(answer: Answer<T>): T {
  if (isProblem(answer)) throw new Error(answer.problem.message);
  return answer;
}
