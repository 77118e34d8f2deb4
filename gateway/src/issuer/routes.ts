import { ERRORS, ProblemError } from '@liandong/schema';
import { waitOf } from '../plugins/rates.ts';
import type { Issuer } from './issuer.ts';

/** Longest login form, bytes. */
const MAX_FORM_BYTES = 4_000;

/**
 * What the embedded issuer answers over HTTP: discovery, its keys, and a token for name and password (RFC 6749 §4.3).
 * @param address where the request came from
 * @returns null for a path that is not the issuer's
 */
export async function issuerAnswer(issuer: Issuer, request: Request, address = 'unknown'): Promise<Response | null> {
  const url = new URL(request.url);
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /.well-known/openid-configuration':
      return Response.json({
        issuer: issuer.name,
        jwks_uri: new URL('/issuer/jwks', url.origin).href,
        token_endpoint: new URL('/issuer/token', url.origin).href,
        grant_types_supported: ['password'],
        id_token_signing_alg_values_supported: ['EdDSA'],
      });
    case 'GET /issuer/jwks':
      return Response.json(issuer.jwks());
    case 'POST /issuer/token':
      return token(issuer, request, address);
    default:
      return null;
  }
}

async function token(issuer: Issuer, request: Request, address: string): Promise<Response> {
  const text = await readAtMost(request, MAX_FORM_BYTES);
  if (text === null) {
    const error_description = `A login form has ${MAX_FORM_BYTES} bytes at most.`;
    return Response.json(
      { error: 'invalid_request', error_description, code: 'PAYLOAD_TOO_LARGE' },
      { status: ERRORS.PAYLOAD_TOO_LARGE.http, headers: NO_STORE },
    );
  }
  const form = new URLSearchParams(text);
  if (form.get('grant_type') !== 'password') {
    return Response.json({ error: 'unsupported_grant_type' }, { status: 400, headers: NO_STORE });
  }
  try {
    const answer = await issuer.login(form.get('username') ?? '', form.get('password') ?? '', address);
    return Response.json(answer, { headers: NO_STORE });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { code, message } = error.problem;
    const wait = waitOf(error);
    return Response.json(
      { error: 'invalid_grant', error_description: message, code },
      {
        status: ERRORS[code].http,
        headers: { ...NO_STORE, ...(wait === null ? {} : { 'retry-after': String(wait) }) },
      },
    );
  }
}

/** The body as text; null when it is longer, of which no more is read then. */
async function readAtMost(request: Request, most: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const NO_STORE = { 'cache-control': 'no-store' };
