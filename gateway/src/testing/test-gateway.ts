import type { Divisions } from '@liandong/schema/kernel';
import type { TokenVerifier } from '@liandong/schema/identity';
import type { Viewer } from '@liandong/schema/operation';
import type { Logger } from 'pino';
import { pino } from 'pino';
import type { Caller, EdgeGuardSettings } from '../edge-guard.ts';
import type { Issuer } from '../issuer/index.ts';
import { Gateway } from '../server.ts';
import type { Filed } from './memory-federation.ts';
import { HOSTS, MemoryHosts, fileInto, realDivisions, stockCatalogue, topologyOf } from './memory-federation.ts';
import { TokenOffice } from './people.ts';

/** An answer of the gateway as a client reads it. */
export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  data: Record<string, unknown> | null | undefined;
  errors: { path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

export interface TestGatewayOptions {
  issuer?: Issuer | null;
  tokens?: TokenVerifier;
  edgeGuard?: Partial<EdgeGuardSettings>;
  log?: Logger;
}

/** No rate limits, and no pages of other origins. */
const OPEN: EdgeGuardSettings = {
  rates: { perPerson: 0, perAddress: 0, perStranger: 0 },
  trustedProxies: [],
  origins: [],
};

/** A whole gateway over nodes in memory, asked by real HTTP requests with real tokens. */
export class TestGateway {
  readonly gateway: Gateway;
  readonly hosts: MemoryHosts;
  readonly tokens: TokenOffice;
  /** What the gateway logged, line by line. */
  readonly logged: string[] = [];
  #count = 0;

  private constructor(tokens: TokenOffice, options: TestGatewayOptions) {
    const log = options.log ?? pino({ level: 'info' }, { write: (line: string) => void this.logged.push(line) });
    const divisions: Divisions = realDivisions();
    this.tokens = tokens;
    this.hosts = new MemoryHosts(HOSTS, tokens.verifier());
    stockCatalogue(this.hosts);
    this.gateway = new Gateway({
      divisions,
      topology: topologyOf(HOSTS, 7),
      nats: this.hosts,
      tokens: options.tokens ?? tokens.verifier(),
      issuer: options.issuer ?? null,
      requestTimeoutMs: 60_000,
      hostTimeoutMs: 30_000,
      edgeGuard: { ...OPEN, ...options.edgeGuard },
      log,
    });
  }

  static async open(options: TestGatewayOptions = {}): Promise<TestGateway> {
    return new TestGateway(await TokenOffice.open(), options);
  }

  file(filed: Filed = {}): string {
    return fileInto(this.hosts, filed, ++this.#count);
  }

  /** Asks as the viewer, with a token of theirs. */
  async askAs(viewer: Viewer, query: string, variables: Record<string, unknown> = {}): Promise<Answered> {
    return this.ask(query, variables, { authorization: `Bearer ${await this.tokens.token(viewer)}` });
  }

  async ask(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    return this.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
  }

  async request(path: string, init: RequestInit = {}, caller: Partial<Caller> = {}): Promise<Answered> {
    const request = new Request(`http://gateway.test${path}`, init);
    const response = await this.gateway.answer(request, { address: '192.0.2.1', secure: false, ...caller });
    return readAnswer(response);
  }

  async close(): Promise<void> {
    await this.gateway.close();
  }
}

export async function readAnswer(response: Response): Promise<Answered> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const content = (isJson ? JSON.parse(text) : {}) as Partial<Answered>;
  return { status: response.status, headers: response.headers, text, data: content.data, errors: content.errors ?? [] };
}

/** The codes an answer carries, in order. */
export function codesOf(answer: Answered): unknown[] {
  return answer.errors.map(({ extensions }) => extensions?.['code']);
}
