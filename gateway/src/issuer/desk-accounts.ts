import type { HeldPost, SignedIn } from '@liandong/schema/domains/accounts';
import { signInName } from '@liandong/schema/domains/accounts';
import type { DivisionCode } from '@liandong/schema/kernel';
import { BoundedCache, isErrorCode, problem } from '@liandong/schema/kernel';
import type { Host } from '@liandong/schema/wire';
import { parse } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { Ask } from '../role-asks.ts';

const HOMES = parse(`query ($keys: [AccountKey!]!) { answers: _accountHomes(keys: $keys) }`);
const SIGN_IN = parse(`query ($keys: [AccountKey!]!) { answers: _signIns(keys: $keys) }`);
const CHOOSE = parse(`query ($keys: [AccountKey!]!) { answers: _passwordChoices(keys: $keys) }`);
const POSTS = parse(`query ($keys: [AccountKey!]!) { answers: _heldPosts(keys: $keys) }`);

/** Characters of the names whose desk is remembered. */
const KNOWN_CHARACTERS = 1024 * 1024;

interface AccountKey {
  at: DivisionCode;
  issuer: string;
  who: string;
  secret?: string;
  next?: string;
}
/** A name and a secret as somebody typed them. */
interface Typed {
  issuer: string;
  written: string;
  secret: string;
}
interface Answered<T> {
  /** In the order of the keys; null where the node said so or gave none. */
  answers: (T | null)[];
  /** Why nodes gave none. */
  faults: { code: string; message: string }[];
}

/** The logins that desks keep for their people, as the issuer of a gateway asks for them over the graph. */
export class DeskAccounts {
  readonly #ask: Ask;
  readonly #hosts: () => readonly Host[];
  readonly #context: () => GatewayContext;
  /** Desks by name. A name whose desk changed is looked up once more. */
  readonly #homes = new BoundedCache<DivisionCode[]>(KNOWN_CHARACTERS);

  /**
   * @param ask asks the role of the posts
   * @param hosts of the topology in force
   * @param context of the public, with a deadline
   */
  constructor(ask: Ask, hosts: () => readonly Host[], context: () => GatewayContext) {
    this.#ask = ask;
    this.#hosts = hosts;
    this.#context = context;
  }

  /**
   * The person of a name and a password, or of a one-time code.
   * @returns null for a wrong secret; undefined for a name that no desk gave
   * @throws {ProblemError} RATE_LIMITED, NODE_UNREACHABLE where the desk can't be asked
   */
  signIn(typed: Typed): Promise<SignedIn | null | undefined> {
    return this.#atHome(SIGN_IN, typed, {});
  }

  /** Takes another password. @returns as {@link signIn} @throws {ProblemError} BAD_INPUT, and as {@link signIn} */
  choosePassword(typed: Typed, next: string): Promise<SignedIn | null | undefined> {
    return this.#atHome(CHOOSE, typed, { next });
  }

  /**
   * The posts a person holds today, at all desks that can be asked.
   * @param id of the wanted post; null for all
   * @returns the posts, and whether hosts that gave no answer may have more
   * @throws {ProblemError} NODE_UNREACHABLE where none was found and a host gave no answer
   */
  async postsOf(issuer: string, sub: string, id: string | null): Promise<{ posts: HeldPost[]; incomplete: boolean }> {
    const { answers, faults } = await this.#asked<HeldPost[]>(POSTS, this.#everyHost({ issuer, who: sub }));
    const posts = answers.flatMap((found) => found ?? []);
    if (!posts.some((post) => id === null || post.id === id)) requireNoFault(faults);
    return { posts, incomplete: faults.some(isSilence) };
  }

  async #atHome(
    question: typeof SIGN_IN,
    { issuer, written, secret }: Typed,
    more: { next?: string },
  ): Promise<SignedIn | null | undefined> {
    const { username, home } = signInName(written);
    const known = home === null ? this.#homes.find(`${issuer} ${username}`) : [home];
    const homes = known ?? (await this.#homesOf(issuer, username));
    if (homes.length === 0) return undefined;
    // two desks may have given one name while they could not hear of each other
    const keys = homes.map((at) => ({ at, issuer, who: username, secret, ...more }));
    const { answers, faults } = await this.#asked<SignedIn>(question, keys);
    const right = answers.find((answer) => answer !== null);
    if (right) return right;
    requireNoFault(faults);
    if (known !== undefined && home === null) this.#homes.forget(`${issuer} ${username}`);
    return null;
  }

  async #homesOf(issuer: string, username: string): Promise<DivisionCode[]> {
    const { answers, faults } = await this.#asked<DivisionCode[]>(HOMES, this.#everyHost({ issuer, who: username }));
    const homes = answers.flatMap((found) => found ?? []);
    if (homes.length === 0) requireNoFault(faults);
    else this.#homes.keep(`${issuer} ${username}`, homes, issuer.length + username.length);
    return homes;
  }

  /** One key a host: it answers for all of its nodes. */
  #everyHost(key: Omit<AccountKey, 'at'>): AccountKey[] {
    return this.#hosts().flatMap(({ nodes: [at] }) => (at === undefined ? [] : { ...key, at }));
  }

  async #asked<T>(document: typeof SIGN_IN, keys: readonly AccountKey[]): Promise<Answered<T>> {
    if (keys.length === 0) return { answers: [], faults: [] };
    const { data, errors } = await this.#ask({ document, variables: { keys }, context: this.#context() });
    const { answers } = (data ?? {}) as { answers?: (string | null)[] | null };
    return {
      answers: (answers ?? []).map((said) => (said === null ? null : (JSON.parse(said) as T | null))),
      faults: (errors ?? []).map(({ message, extensions }) => ({ code: String(extensions?.['code']), message })),
    };
  }
}

/** A host that keeps logins gave no answer. A host of an earlier program keeps none, and says so. */
const isSilence = ({ message }: { message: string }) => !/^(Cannot query field|Unknown type)/.test(message);

/** @throws {ProblemError} the first fault */
function requireNoFault([fault]: readonly { code: string; message: string }[]): void {
  if (!fault || !isSilence(fault)) return;
  const { code, message } = fault;
  throw problem(isErrorCode(code) ? code : 'INTERNAL', message);
}
