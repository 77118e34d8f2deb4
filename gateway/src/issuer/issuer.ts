import { randomUUID } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { TOKEN_AUDIENCE, problem } from '@liandong/schema';
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

/** The embedded issuer of small sites and of development: people with passwords, tokens signed with Ed25519. */
export class Issuer {
  readonly name: string;
  readonly #key: { privateKey: CryptoKey; publicJwk: JWK; kid: string };
  readonly #people: ReadonlyMap<string, Person>;
  readonly #nobody: Promise<string>;
  readonly #guard: LoginGuard;

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
    const token = await new SignJWT({
      name,
      division,
      roles,
      ...(department === null ? {} : { department }),
      ...(window === undefined ? {} : { window }),
    })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.#key.kid, typ: 'JWT' })
      .setIssuer(this.name)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(person.username)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_SECONDS}s`)
      .sign(this.#key.privateKey);
    return { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS };
  }
}

const NOBODY: Omit<Person, 'password'> = { username: '', name: '', division: '', roles: [], department: null };

/** Makes a key for an embedded issuer, with the id its tokens name. */
export async function generateIssuerKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA' };
}
