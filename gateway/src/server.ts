import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { inTrace } from '@liandong/runtime';
import { createServerAdapter } from '@whatwg-node/server';
import type { Divisions } from '@liandong/schema/kernel';
import type { Placement } from '@liandong/schema/wire';
import type { TokenVerifier } from '@liandong/schema/identity';
import { accountsDomain } from '@liandong/schema/domains/accounts';
import { catalogue } from '@liandong/schema/domains/catalogue';
import { papers } from '@liandong/schema/domains/papers';
import { signals } from '@liandong/schema/domains/signals';
import { problem } from '@liandong/schema/kernel';
import type { YogaServerInstance } from 'graphql-yoga';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { GatewayContext } from './context.ts';
import type { Caller, EdgeGuardSettings } from './edge-guard.ts';
import { EdgeGuard, refusal } from './edge-guard.ts';
import { drainable } from './drain.ts';
import { formAnswer } from './forms.ts';
import { paperAnswer } from './papers.ts';
import { uploadAnswer } from './uploads.ts';
import { heavyRoots } from './gather-weights.ts';
import type { Issuer } from './issuer/index.ts';
import { DeskAccounts, issuerAnswer, trackedConsent } from './issuer/index.ts';
import { observeRequest } from './observability/index.ts';
import type { Body, Identity } from './plugins/index.ts';
import {
  Bodies,
  identify,
  limitQueries,
  limitTexts,
  limitTokens,
  readBodies,
  rememberQuestions,
  shownError,
} from './plugins/index.ts';
import { Registry } from './registry.ts';
import { routedExecutor } from './route.ts';
import type { RoleConfig } from './roles.ts';
import { ROLES } from './roles.ts';
import { stitchRoles } from './stitch.ts';
import { STREAM_TIMING, SignalStreams } from './signals/index.ts';
import type { HintSource, Transport } from './transport/index.ts';
import { HostCaller, HttpTransport } from './transport/index.ts';

/** Most tokens in a question; far more than a desk or a page sends. */
const MAX_TOKENS = 2_000;
/** Bytes of the cache of parsed questions that are asked again and again. */
const KNOWN_BYTES = 64 * 1024 * 1024;

/** What the gateway knows of a request before it reads the question. */
interface Asked {
  identity: Identity;
  body: Body;
}

export interface GatewayParts {
  divisions: Divisions;
  topology: Placement;
  /** For hosts without an address. */
  nats: Transport & HintSource;
  tokens: TokenVerifier;
  issuer: Issuer | null;
  requestTimeoutMs: number;
  hostTimeoutMs: number;
  edgeGuard: EdgeGuardSettings;
  log: Logger;
}

/** The gateway: one graph over all nodes, served over HTTP. */
export class Gateway {
  readonly registry: Registry;
  readonly #parts: GatewayParts;
  readonly #http = new HttpTransport();
  readonly #edgeGuard: EdgeGuard;
  readonly #bodies = new Bodies();
  /** Asks the role that papers and uploads belong to. */
  readonly #askFiles: ReturnType<typeof routedExecutor>;
  /** Asks the role that forms belong to. */
  readonly #askCatalogue: ReturnType<typeof routedExecutor>;
  readonly #signals: SignalStreams;
  /** Logins that desks gave their people. */
  readonly #desks: DeskAccounts;
  readonly #yoga: YogaServerInstance<Asked, GatewayContext>;
  #stopServing: (() => Promise<void>) | null = null;

  constructor(parts: GatewayParts) {
    const { divisions, topology, nats, hostTimeoutMs, log } = parts;
    this.#parts = parts;
    this.#edgeGuard = new EdgeGuard(parts.edgeGuard);
    this.registry = new Registry(divisions, topology);
    const hosts = new HostCaller((host) => (host.url === null ? nats : this.#http), {
      hostTimeoutMs,
      maxBatch: 200,
      maxInFlight: 48,
    });
    const executorOf = (role: RoleConfig) => routedExecutor(role, this.registry, hosts);
    this.#signals = new SignalStreams({
      ask: executorOf(ROLES[signals.role]),
      hints: nats,
      divisions,
      requestTimeoutMs: parts.requestTimeoutMs,
      timing: STREAM_TIMING,
    });
    const schema = stitchRoles(divisions, executorOf, {
      open: (context, after) => this.#signals.open(context, after),
      contextOf: (context) => this.#signals.contextOf(context),
    });
    this.#askFiles = executorOf(ROLES[papers.role]);
    this.#askCatalogue = executorOf(ROLES[catalogue.role]);
    this.#desks = new DeskAccounts(
      executorOf(ROLES[accountsDomain.role]),
      () => this.registry.current.hosts,
      () => this.#contextOf({ viewer: null, token: null }, null),
    );
    this.#yoga = createYoga<Asked, GatewayContext>({
      schema,
      graphqlEndpoint: '/graphql',
      landingPage: false,
      graphiql: { title: '三级联动 Liandong', defaultQuery: FIRST_QUERY },
      renderGraphiQL: async (options) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
      // the plugins have their own limits for bodies and cached questions
      maxRequestBodySize: false,
      parserAndValidationCache: false,
      plugins: [
        readBodies(),
        limitTexts(),
        limitTokens(MAX_TOKENS),
        rememberQuestions(KNOWN_BYTES),
        limitQueries(({ viewer }, variables) => heavyRoots(this.registry, viewer, variables)),
      ],
      // the edge guard checks origins
      cors: false,
      multipart: false,
      batching: false,
      logging: false,
      maskedErrors: { maskError: (error) => shownError(error, log) },
      context: ({ identity, request }) => this.#contextOf(identity, request.signal),
    });
  }

  /** Answers one HTTP request, for `listen` and for tests. It never throws: a fault becomes an answer. */
  async answer(request: Request, caller: Caller): Promise<Response> {
    const begun = performance.now();
    const { pathname } = new URL(request.url);
    const answer = await inTrace(request.headers.get('traceparent'), 'gateway request', async () => {
      try {
        return await this.#edgeGuard.pass(request, caller, () => this.#answer(request, caller));
      } catch (error) {
        this.#parts.log.error({ err: error }, 'request failed');
        return refusal(500, 'INTERNAL', 'Internal error.');
      }
    });
    observeRequest(pathname, answer.status, performance.now() - begun);
    return answer;
  }

  async #answer(request: Request, caller: Caller): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method === 'GET' && pathname === '/health') return Response.json({ live: true });
    if (request.method === 'GET' && pathname === '/ready') return this.#ready();
    const { issuer } = this.#parts;
    const findConsent = trackedConsent(async (body) =>
      this.#question(
        new Request(new URL('/graphql', request.url), { method: 'POST', headers: JSON_BODY, body }),
        caller,
      ),
    );
    const issued = issuer && (await issuerAnswer(issuer, request, caller.address, { findConsent, desks: this.#desks }));
    if (issued) return issued;
    if (pathname.startsWith('/papers/'))
      return (await this.#paper(request, caller)) ?? refusal(404, 'NOT_FOUND', 'This is no address of a paper.');
    if (pathname.startsWith('/forms/'))
      return (await this.#form(request, caller)) ?? refusal(404, 'NOT_FOUND', 'This is no address of a form.');
    if (pathname === '/uploads' || pathname.startsWith('/uploads/')) return this.#upload(request, caller);
    if (pathname !== '/graphql') return refusal(404, 'NOT_FOUND', 'There is nothing here; the graph is at /graphql.');
    return this.#question(request, caller);
  }

  /**
   * Answers a question. The caller is identified and counted before the body is read, because callers without a login
   * may send only little.
   * @throws {ProblemError} UNAUTHENTICATED, RATE_LIMITED
   */
  async #question(request: Request, { address }: Caller): Promise<Response> {
    const identity = await identify(request, this.#parts.tokens);
    await this.#edgeGuard.rates.ofAsker(identity.viewer?.sub ?? null, address);
    const body = this.#bodies.open(identity.viewer, address);
    try {
      return await this.#yoga.fetch(request, { identity, body });
    } finally {
      body.release();
    }
  }

  /** Answers the address of a paper. @throws {ProblemError} UNAUTHENTICATED, RATE_LIMITED */
  async #paper(request: Request, { address }: Caller): Promise<Response | null> {
    const identity = await identify(request, this.#parts.tokens);
    await this.#edgeGuard.rates.ofAsker(identity.viewer?.sub ?? null, address);
    return paperAnswer(request, this.#askFiles, () => this.#contextOf(identity, request.signal));
  }

  /** Answers the address of a form, without a login. @throws {ProblemError} RATE_LIMITED */
  async #form(request: Request, { address }: Caller): Promise<Response | null> {
    await this.#edgeGuard.rates.ofAsker(null, address);
    return formAnswer(request, this.#askCatalogue, () =>
      this.#contextOf({ viewer: null, token: null }, request.signal),
    );
  }

  /** Answers a request of an upload. @throws {ProblemError} UNAUTHENTICATED, RATE_LIMITED */
  async #upload(request: Request, { address }: Caller): Promise<Response> {
    const identity = await identify(request, this.#parts.tokens);
    await this.#edgeGuard.rates.ofAsker(identity.viewer?.sub ?? null, address);
    // before a byte of the body is read
    if (!identity.viewer) return refusal(401, 'UNAUTHENTICATED', 'An upload needs a login.');
    return uploadAnswer(request, this.#askFiles, () => this.#contextOf(identity, request.signal));
  }

  #contextOf(identity: Identity, signal: AbortSignal | null): GatewayContext {
    return { ...identity, deadline: performance.now() + this.#parts.requestTimeoutMs, signal };
  }

  /**
   * @param tls PEM texts; null if a proxy in front serves over TLS
   * @throws {ProblemError} BAD_CONFIG when the port is in use, or certificate and key do not fit
   */
  async listen(port: number, address: string, tls: { cert: string; key: string } | null = null): Promise<void> {
    const adapter = createServerAdapter<{ req: IncomingMessage }>((request: Request, { req }) =>
      this.answer(request, this.#edgeGuard.callerOf(req)),
    );
    const serve: Serve = (incoming, outgoing) => {
      // these form no valid URL, and the adapter would fail on them
      if (!URL.canParse(incoming.url ?? '', `http://${incoming.headers.host ?? ''}`)) {
        const errors = [{ message: 'The request names no address.', extensions: { code: 'BAD_INPUT' } }];
        outgoing.writeHead(400, { 'content-type': 'application/json', connection: 'close' });
        outgoing.end(JSON.stringify({ errors }));
        return;
      }
      void adapter(incoming, outgoing);
    };
    const server = tls === null ? createServer(serve) : tlsServer(tls, serve);
    const stop = drainable(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const why =
          cause.code === 'EADDRINUSE' ? 'is taken by another program' : `can't be opened (${cause.code ?? ''})`;
        reject(
          problem('BAD_CONFIG', `Port ${port} on ${address} ${why}; choose another with LIANDONG_GATEWAY_PORT.`, {
            cause,
          }),
        );
      });
      server.listen(port, address, resolve);
    });
    this.#stopServing = stop;
  }

  /** How many readers of new signals are connected. */
  get streams(): number {
    return this.#signals.size;
  }

  /** Refuses new connections, ends streams, finishes running answers, and closes. */
  async close(): Promise<void> {
    this.#signals.close();
    await this.#stopServing?.();
    await this.#http.close();
    await this.#parts.nats.close();
  }

  /** Whether hosts can be asked. A host without an HTTP address needs the broker. */
  isReady(): boolean {
    const overBroker = this.registry.current.hosts.some((host) => host.url === null);
    return !overBroker || (this.#parts.nats.isUp?.() ?? true);
  }

  /** Ready when the gateway can ask hosts; it does not check the hosts. */
  #ready(): Response {
    const { hosts, sequence } = this.registry.current;
    const broker = this.isReady();
    return Response.json({ broker, hosts: hosts.length, sequence }, { status: broker ? 200 : 503 });
  }
}

const JSON_BODY = { 'content-type': 'application/json' };

type Serve = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** @throws {ProblemError} BAD_CONFIG */
function tlsServer(tls: { cert: string; key: string }, serve: Serve): Server {
  try {
    return createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, serve);
  } catch (cause) {
    const what = 'LIANDONG_TLS_CERT_FILE and LIANDONG_TLS_KEY_FILE';
    throw problem('BAD_CONFIG', `${what} are no certificate and its private key (PEM).`, { cause });
  }
}

const FIRST_QUERY = `# 三级联动 Liandong. Log in at /issuer/token and put the token below:
# { "authorization": "Bearer <token>" }
query Catalogue {
  catalog(division: "331022103201", search: "低保", first: 5) {
    nodes {
      item { code name legalBasis statutoryDays }
      acceptor { code name }
      decider { code name }
      implementation { promisedDays materials { name required } }
    }
  }
}
`;
