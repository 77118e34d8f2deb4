import type { ErrorCode } from '@liandong/schema/kernel';
import { ERRORS, ProblemError } from '@liandong/schema/kernel';
import { readAtMost, waitOf } from '../plugins/index.ts';
import type { FindConsent, Issuer } from './issuer.ts';

/** Grant, subject and token types of an exchange (RFC 8693 §2.1, §3). */
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
/** Token type of the applicant's slip: the case's number, a space, the tracking code. */
const TRACKING_CODE = 'urn:liandong:tracking-code';

/** Longest login form, bytes. */
const MAX_FORM_BYTES = 4_000;

/**
 * Answers HTTP requests to the embedded issuer: discovery, its keys, a token for name and password (RFC 6749 §4.3), and
 * an agent's token that acts for an applicant (RFC 8693).
 * @param address the caller's address
 * @param findConsent asks the desk that took a case in
 * @returns null for a path that is not the issuer's
 */
export async function issuerAnswer(
  issuer: Issuer,
  request: Request,
  address: string,
  findConsent: FindConsent,
): Promise<Response | null> {
  const url = new URL(request.url);
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /.well-known/openid-configuration':
      return Response.json({
        issuer: issuer.name,
        jwks_uri: new URL('/issuer/jwks', url.origin).href,
        token_endpoint: new URL('/issuer/token', url.origin).href,
        grant_types_supported: ['password', TOKEN_EXCHANGE],
        id_token_signing_alg_values_supported: ['EdDSA'],
      });
    case 'GET /issuer/jwks':
      return Response.json(issuer.jwks());
    case 'POST /issuer/token':
      return token(issuer, request, address, findConsent);
    default:
      return null;
  }
}

async function token(issuer: Issuer, request: Request, address: string, findConsent: FindConsent): Promise<Response> {
  const text = await readAtMost(request, MAX_FORM_BYTES);
  if (text === null) {
    return oauthError('invalid_request', 'PAYLOAD_TOO_LARGE', `A login form has ${MAX_FORM_BYTES} bytes at most.`);
  }
  const form = new URLSearchParams(text);
  switch (form.get('grant_type')) {
    case 'password':
      return answered('invalid_grant', () =>
        issuer.login(form.get('username') ?? '', form.get('password') ?? '', address),
      );
    case TOKEN_EXCHANGE:
      return exchange(issuer, form, address, findConsent);
    default:
      return Response.json({ error: 'unsupported_grant_type' }, { status: 400, headers: NO_STORE });
  }
}

async function exchange(
  issuer: Issuer,
  form: URLSearchParams,
  address: string,
  findConsent: FindConsent,
): Promise<Response> {
  const sound = form.get('actor_token_type') === ACCESS_TOKEN && form.get('subject_token_type') === TRACKING_CODE;
  const [, number, code] = /^(\S{1,60}) +(\S{1,20})$/.exec(form.get('subject_token') ?? '') ?? [];
  if (!sound || number === undefined || code === undefined) {
    const message = `Give actor_token (${ACCESS_TOKEN}) and subject_token (${TRACKING_CODE}): number, space, code.`;
    return oauthError('invalid_request', 'BAD_INPUT', message);
  }
  const actorToken = form.get('actor_token') ?? '';
  return answered('invalid_request', async () => {
    const made = await issuer.actFor({ actorToken, number, code }, findConsent, address);
    return { ...made, issued_token_type: ACCESS_TOKEN };
  });
}

async function answered(error: string, make: () => Promise<object>): Promise<Response> {
  try {
    return Response.json(await make(), { headers: NO_STORE });
  } catch (refusal) {
    if (!(refusal instanceof ProblemError)) throw refusal;
    const { code, message } = refusal.problem;
    return oauthError(error, code, message, waitOf(refusal));
  }
}

function oauthError(error: string, code: ErrorCode, message: string, wait: number | null = null): Response {
  const headers = { ...NO_STORE, ...(wait === null ? {} : { 'retry-after': String(wait) }) };
  return Response.json({ error, error_description: message, code }, { status: ERRORS[code].http, headers });
}

const NO_STORE = { 'cache-control': 'no-store' };
