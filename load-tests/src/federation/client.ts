import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MAX_PIECE_BYTES } from '@liandong/schema/domains/uploads';
import type { ErrorCode } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';

/** Codes of a step that got no answer: it may have been done all the same. */
const UNANSWERED: ReadonlySet<string | undefined> = new Set<ErrorCode>(['DEADLINE_EXCEEDED', 'NODE_UNREACHABLE']);

/** Tries of a request until a missing answer counts. */
const TRIES = 5;

/** Pause between two tries. */
const PAUSE_MS = 200;

/** An error of a GraphQL answer. */
export interface GraphQLFault {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; node?: string | null; article?: string };
}

/** Why a mutation was refused. */
export interface Refusal {
  code: ErrorCode;
  message: string;
  article: string | null;
  field: string | null;
  node: { code: string } | null;
}

export interface GraphQLAnswer {
  data: Record<string, unknown> | null;
  errors: GraphQLFault[];
}

/**
 * One person's (or the public's) connection to a gateway. The client repeats a request that got no answer, as a person
 * presses the button again. It repeats a step under the same idempotency key, so that the step is done once.
 */
export class Client {
  readonly #gatewayUrl: string;
  readonly #url: string;
  readonly #token: string | null;

  constructor(gatewayUrl: string, token: string | null) {
    this.#gatewayUrl = gatewayUrl;
    this.#url = `${gatewayUrl}/graphql`;
    this.#token = token;
  }

  /** Opens an address that an answer gave, such as that of a paper, with the person's login. @param path at the gateway */
  open(path: string, headers: Record<string, string> = {}): Promise<Response> {
    const login: Record<string, string> = this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
    return fetch(`${this.#gatewayUrl}${path}`, { headers: { ...login, ...headers } });
  }

  /** Uploads a file in pieces (tus 1.0). @returns the id under which an application names it */
  async upload({
    fileName,
    mediaType,
    bytes,
  }: {
    fileName: string;
    mediaType: string;
    bytes: Buffer;
  }): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const metadata = Object.entries({ filename: fileName, filetype: mediaType, sha256 })
      .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
      .join(',');
    const opened = await this.#tus('POST', '/uploads', {
      'upload-length': String(bytes.length),
      'upload-metadata': metadata,
    });
    const path = opened.headers.get('location') ?? '';
    for (let at = 0; at < bytes.length; at += MAX_PIECE_BYTES) {
      const headers = { 'upload-offset': String(at), 'content-type': 'application/offset+octet-stream' };
      await this.#tus('PATCH', path, headers, bytes.subarray(at, at + MAX_PIECE_BYTES));
    }
    return path.split('/').at(-1) ?? '';
  }

  async #tus(method: string, path: string, headers: Record<string, string>, body?: Buffer): Promise<Response> {
    const login = { authorization: `Bearer ${this.#token ?? ''}`, 'tus-resumable': '1.0.0' };
    const sent = { method, headers: { ...login, ...headers }, ...(body && { body: new Uint8Array(body) }) };
    const answer = await fetch(new URL(path, this.#gatewayUrl), sent);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** Logs in at the embedded issuer. @throws {ProblemError} UNAUTHENTICATED */
  static async login(gatewayUrl: string, username: string, password: string): Promise<Client> {
    const answer = await tokenOf(gatewayUrl, { grant_type: 'password', username, password });
    if (answer.access_token === undefined) throw problem('UNAUTHENTICATED', answer.error_description ?? 'No token.');
    return new Client(gatewayUrl, answer.access_token);
  }

  /**
   * Exchanges an agent's own token for one that acts for the applicant whose number and tracking code are given.
   * @throws {Error} with the code of the refusal
   */
  static async actingFor(
    gatewayUrl: string,
    agent: { username: string; password: string },
    slip: { number: string; code: string },
  ): Promise<Client> {
    const own = await Client.login(gatewayUrl, agent.username, agent.password);
    const answer = await tokenOf(gatewayUrl, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      actor_token: own.#token ?? '',
      actor_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: `${slip.number} ${slip.code}`,
      subject_token_type: 'urn:liandong:tracking-code',
    });
    if (answer.access_token === undefined) throw new Error(answer.code ?? 'no token');
    return new Client(gatewayUrl, answer.access_token);
  }

  /** Asks once and returns the whole answer. */
  async ask(query: string, variables: Record<string, unknown> = {}): Promise<GraphQLAnswer> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { data?: Record<string, unknown> | null; errors?: GraphQLFault[] };
    return { data: answer.data ?? null, errors: answer.errors ?? [] };
  }

  /** Asks and requires an answer without errors. @throws {Error} with the first one */
  async get<T>(query: string, variables: Record<string, unknown> = {}, tries = TRIES): Promise<T> {
    const ask = () => this.ask(query, variables);
    const { data, errors } = await insisting(ask, ({ errors: [first] }) => first?.extensions?.code, tries);
    const [first] = errors;
    if (first || !data) throw new Error(`${first?.extensions?.code ?? 'NO_DATA'}: ${first?.message ?? 'no data'}`);
    return data as T;
  }

  /** Tries a mutation with one field. @returns why it was refused; empty if it was done */
  async refusals(query: string, input: Record<string, unknown>): Promise<Refusal[]> {
    return (await this.#mutate<{ errors: Refusal[] }>(query, input, TRIES)).errors;
  }

  /** Does a mutation with one field and requires that it is done. @throws {Error} with the refusal */
  async do<T>(query: string, input: Record<string, unknown>, tries = TRIES): Promise<T> {
    const done = await this.#mutate<T & { errors: Refusal[] }>(query, input, tries);
    const [refused] = done.errors;
    if (refused) throw new Error(`${refused.code}: ${refused.message}`);
    return done;
  }

  async #mutate<T>(query: string, input: Record<string, unknown>, tries: number): Promise<T> {
    const asked = { input: { idempotencyKey: randomUUID(), ...input } };
    const [payload] = Object.values(await this.get<Record<string, T>>(query, asked, tries));
    if (!payload) throw new Error('the mutation gave no answer');
    return payload;
  }
}

/** The embedded issuer's answer. */
interface Issued {
  access_token?: string;
  error_description?: string;
  code?: string;
}

function tokenOf(gatewayUrl: string, form: Record<string, string>): Promise<Issued> {
  const ask = async () => {
    const body = new URLSearchParams(form);
    return (await (await fetch(`${gatewayUrl}/issuer/token`, { method: 'POST', body })).json()) as Issued;
  };
  return insisting(ask, ({ code }) => code, TRIES);
}

/**
 * Repeats a request that got no answer: a busy machine misses the deadline, and a broker that reloads or restarts loses
 * the requests under way.
 * @param codeOf of an answer, the code of what is wrong with it
 */
async function insisting<A>(
  ask: () => Promise<A>,
  codeOf: (answer: A) => string | undefined,
  tries: number,
): Promise<A> {
  for (let left = tries; left > 1; left--) {
    const answer = await ask().catch(onlyBroken);
    if (answer !== null && !UNANSWERED.has(codeOf(answer))) return answer;
    await pause(PAUSE_MS);
  }
  return ask();
}

/** Gives null for a TypeError, by which `fetch` reports a broken or failed connection; throws any other error. */
function onlyBroken(error: unknown): null {
  if (!(error instanceof TypeError)) throw error;
  return null;
}
