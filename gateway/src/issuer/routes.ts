import { ERRORS, ProblemError } from '@liandong/schema';
import type { Issuer } from './issuer.ts';

/** Longest login form, characters. */
const MAX_FORM = 4_000;

/**
 * What the embedded issuer answers over HTTP: discovery, its keys, and a token for name and password (RFC 6749 §4.3).
 * @returns null for a path that is not the issuer's
 */
export async function issuerAnswer(issuer: Issuer, request: Request): Promise<Response | null> {
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
      return token(issuer, request);
    default:
      return null;
  }
}

async function token(issuer: Issuer, request: Request): Promise<Response> {
  const form = new URLSearchParams((await request.text()).slice(0, MAX_FORM));
  if (form.get('grant_type') !== 'password') {
    return Response.json({ error: 'unsupported_grant_type' }, { status: 400, headers: NO_STORE });
  }
  try {
    const answer = await issuer.login(form.get('username') ?? '', form.get('password') ?? '');
    return Response.json(answer, { headers: NO_STORE });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { code, message } = error.problem;
    return Response.json(
      { error: 'invalid_grant', error_description: message, code },
      { status: ERRORS[code].http, headers: NO_STORE },
    );
  }
}

const NO_STORE = { 'cache-control': 'no-store' };
