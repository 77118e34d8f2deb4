import { createGraphQLError } from '@graphql-tools/utils';
import type { Viewer } from '@liandong/schema/operation';
import { MAX_REQUEST_BYTES } from '@liandong/schema/domains/filing';
import { problem } from '@liandong/schema/kernel';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { networkOf } from './networks.ts';
import { rateLimited } from './rates.ts';

const MIB = 1024 * 1024;

/** Most bytes of a body without a login: a question and a form. */
const STRANGER_BYTES = 256 * 1024;
/** Most bytes of a person's body: materials as base64 are a third longer; the rest of a request is small. */
const PERSON_BYTES = Math.ceil(MAX_REQUEST_BYTES * 1.4);
/** Most bytes of bodies in memory at once: of all callers, of one person, of one network without a login. */
const ROOM = { all: 512 * MIB, person: 3 * PERSON_BYTES, strangers: 16 * MIB };

/** Bodies of questions that are being read or answered; limits the bytes each caller may hold at once. */
export class Bodies {
  readonly #held = new Map<string, number>();
  #all = 0;

  /** The body of a request that is not read yet. Its bytes count until it is released. */
  open(viewer: Viewer | null, address: string): Body {
    const [key, most, share] = viewer
      ? ([`person ${viewer.sub}`, PERSON_BYTES, ROOM.person] as const)
      : ([`network ${networkOf(address)}`, STRANGER_BYTES, ROOM.strangers] as const);
    return new Body(most, (bytes) => this.#hold(key, share, bytes));
  }

  /** @param bytes bytes taken; negative when given back @throws {ProblemError} RATE_LIMITED */
  #hold(key: string, share: number, bytes: number): void {
    const held = (this.#held.get(key) ?? 0) + bytes;
    if (bytes > 0 && (held > share || this.#all + bytes > ROOM.all)) {
      throw rateLimited(1_000, 'Too much is being sent at once.');
    }
    this.#all += bytes;
    if (held > 0) this.#held.set(key, held);
    else this.#held.delete(key);
  }
}

/** One request's body. */
export class Body {
  readonly #most: number;
  readonly #hold: (bytes: number) => void;
  #bytes = 0;

  constructor(most: number, hold: (bytes: number) => void) {
    this.#most = most;
    this.#hold = hold;
  }

  /**
   * @throws {ProblemError} PAYLOAD_TOO_LARGE, RATE_LIMITED
   * @throws {GraphQLError} BAD_REQUEST for a body that is not a JSON object
   */
  async json(request: Request): Promise<object> {
    const text = await readAtMost(request, this.#most, (bytes) => {
      this.#hold(bytes);
      this.#bytes += bytes;
    });
    if (text === null) throw problem('PAYLOAD_TOO_LARGE', `A body here has ${this.#most} bytes at most.`);
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch {
      throw badRequest('The body is no JSON.');
    }
    if (typeof content !== 'object' || content === null) throw badRequest('The body is no object.');
    return content;
  }

  release(): void {
    this.#hold(-this.#bytes);
    this.#bytes = 0;
  }
}

/** Reads the bodies of questions within their caller's limits, in place of the server's own reading. */
export function readBodies(): Plugin<object, { body: Body }> {
  return {
    onRequestParse: ({ request, serverContext, setRequestParser }) => {
      if (request.method !== 'POST') return;
      setRequestParser(async () => (await serverContext.body.json(request)) as GraphQLParams);
    },
  };
}

/**
 * The body as text; null if it is longer, and then the rest is not read.
 * @param taken is called with the number of bytes of each piece before it is stored
 */
export async function readAtMost(
  request: Request,
  most: number,
  taken: (bytes: number) => void = () => {},
): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > most) return null;
  if (!request.body) return '';
  const reader = request.body.getReader();
  // one growing buffer: a list of one-byte pieces would take a hundred times their size
  let whole = Buffer.allocUnsafe(Math.min(most, 4_096));
  let bytes = 0;
  for (;;) {
    // the client closed the connection
    const { done, value } = await reader.read().catch(() => {
      throw badRequest('The body broke off.');
    });
    if (done) break;
    // the body is not cancelled: that would close the connection before the answer is sent
    if (bytes + value.byteLength > most) return null;
    taken(value.byteLength);
    if (bytes + value.byteLength > whole.byteLength) {
      const larger = Buffer.allocUnsafe(Math.min(most, 2 * (bytes + value.byteLength)));
      whole.copy(larger, 0, 0, bytes);
      whole = larger;
    }
    whole.set(value, bytes);
    bytes += value.byteLength;
  }
  return new TextDecoder().decode(whole.subarray(0, bytes));
}

function badRequest(message: string) {
  return createGraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
