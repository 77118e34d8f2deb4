import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '@liandong/schema/kernel';
import { ERRORS, ProblemError } from '@liandong/schema/kernel';
import { isForeign, preflight, Rates, secured, shareWith, waitOf } from './plugins/index.ts';
import type { RateLimits } from './plugins/index.ts';

export interface EdgeGuardSettings {
  rates: RateLimits;
  /** Addresses of proxies that may name the client a request comes from. */
  trustedProxies: readonly string[];
  /** Origins whose pages may ask (CORS). */
  origins: readonly string[];
}

/** Where a request came from, as far as the network shows it. */
export interface Caller {
  address: string;
  /** Whether it came over TLS, here or at a trusted proxy. */
  secure: boolean;
}

/**
 * Media types of a GraphQL request. Forms and plain text are refused: another site's page can send those without
 * asking.
 */
const QUESTION_TYPES = ['application/json', 'application/graphql+json', 'application/graphql-response+json'];

/** Paths that health probes ask often. */
const PROBES = ['/health', '/ready'];

/**
 * Checks that every request passes before it is read, and what every answer gets on its way out: rate limits, origins,
 * media types, and security headers for browsers.
 */
export class EdgeGuard {
  readonly rates: Rates;
  readonly #settings: EdgeGuardSettings;

  constructor(settings: EdgeGuardSettings) {
    this.#settings = settings;
    this.rates = new Rates(settings.rates);
  }

  /**
   * Passes a request to `answer` if it is allowed, and answers with a refusal if not.
   * @throws errors of `answer` other than problems; problems become refusals
   */
  async pass(request: Request, caller: Caller, answer: () => Promise<Response>): Promise<Response> {
    const { pathname } = new URL(request.url);
    const origins = { allowed: this.#settings.origins };
    const given = await this.#refused(request, caller, pathname)
      .then(async (refused) => refused ?? preflight(request, origins) ?? (await answer()))
      .catch((error: unknown) => refusalOf(error));
    const told = await secured(given, caller.secure);
    shareWith(told, request, origins);
    return told;
  }

  async #refused(request: Request, { address }: Caller, pathname: string): Promise<Response | null> {
    if (!PROBES.includes(pathname)) await this.rates.ofAddress(address);
    if (request.method === 'OPTIONS') return null;
    if (isForeign(request, { allowed: this.#settings.origins })) {
      return refusal(403, 'FORBIDDEN', 'Pages of this origin may not ask here.');
    }
    if (pathname === '/graphql' && request.method === 'POST' && !isQuestion(request)) {
      return refusal(415, 'BAD_INPUT', 'A question comes as application/json.');
    }
    return null;
  }

  /** The client behind a connection; a trusted proxy names the client it forwards for. */
  callerOf({ socket, headers }: IncomingMessage): Caller {
    const direct = { address: plain(socket.remoteAddress ?? 'unknown'), secure: 'encrypted' in socket };
    const { trustedProxies } = this.#settings;
    if (!trustedProxies.includes(direct.address)) return direct;
    const chain = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .flatMap((entry) => plain(entry.trim()) || []);
    const address = chain.findLast((entry) => !trustedProxies.includes(entry)) ?? direct.address;
    return { address, secure: direct.secure || headers['x-forwarded-proto'] === 'https' };
  }
}

/** An IPv4 address in its plain form; sockets may write it as IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:/, '');
}

function isQuestion(request: Request): boolean {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return QUESTION_TYPES.includes(type);
}

/** The answer to a request that is refused as a whole. */
export function refusal(status: number, code: ErrorCode, message: string, headers: HeadersInit = {}): Response {
  return Response.json({ errors: [{ message, extensions: { code } }] }, { status, headers });
}

function refusalOf(error: unknown): Response {
  if (!(error instanceof ProblemError)) throw error;
  const { code, message } = error.problem;
  const wait = waitOf(error);
  return refusal(ERRORS[code].http, code, message, wait === null ? {} : { 'retry-after': String(wait) });
}
