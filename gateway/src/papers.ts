import type { ExecutionRequest, ExecutionResult } from '@graphql-tools/utils';
import { MAX_PART_BYTES } from '@liandong/schema/domains/papers';
import type { PaperPartView } from '@liandong/schema/domains/papers';
import type { Problem } from '@liandong/schema/kernel';
import { ERRORS, isErrorCode } from '@liandong/schema/kernel';
import { parse } from 'graphql';
import type { GatewayContext } from './context.ts';
import { refusal } from './edge-guard.ts';

/** Asks the graph's role that papers belong to. */
type Ask = (request: ExecutionRequest) => Promise<ExecutionResult>;

const PART = parse(`query ($division: ID!, $ticket: String!, $offset: Int!, $length: Int!) {
  paperPart(division: $division, ticket: $ticket, offset: $offset, length: $length) {
    bytes size sha256 fileName contentType inline
  }
}`);

/** A paper is shown alone: it runs nothing, loads nothing, and stands in no frame. */
const ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** A stretch of bytes, the last one included. */
interface Stretch {
  first: number;
  last: number;
}

/**
 * Answers an address of a paper (`/papers/<node>/<ticket>`) with its bytes, or with a range of them (RFC 9110 §14). The
 * node that holds them judges ticket and reader for every part; parts are fetched only as fast as the reader takes
 * them.
 * @param contextOf the caller, with a deadline for the next part
 * @returns null if the path is no such address
 */
export async function paperAnswer(
  request: Request,
  ask: Ask,
  contextOf: () => GatewayContext,
): Promise<Response | null> {
  const [, division, ticket] = /^\/papers\/(\d{6,12})\/([\w.-]+)$/.exec(new URL(request.url).pathname) ?? [];
  if (division === undefined || ticket === undefined) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refusal(405, 'BAD_INPUT', 'A paper is read with GET or HEAD.', { allow: 'GET, HEAD' });
  }
  const part = (offset: number, length: number) =>
    partOf(ask({ document: PART, variables: { division, ticket, offset, length }, context: contextOf() }));
  const paper = await part(0, 0);
  if ('problem' in paper) return refused(paper.problem);
  const wanted = rangeOf(request.headers, paper.size, `"${paper.sha256}"`);
  if (wanted === 'NOT_SATISFIABLE') {
    return refusal(416, 'BAD_INPUT', `range: the paper has ${paper.size} bytes.`, {
      'content-range': `bytes */${paper.size}`,
    });
  }
  const stretch = wanted ?? { first: 0, last: paper.size - 1 };
  return new Response(request.method === 'HEAD' ? null : bytesOf(stretch, part), {
    status: wanted === null ? 200 : 206,
    headers: headersOf(paper, stretch, wanted !== null),
  });
}

function headersOf(paper: PaperPartView, { first, last }: Stretch, partial: boolean): HeadersInit {
  const shown = paper.inline ? 'inline' : 'attachment';
  return {
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'content-disposition': `${shown}; filename*=UTF-8''${encodeURIComponent(paper.fileName).replace(/['()*]/g, escaped)}`,
    'content-length': String(last - first + 1),
    'content-security-policy': ALONE,
    'content-type': paper.contentType,
    etag: `"${paper.sha256}"`,
    ...(partial ? { 'content-range': `bytes ${first}-${last}/${paper.size}` } : {}),
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

/** The bytes of a stretch, part by part; it breaks off if the node can't give the next one. */
function bytesOf(
  { first, last }: Stretch,
  part: (offset: number, length: number) => Promise<PaperPartView | { problem: Problem }>,
): ReadableStream<Uint8Array> {
  let next = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // parts end where the sealed pieces end, so that the node opens each piece once
        const length = Math.min(MAX_PART_BYTES - (next % MAX_PART_BYTES), last - next + 1);
        const found = await part(next, length);
        if ('problem' in found) return controller.error(new Error(found.problem.message));
        controller.enqueue(Buffer.from(found.bytes, 'base64'));
        next += length;
        if (next > last) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function partOf(asked: Promise<ExecutionResult>): Promise<PaperPartView | { problem: Problem }> {
  const { data, errors } = await asked;
  const part = (data as { paperPart?: PaperPartView | null } | null | undefined)?.paperPart;
  if (part) return part;
  const [error] = errors ?? [];
  const code = error?.extensions?.['code'];
  const known = isErrorCode(code) ? code : 'INTERNAL';
  return {
    problem: { code: known, message: error?.message ?? 'Internal error.', article: null, field: null, node: null },
  };
}

const refused = ({ code, message }: Problem) => refusal(ERRORS[code].http, code, message);
