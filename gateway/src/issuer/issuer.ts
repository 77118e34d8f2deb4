import { randomUUID } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { DivisionCode, ProxyConsent } from '@liandong/schema';
import {
  ARTICLES,
  TOKEN_AUDIENCE,
  TokenVerifier,
  dayOf,
  endOfDay,
  parseIssuers,
  problem,
  requireConsent,
} from '@liandong/schema';
import { LoginGuard } from './login-guard.ts';
import type { Person } from './people.ts';
import { hashPassword, isPassword } from './people.ts';

/** A working day at the desk, in seconds. */
const TOKEN_SECONDS = 8 * 3600;

export interface TokenAnswer {
  access_token: string;
  token_type: 'Bearer';
  /** Seconds. */
  expires_in: number;
}

/** What the desk that took a case in says of its applicant's consent to proxy handling. */
export interface TrackedConsent {
  consent: Pick<ProxyConsent, 'from' | 'until' | 'revokedAt'>;
  /** The desk whose agents look after the case. */
  agentNode: DivisionCode;
}

/**
 * Finds an applicant's consent by what the applicant has of the case.
 * @returns null where number or code is wrong; undefined where nobody handles the case by proxy
 * @throws {ProblemError} NODE_UNREACHABLE, RATE_LIMITED
 */
export type FindConsent = (number: string, code: string) => Promise<TrackedConsent | null | undefined>;

/** The embedded issuer of small sites and of development: people with passwords, tokens signed with Ed25519. */
export class Issuer {
  readonly name: string;
  readonly #key: { privateKey: CryptoKey; publicJwk: JWK; kid: string };
  readonly #people: ReadonlyMap<string, Person>;
  readonly #nobody: Promise<string>;
  readonly #guard: LoginGuard;
  /** Of its own tokens. */
  readonly #verifier: TokenVerifier;

  private constructor(
    name: string,
    key: { privateKey: CryptoKey; publicJwk: JWK; kid: string },
    people: readonly Person[],
    guard: LoginGuard,
  ) {
    this.#guard = guard;
    this.name = name;
    this.#key = key;
    this.#people = new Map(people.map((person) => [person.username, person]));
    this.#verifier = new TokenVerifier(parseIssuers([{ issuer: name, jwks: this.jwks() }]), () => {
      throw new Error('its own keys are at hand');
    });
    this.#nobody = hashPassword(randomUUID(), Buffer.from(randomUUID()));
  }

  /** @throws {ProblemError} BAD_CONFIG for a key that is no Ed25519 private key */
  static async open(
    name: string,
    jwk: JWK,
    people: readonly Person[],
    guard: LoginGuard = new LoginGuard(),
  ): Promise<Issuer> {
    if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || jwk.d === undefined || jwk.x === undefined) {
      throw problem('BAD_CONFIG', "The issuer's key file holds no Ed25519 private key.");
    }
    const privateKey = await importJWK(jwk, 'EdDSA').catch((cause: unknown) => {
      throw problem('BAD_CONFIG', "The issuer's key file holds a key that is damaged.", { cause });
    });
    if (privateKey instanceof Uint8Array) throw problem('BAD_CONFIG', "The issuer's key is no key pair.");
    const publicJwk: JWK = { kty: 'OKP', crv: 'Ed25519', x: jwk.x };
    return new Issuer(name, { privateKey, publicJwk, kid: await calculateJwkThumbprint(publicJwk) }, people, guard);
  }

  /** Its public keys (RFC 7517). */
  jwks(): { keys: JWK[] } {
    const { publicJwk, kid } = this.#key;
    return { keys: [{ ...publicJwk, kid, alg: 'EdDSA', use: 'sig' }] };
  }

  /**
   * A token for a person.
   * @param address where it is asked from: whoever tries out passwords there has to wait
   * @throws {ProblemError} UNAUTHENTICATED, the same for an unknown name and a wrong password; RATE_LIMITED
   */
  async login(username: string, password: string, address = 'unknown'): Promise<TokenAnswer> {
    this.#guard.requireTurn(username, address);
    const person = this.#people.get(username);
    // an unknown name takes as long as a wrong password
    const asked = person ?? { ...NOBODY, password: await this.#nobody };
    const right = await isPassword(asked, password);
    if (!person || !right) {
      this.#guard.failed(username, address);
      throw problem('UNAUTHENTICATED', 'Name or password is wrong.');
    }
    this.#guard.succeeded(username, address);
    const { name, division, roles, department, window } = person;
    const post = {
      name,
      division,
      roles,
      ...(department === null ? {} : { department }),
      ...(window === undefined ? {} : { window }),
    };
    return this.#sign(person.username, post, new Date(Date.now() + TOKEN_SECONDS * 1_000));
  }

  /**
   * Exchanges an agent's own token for one that acts for an applicant (RFC 8693, with `act`). What the applicant hands the
   * agent proves that they may: the case's number and tracking code. It is for that case alone, an agent's token whatever
   * other posts the person has, and ends with the consent's last day at the latest.
   * @param address where it is asked from: whoever tries out codes there has to wait
   * @throws {ProblemError} UNAUTHENTICATED, FORBIDDEN for who is no agent, NOT_FOUND, CONSENT_MISSING, CONSENT_REVOKED,
   * CONSENT_EXPIRED, NOT_COMPETENT for an agent of another desk, RATE_LIMITED, NODE_UNREACHABLE
   */
  async actFor(
    { actorToken, number, code }: { actorToken: string; number: string; code: string },
    findConsent: FindConsent,
    address = 'unknown',
  ): Promise<TokenAnswer> {
    const agent = await this.#verifier.verify(actorToken);
    if (agent.actsFor !== undefined) throw problem('UNAUTHENTICATED', 'This token acts for somebody already.');
    if (!agent.roles.includes('AGENT')) {
      throw problem('FORBIDDEN', 'Only an agent acts for an applicant.', { article: ARTICLES.postDuties });
    }
    this.#guard.requireTurn(number, address);
    const tracked = await findConsent(number, code);
    if (tracked === null) {
      this.#guard.failed(number, address);
      throw problem('NOT_FOUND', 'No case has this number and tracking code.');
    }
    this.#guard.succeeded(number, address);
    const article = ARTICLES.proxyConsent;
    if (!tracked) throw problem('CONSENT_MISSING', 'Nobody handles this case by proxy.', { article });
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

  async #sign(subject: string, claims: Record<string, unknown>, expires: Date): Promise<TokenAnswer> {
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: this.#key.kid, typ: 'JWT' })
      .setIssuer(this.name)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(this.#key.privateKey);
    const seconds = Math.round((expires.getTime() - Date.now()) / 1_000);
    return { access_token: token, token_type: 'Bearer', expires_in: seconds };
  }
}

const NOBODY: Omit<Person, 'password'> = { username: '', name: '', division: '', roles: [], department: null };

/** Makes a key for an embedded issuer, with the id its tokens name. */
export async function generateIssuerKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA' };
}
