import type { ErrorCode } from '@liandong/schema/kernel';
import { ERRORS, ProblemError } from '@liandong/schema/kernel';
import { readAtMost, waitOf } from '../plugins/index.ts';
import type { DeskAccounts } from './desk-accounts.ts';
import type { FindConsent, Issuer } from './issuer.ts';

/** Grant, subject and token types of an exchange (RFC 8693 §2.1, §3). */
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
/** Token type of the applicant's slip: the case's number, a space, the tracking code. */
const TRACKING_CODE = 'urn:liandong:tracking-code';

/** Longest login form, bytes. */
const MAX_FORM_BYTES = 4_000;

/** What the issuer asks of nodes, over the graph. */
export interface IssuerAsks {
  /** Asks the desk that took a case in. */
  findConsent: FindConsent;
  /** Asks desks for the logins of their people. */
  desks: DeskAccounts;
}

/**
 * Answers HTTP requests to the embedded issuer: discovery, its keys, a token for name and password (RFC 6749 §4.3),
 * another password, and an agent's token that acts for an applicant (RFC 8693).
 * @param address the caller's address
 * @returns null for a path that is not the issuer's
 */
export async function issuerAnswer(
  issuer: Issuer,
  request: Request,
  address: string,
  asks: IssuerAsks,
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
      return token(issuer, request, address, asks);
    case 'POST /issuer/password':
      return password(issuer, request, address, asks);
    default:
      return null;
  }
}

async function token(issuer: Issuer, request: Request, address: string, asks: IssuerAsks): Promise<Response> {
  const form = await formOf(request);
  if (form instanceof Response) return form;
  switch (form.get('grant_type')) {
    case 'password':
      return signIn(issuer, form, address, asks);
    case TOKEN_EXCHANGE:
      return exchange(issuer, form, address, asks.findConsent);
    default:
      return Response.json({ error: 'unsupported_grant_type' }, { status: 400, headers: NO_STORE });
  }
}

async function formOf(request: Request): Promise<URLSearchParams | Response> {
  const text = await readAtMost(request, MAX_FORM_BYTES);
  if (text !== null) return new URLSearchParams(text);
  return oauthError('invalid_request', 'PAYLOAD_TOO_LARGE', `A login form has ${MAX_FORM_BYTES} bytes at most.`);
}

async function signIn(
  issuer: Issuer,
  form: URLSearchParams,
  address: string,
  { desks }: IssuerAsks,
): Promise<Response> {
  const typed = {
    username: form.get('username') ?? '',
    password: form.get('password') ?? '',
    post: form.get('post') || null,
  };
  return answered('invalid_grant', async () => {
    const made = await issuer.login(typed, desks, address);
    if (!('posts' in made)) return made;
    return oauthError('interaction_required', 'POST_NOT_CHOSEN', 'Choose one of these posts.', null, { ...made });
  });
}

/** Another password, in place of the present one or of a one-time code. */
async function password(issuer: Issuer, request: Request, address: string, { desks }: IssuerAsks): Promise<Response> {
  const form = await formOf(request);
  if (form instanceof Response) return form;
  const [username = '', present = '', next = ''] = ['username', 'password', 'new_password'].map(
    (name) => form.get(name) ?? '',
  );
  return answered('invalid_grant', async () => {
    await issuer.choosePassword({ username, password: present, next }, desks, address);
    return new Response(null, { status: 204, headers: NO_STORE });
  });
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
    const made = await make();
    return made instanceof Response ? made : Response.json(made, { headers: NO_STORE });
  } catch (refusal) {
    if (!(refusal instanceof ProblemError)) throw refusal;
    const { code, message } = refusal.problem;
    return oauthError(error, code, message, waitOf(refusal));
  }
}

function oauthError(
  error: string,
  code: ErrorCode,
  message: string,
  wait: number | null = null,
  more: object = {},
): Response {
  const headers = { ...NO_STORE, ...(wait === null ? {} : { 'retry-after': String(wait) }) };
  return Response.json({ error, error_description: message, code, ...more }, { status: ERRORS[code].http, headers });
}

const NO_STORE = { 'cache-control': 'no-store' };
