import { randomUUID } from 'node:crypto';
import { isPassword, NO_PASSWORD, Turns } from '@liandong/runtime';
import type { JWK } from 'jose';
import { SignJWT } from 'jose';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { HeldPost, SignedIn } from '@liandong/schema/domains/accounts';
import type { ProxyConsent } from '@liandong/schema/domains/proxy';
import { ARTICLES, dayOf, endOfDay, problem } from '@liandong/schema/kernel';
import { parseIssuers, TOKEN_AUDIENCE, TokenVerifier } from '@liandong/schema/identity';
import { requireConsent } from '@liandong/schema/domains/proxy';
import type { DeskAccounts } from './desk-accounts.ts';
import type { IssuerKey } from './issuer-keys.ts';
import { parseIssuerKeys } from './issuer-keys.ts';
import { rateLimited } from '../plugins/index.ts';
import { LoginGuard } from './login-guard.ts';
import type { Person } from './people.ts';

/** Lifetime of a token, in seconds: a working day at the desk. */
const TOKEN_SECONDS = 8 * 3600;

export interface TokenAnswer {
  access_token: string;
  token_type: 'Bearer';
  /** Seconds. */
  expires_in: number;
}

/** Hosts gave no answer, so the person may hold posts that are not known now. */
interface Incomplete {
  incomplete?: true;
}

/** A consent to proxy handling, as the desk that took the case in knows it. */
export interface TrackedConsent {
  consent: Pick<ProxyConsent, 'from' | 'until' | 'revokedAt'>;
  /** The desk whose agents look after the case. */
  agentNode: DivisionCode;
}

/**
 * Finds an applicant's consent by the case's number and tracking code, which the applicant has.
 * @returns null if number or code is wrong; undefined if the case has no proxy handling
 * @throws {ProblemError} NODE_UNREACHABLE, RATE_LIMITED
 */
export type FindConsent = (number: string, code: string) => Promise<TrackedConsent | null | undefined>;

/** An issuer's signing keys, and the people it knows. */
interface IssuerState {
  /** The first key signs. All are published, so that tokens signed by the others stay valid. */
  keys: readonly [IssuerKey, ...IssuerKey[]];
  people: ReadonlyMap<string, Person>;
  /** Verifies its own tokens. */
  verifier: TokenVerifier;
}

/** The embedded issuer of small sites and of development: people with passwords, tokens signed with Ed25519. */
export class Issuer {
  readonly name: string;
  readonly #guard: LoginGuard;
  /** Limits password checks, because each takes one of Node.js's four threads for a while. */
  readonly #checks = new Turns(2, 50, () => rateLimited(1_000, 'Too many logins at once.'));
  #state: IssuerState;

  private constructor(name: string, state: IssuerState, guard: LoginGuard) {
    this.name = name;
    this.#state = state;
    this.#guard = guard;
  }

  /**
   * @param keys content of its key file: a private JWK, or several of which the first signs
   * @throws {ProblemError} BAD_CONFIG for keys that are not Ed25519 private keys
   */
  static async open(
    name: string,
    keys: unknown,
    people: readonly Person[],
    guard: LoginGuard = new LoginGuard(),
  ): Promise<Issuer> {
    return new Issuer(name, await stateOf(name, keys, people), guard);
  }

  /**
   * Takes over changed keys and people from its files. Callers who wait after failed logins keep waiting.
   * @throws {ProblemError} BAD_CONFIG; the issuer then keeps its former keys and people
   */
  async renew(keys: unknown, people: readonly Person[]): Promise<void> {
    this.#state = await stateOf(this.name, keys, people);
  }

  /** Its public keys (RFC 7517); the signing key is first. */
  jwks(): { keys: JWK[] } {
    return jwksOf(this.#state.keys);
  }

  /**
   * A token for a person: of its own file, or with a login of a desk. A person with several posts chooses one.
   * @param post id of the chosen post; null where there is only one
   * @param address the caller's address; after failed passwords from there it has to wait
   * @returns the posts to choose from, where none of several was chosen; `incomplete` in either answer says that a host
   *   could not be asked and may know more posts
   * @throws {ProblemError} UNAUTHENTICATED, the same for an unknown name and a wrong password; RATE_LIMITED;
   *   PASSWORD_NOT_CHOSEN for a one-time code; FORBIDDEN without a post; NOT_FOUND for a post the person does not hold;
   *   NODE_UNREACHABLE where the desk can't be asked
   */
  async login(
    { username, password, post }: { username: string; password: string; post: string | null },
    desks: DeskAccounts,
    address = 'unknown',
  ): Promise<(TokenAnswer | { posts: HeldPost[] }) & Incomplete> {
    const found = await this.#guard.attempt(username, address, () => this.#personOf(username, password, desks));
    if (!found) throw problem('UNAUTHENTICATED', 'Name or password is wrong.');
    const expires = new Date(Date.now() + TOKEN_SECONDS * 1_000);
    if ('password' in found) return this.#sign(found.username, claimsOf(found), expires);
    if (found.mustChoose) throw problem('PASSWORD_NOT_CHOSEN', 'Choose a password with this code first.');
    const { posts, incomplete } = await desks.postsOf(this.name, found.sub, post);
    const more = incomplete ? ({ incomplete } as const) : {};
    if (posts.length === 0) throw problem('FORBIDDEN', 'You hold no post today.', { article: ARTICLES.postDuties });
    if (post === null && posts.length > 1) return { posts, ...more };
    const chosen = post === null ? posts[0] : posts.find(({ id }) => id === post);
    if (!chosen) throw problem('NOT_FOUND', 'You hold no such post today.', { field: 'post' });
    const { until } = chosen;
    const lastDay = until === null ? expires : endOfDay(until);
    const ends = lastDay < expires ? lastDay : expires;
    return { ...(await this.#sign(found.sub, claimsOf({ ...chosen, name: found.name }), ends)), ...more };
  }

  /**
   * Takes another password of a person with a login of a desk, in place of the present one or of a one-time code.
   * @throws {ProblemError} UNAUTHENTICATED, RATE_LIMITED, NODE_UNREACHABLE as {@link login}; BAD_INPUT for a weak
   *   password; FORBIDDEN for a login of this issuer's own file, which a command changes
   */
  async choosePassword(
    { username, password, next }: { username: string; password: string; next: string },
    desks: DeskAccounts,
    address = 'unknown',
  ): Promise<void> {
    if (this.#state.people.has(username)) {
      throw problem('FORBIDDEN', 'The operator of this site changes this password (people password).');
    }
    const typed = { issuer: this.name, written: username, secret: password };
    const found = await this.#guard.attempt(
      username,
      address,
      async () => (await desks.choosePassword(typed, next)) ?? (await this.#checkNone(password)),
    );
    if (!found) throw problem('UNAUTHENTICATED', 'Name or password is wrong.');
  }

  /**
   * Exchanges an agent's own token for one that acts for an applicant (RFC 8693, with `act`). The case's number and
   * tracking code, which the applicant hands to the agent, prove the right to it. The new token is for that case alone.
   * It carries only the post of agent, even if the person has other posts, and expires on the consent's last day at the
   * latest.
   * @param address the caller's address; after failed codes from there it has to wait
   * @throws {ProblemError} UNAUTHENTICATED, FORBIDDEN for a person who is not an agent, NOT_FOUND, CONSENT_MISSING,
   *   CONSENT_REVOKED, CONSENT_EXPIRED, NOT_COMPETENT for an agent of another desk, RATE_LIMITED, NODE_UNREACHABLE
   */
  async actFor(
    { actorToken, number, code }: { actorToken: string; number: string; code: string },
    findConsent: FindConsent,
    address = 'unknown',
  ): Promise<TokenAnswer> {
    const agent = await this.#state.verifier.verify(actorToken);
    if (agent.actsFor !== undefined) throw problem('UNAUTHENTICATED', 'This token acts for another person already.');
    if (!agent.roles.includes('AGENT')) {
      throw problem('FORBIDDEN', 'Only an agent acts for an applicant.', { article: ARTICLES.postDuties });
    }
    const found = await this.#guard.attempt(number, address, async () => {
      const tracked = await findConsent(number, code);
      return tracked === null ? null : { tracked };
    });
    if (!found) throw problem('NOT_FOUND', 'No case has this number and tracking code.');
    const { tracked } = found;
    const article = ARTICLES.proxyConsent;
    if (!tracked) throw problem('CONSENT_MISSING', 'The case has no proxy agent.', { article });
    const now = new Date();
    requireConsent(tracked, dayOf(now));
    if (tracked.agentNode !== agent.division) {
      const message = `The case is looked after by ${tracked.agentNode}, not by ${agent.division}.`;
      throw problem('NOT_COMPETENT', message, { article, node: tracked.agentNode });
    }
    const { until } = tracked.consent;
    const ends = now.getTime() + TOKEN_SECONDS * 1_000;
    const expires = new Date(until === null ? ends : Math.min(ends, endOfDay(until).getTime()));
    const { sub, name, division } = agent;
    const post = { name: `${number} 申请人`, division, roles: ['AGENT'], act: { sub, name }, onlyCase: number };
    return this.#sign(`applicant:${number}`, post, expires);
  }

  /** The person of a name and password; null if either is wrong. Both cases take the same time. */
  async #personOf(username: string, password: string, desks: DeskAccounts): Promise<Person | SignedIn | null> {
    const person = this.#state.people.get(username);
    if (!person) {
      const typed = { issuer: this.name, written: username, secret: password };
      const found = await desks.signIn(typed);
      return found === undefined ? this.#checkNone(password) : found;
    }
    const right = await this.#checks.take(() => isPassword(person, password));
    return right ? person : null;
  }

  /** Takes as long as the check of a password. */
  async #checkNone(password: string): Promise<null> {
    await this.#checks.take(() => isPassword({ password: NO_PASSWORD }, password));
    return null;
  }

  async #sign(subject: string, claims: Record<string, unknown>, expires: Date): Promise<TokenAnswer> {
    const [key] = this.#state.keys;
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })
      .setIssuer(this.name)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key.privateKey);
    const seconds = Math.round((expires.getTime() - Date.now()) / 1_000);
    return { access_token: token, token_type: 'Bearer', expires_in: seconds };
  }
}

type Post = Pick<Person, 'name' | 'division' | 'roles' | 'department'>;

/** What a token says of a post. */
function claimsOf(
  post: { [K in keyof Post]: Readonly<Post[K]> } & { window?: string | null | undefined },
): Record<string, unknown> {
  const { name, division, roles, department, window } = post;
  return {
    name,
    division,
    roles,
    ...(department === null ? {} : { department }),
    ...(window ? { window } : {}),
  };
}

const jwksOf = (keys: readonly IssuerKey[]) => ({ keys: keys.map(({ publicJwk }) => publicJwk) });

async function stateOf(name: string, content: unknown, people: readonly Person[]): Promise<IssuerState> {
  const keys = await parseIssuerKeys(content);
  const verifier = new TokenVerifier(parseIssuers([{ issuer: name, jwks: jwksOf(keys) }]), () => {
    throw new Error('its own keys are at hand');
  });
  return { keys, people: new Map(people.map((person) => [person.username, person])), verifier };
}
