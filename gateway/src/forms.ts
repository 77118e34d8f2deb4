import type { FormPartView } from '@liandong/schema/domains/catalogue';
import type { PaperPartView } from '@liandong/schema/domains/papers';
import { parse } from 'graphql';
import type { GatewayContext } from './context.ts';
import { refusal } from './edge-guard.ts';
import { headersOf, Paper } from './papers.ts';
import type { Answer, Ask } from './role-asks.ts';
import { answerOf, isProblem } from './role-asks.ts';

const PART = parse(`query ($division: ID!, $sha256: String!, $offset: Int!, $length: Int!) {
  answer: formPart(division: $division, sha256: $sha256, offset: $offset, length: $length) {
    bytes size fileName mediaType
  }
}`);

/** Its address names its content, so that a browser may keep it for good: a year, the most that RFC 9111 knows of. */
const KEPT = 'public, max-age=31536000, immutable';

/**
 * Answers the address of a form (`/forms/<node>/<SHA-256>`) with its bytes, or a range of them, for anybody. A form is
 * always downloaded, never shown by the page itself.
 * @returns null if the path is no such address
 */
export async function formAnswer(
  request: Request,
  ask: Ask,
  contextOf: () => GatewayContext,
): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  const [, division, sha256] = /^\/forms\/(\d{6,12})\/([0-9a-f]{64})$/.exec(pathname) ?? [];
  if (division === undefined || sha256 === undefined) return null;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refusal(405, 'BAD_INPUT', 'A form is read with GET or HEAD.', { allow: 'GET, HEAD' });
  }
  const part = async (_entry: number, offset: number, length: number): Promise<Answer<PaperPartView>> => {
    const variables = { division, sha256, offset, length };
    const found = await answerOf<FormPartView>(ask({ document: PART, variables, context: contextOf() }));
    if (isProblem(found)) return found;
    const { mediaType: contentType, ...form } = found;
    return { ...form, contentType, sha256, inline: false, entries: 0 };
  };
  const form = new Paper(request, part, (paper) => ({ ...headersOf(paper), 'cache-control': KEPT }));
  const answer = await form.answer();
  const known = request.headers.get('if-none-match');
  if (known === null || answer.status !== 200 || known !== answer.headers.get('etag')) return answer;
  await answer.body?.cancel();
  return new Response(null, { status: 304, headers: { etag: known, 'cache-control': KEPT } });
}
