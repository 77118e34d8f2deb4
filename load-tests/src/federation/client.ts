import type { ErrorCode } from '@liandong/schema';
import { problem } from '@liandong/schema';

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

/** One person's (or the public's) connection to a gateway. */
export class Client {
  readonly #url: string;
  readonly #token: string | null;

  constructor(gatewayUrl: string, token: string | null) {
    this.#url = `${gatewayUrl}/graphql`;
    this.#token = token;
  }

  /** Logs in at the embedded issuer. @throws {ProblemError} UNAUTHENTICATED */
  static async login(gatewayUrl: string, username: string, password: string): Promise<Client> {
    const response = await fetch(`${gatewayUrl}/issuer/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username, password }),
    });
    const answer = (await response.json()) as { access_token?: string; error_description?: string };
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
    const response = await fetch(`${gatewayUrl}/issuer/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        actor_token: own.#token ?? '',
        actor_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token: `${slip.number} ${slip.code}`,
        subject_token_type: 'urn:liandong:tracking-code',
      }),
    });
    const answer = (await response.json()) as { access_token?: string; code?: string };
    if (answer.access_token === undefined) throw new Error(answer.code ?? 'no token');
    return new Client(gatewayUrl, answer.access_token);
  }

  /** Asks and returns all that came back. */
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

  /** Asks and insists on an answer without errors. @throws {Error} with the first one */
  async get<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { data, errors } = await this.ask(query, variables);
    const [first] = errors;
    if (first || !data) throw new Error(`${first?.extensions?.code ?? 'NO_DATA'}: ${first?.message ?? 'no data'}`);
    return data as T;
  }

  /** Tries a mutation with one field. @returns why it was refused; nothing when it was done */
  async refusals(query: string, input: Record<string, unknown>): Promise<Refusal[]> {
    return (await this.#mutate<{ errors: Refusal[] }>(query, input)).errors;
  }

  /** Does a mutation with one field and insists on its being done. @throws {Error} with the refusal */
  async do<T>(query: string, input: Record<string, unknown>): Promise<T> {
    const done = await this.#mutate<T & { errors: Refusal[] }>(query, input);
    const [refused] = done.errors;
    if (refused) throw new Error(`${refused.code}: ${refused.message}`);
    return done;
  }

  async #mutate<T>(query: string, input: Record<string, unknown>): Promise<T> {
    const [payload] = Object.values(await this.get<Record<string, T>>(query, { input }));
    if (!payload) throw new Error('the mutation gave no answer');
    return payload;
  }
}
