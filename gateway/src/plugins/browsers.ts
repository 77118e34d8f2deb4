import { createHash } from 'node:crypto';

/** Headers that every answer carries. */
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** An answer that is not the page may load nothing, and no page may frame it. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

/**
 * Adds the security headers for browsers. Only the GraphQL page may run scripts: exactly its own, allowed by their
 * digest. An answer may set a policy of its own that allows less.
 * @param secure whether the caller came over TLS; the browser then has to use TLS from now on
 */
export async function secured(answer: Response, secure: boolean): Promise<Response> {
  const isPage = answer.headers.get('content-type')?.startsWith('text/html') === true;
  const body = isPage ? await answer.text() : answer.body;
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  if (secure) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  if (typeof body === 'string') headers.set('content-security-policy', pagePolicy(body));
  else if (!headers.has('content-security-policy')) headers.set('content-security-policy', NO_PAGE);
  return new Response(body, { status: answer.status, headers });
}

function pagePolicy(html: string): string {
  const digests = Array.from(html.matchAll(/<script[^>]*>([^]*?)<\/script>/g), ([, script = '']) => digestOf(script));
  return [
    "default-src 'none'",
    `script-src ${digests.map((digest) => `'sha256-${digest}'`).join(' ')}`,
    // the editor of the page sets its styles and starts its workers by itself
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function digestOf(script: string): string {
  return createHash('sha256').update(script).digest('base64');
}

/** Origins whose pages may ask (CORS); none unless the settings name them. */
export interface Origins {
  allowed: readonly string[];
}

/**
 * Whether a page of another origin sent this without being allowed to. Such a page can't set the header with the token;
 * this check also protects questions that need no token.
 */
export function isForeign(request: Request, { allowed }: Origins): boolean {
  const origin = request.headers.get('origin');
  if (origin !== null)
    return origin !== new URL(request.url).origin && !allowed.includes(origin) && !isSame(request, origin);
  return request.headers.get('sec-fetch-site') === 'cross-site' && request.headers.get('sec-fetch-mode') !== 'navigate';
}

/** Behind a proxy that ends TLS the scheme differs, so the browser's own statement decides. */
function isSame(request: Request, origin: string): boolean {
  return (
    request.headers.get('sec-fetch-site') === 'same-origin' ||
    (URL.canParse(origin) && new URL(origin).host === request.headers.get('host'))
  );
}

/** Answers a browser's preflight request. */
export function preflight(request: Request, origins: Origins): Response | null {
  if (request.method !== 'OPTIONS') return null;
  const answer = new Response(null, { status: 204 });
  if (!isForeign(request, origins)) {
    answer.headers.set('access-control-allow-methods', 'GET, HEAD, POST, PATCH, DELETE');
    answer.headers.set(
      'access-control-allow-headers',
      'authorization, content-type, range, if-range, traceparent, tus-resumable, upload-length, upload-metadata, upload-offset',
    );
    answer.headers.set('access-control-max-age', '600');
  }
  return answer;
}

/** Lets a page of an allowed origin read the answer. */
export function shareWith(answer: Response, request: Request, { allowed }: Origins): void {
  const origin = request.headers.get('origin');
  answer.headers.append('vary', 'origin');
  if (origin === null || !allowed.includes(origin)) return;
  answer.headers.set('access-control-allow-origin', origin);
  answer.headers.set(
    'access-control-expose-headers',
    'accept-ranges, content-disposition, content-range, etag, location, paper-pages, tus-resumable, upload-expires, upload-length, upload-offset',
  );
  answer.headers.set('cross-origin-resource-policy', 'cross-origin');
}
