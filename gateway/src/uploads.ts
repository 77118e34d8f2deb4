import type { UploadView } from '@liandong/schema/domains/uploads';
import { MAX_PIECE_BYTES, MAX_UPLOAD_BYTES } from '@liandong/schema/domains/uploads';
import type { Problem } from '@liandong/schema/kernel';
import type { DocumentNode } from 'graphql';
import { parse } from 'graphql';
import type { GatewayContext } from './context.ts';
import { refusal } from './edge-guard.ts';
import type { Answer, Ask } from './role-asks.ts';
import { answerOf, isProblem, refused } from './role-asks.ts';

const FIELDS = `upload { id path size received expiresAt } errors { code message field }`;
const OPEN = parse(`mutation ($input: OpenUploadInput!) { answer: openUpload(input: $input) { ${FIELDS} } }`);
const ADD = parse(`mutation ($input: AddToUploadInput!) { answer: addToUpload(input: $input) { ${FIELDS} } }`);
const DISCARD = parse(`mutation ($input: DiscardUploadInput!) { answer: discardUpload(input: $input) { ${FIELDS} } }`);
const PROGRESS = parse(`query ($id: ID!) { answer: upload(id: $id) { id path size received expiresAt } }`);

/** What the gateway needs of an upload; dates come as text. */
type Upload = Pick<UploadView, 'id' | 'path' | 'size' | 'received'> & { expiresAt: string };
interface Payload {
  upload: Upload | null;
  errors: Pick<Problem, 'code' | 'message' | 'field'>[];
}

/** The version of the protocol that is spoken here. */
const TUS = '1.0.0';
const PIECE_TYPE = 'application/offset+octet-stream';

/**
 * Answers the protocol of resumable uploads (tus 1.0.0 with creation, expiration and termination) at `/uploads` and
 * `/uploads/<id>`, for a caller with a login. The node keeps every piece as it comes: what was sent before a connection
 * broke need not be sent again. A piece goes on only when the node has stored the one before it.
 * @param contextOf the caller, with a deadline for the next piece
 */
export async function uploadAnswer(request: Request, ask: Ask, contextOf: () => GatewayContext): Promise<Response> {
  const { pathname } = new URL(request.url);
  const [, id] = /^\/uploads\/([0-9a-f-]{36})$/.exec(pathname) ?? [];
  const asked = (document: DocumentNode, variables: object) =>
    uploadIn(answerOf<Payload | Upload>(ask({ document, variables, context: contextOf() })));
  const spoken = request.headers.get('tus-resumable');
  if (spoken !== TUS) return refusal(412, 'BAD_INPUT', `tus-resumable: this speaks ${TUS}.`, { 'tus-version': TUS });
  const { method } = request;
  if (id === undefined) {
    if (pathname !== '/uploads') return refusal(404, 'NOT_FOUND', 'This is no address of an upload.');
    return method === 'POST' ? opened(request, asked) : notAllowed('POST');
  }
  if (method === 'HEAD') return progress(await asked(PROGRESS, { id }), 200);
  if (method === 'PATCH') return received(request, (input) => asked(ADD, { input: { upload: id, ...input } }));
  if (method === 'DELETE') return discarded(await asked(DISCARD, { input: { upload: id } }));
  return notAllowed('HEAD, PATCH, DELETE');
}

const notAllowed = (allow: string) => refusal(405, 'BAD_INPUT', `Here an upload takes ${allow}.`, { allow });

/** The upload a query or a mutation answers, or why it did not. */
async function uploadIn(asked: Promise<Answer<Payload | Upload>>): Promise<Answer<Upload>> {
  const answer = await asked;
  if (isProblem(answer) || !('errors' in answer)) return answer;
  const [problem] = answer.errors;
  if (problem) return { problem: { ...problem, article: null, node: null } };
  if (answer.upload) return answer.upload;
  throw new Error('an upload was answered with neither itself nor a problem');
}

function told(upload: Upload): Record<string, string> {
  return {
    'tus-resumable': TUS,
    'upload-offset': String(upload.received),
    'upload-length': String(upload.size),
    'upload-expires': new Date(upload.expiresAt).toUTCString(),
  };
}

function progress(upload: Answer<Upload>, status: 200 | 204): Response {
  if (isProblem(upload)) return refused(upload.problem, { 'tus-resumable': TUS });
  return new Response(null, { status, headers: told(upload) });
}

function discarded(upload: Answer<Upload>): Response {
  if (isProblem(upload)) return refused(upload.problem, { 'tus-resumable': TUS });
  return new Response(null, { status: 204, headers: { 'tus-resumable': TUS } });
}

/** Opens an upload: `Upload-Length`, and `filename`, `filetype` and `sha256` in `Upload-Metadata`. */
async function opened(
  request: Request,
  asked: (document: DocumentNode, variables: object) => Promise<Answer<Upload>>,
): Promise<Response> {
  const size = wholeNumber(request.headers.get('upload-length'));
  if (size === null) return refusal(400, 'BAD_INPUT', 'upload-length: the bytes of the whole file are missing.');
  if (size > MAX_UPLOAD_BYTES) {
    return refusal(413, 'PAYLOAD_TOO_LARGE', `upload-length: is above ${MAX_UPLOAD_BYTES} bytes.`);
  }
  const metadata = metadataOf(request.headers.get('upload-metadata') ?? '');
  const [fileName, mediaType, sha256] = ['filename', 'filetype', 'sha256'].map((key) => metadata.get(key) ?? '');
  const upload = await asked(OPEN, { input: { fileName, mediaType, size, sha256 } });
  if (isProblem(upload)) return refused(upload.problem, { 'tus-resumable': TUS });
  return new Response(null, { status: 201, headers: { ...told(upload), location: upload.path } });
}

/** `filename dGVzdA==,sha256 …`: keys with their values in base64. */
function metadataOf(header: string): Map<string, string> {
  const pairs = header.split(',').map((pair) => pair.trim().split(' '));
  return new Map(pairs.map(([key = '', value = '']) => [key, Buffer.from(value, 'base64').toString('utf8')]));
}

interface PieceInput {
  offset: number;
  /** Base64. */
  bytes: string;
}

/** Takes the bytes from an offset on, piece by piece. What a torn body brought is kept. */
async function received(request: Request, add: (piece: PieceInput) => Promise<Answer<Upload>>): Promise<Response> {
  if (request.headers.get('content-type') !== PIECE_TYPE) {
    return refusal(415, 'BAD_INPUT', `content-type: bytes of an upload come as ${PIECE_TYPE}.`);
  }
  let offset = wholeNumber(request.headers.get('upload-offset'));
  if (offset === null) return refusal(400, 'BAD_INPUT', 'upload-offset: where the bytes begin is missing.');
  let upload: Answer<Upload> | null = null;
  for await (const piece of piecesOf(request.body)) {
    upload = await add({ offset, bytes: piece.toString('base64') });
    if (isProblem(upload)) return refused(upload.problem, { 'tus-resumable': TUS });
    offset += piece.length;
  }
  if (upload === null) return refusal(400, 'BAD_INPUT', 'The body has no bytes.');
  return progress(upload, 204);
}

/** A body in pieces of the length the node seals. Of a body that breaks off the last piece is shorter. */
async function* piecesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of untilTorn(body)) {
    waiting.push(chunk);
    bytes += chunk.length;
    while (bytes >= MAX_PIECE_BYTES) {
      const whole = Buffer.concat(waiting);
      yield whole.subarray(0, MAX_PIECE_BYTES);
      waiting = [whole.subarray(MAX_PIECE_BYTES)];
      bytes -= MAX_PIECE_BYTES;
    }
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** The bytes of a body up to where its sender went; they go on from where the upload stands. */
async function* untilTorn(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  for (;;) {
    const next = await reader?.read().catch(() => null);
    if (!next || next.done) return;
    yield next.value;
  }
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
