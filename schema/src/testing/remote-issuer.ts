import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CryptoKey, JWK } from 'jose';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { TOKEN_AUDIENCE } from '../identity/claims.ts';
import type { Viewer } from '../operation/permissions.ts';

export const REMOTE_ISSUER = 'https://id.zhejiang.example';

/** A key of an issuer, and the tokens it signs. */
export interface IssuerKey {
  kid: string;
  jwk: JWK;
  token: (viewer: Viewer, header?: { alg?: string; kid?: string }) => Promise<string>;
}

export async function issuerKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    token: (viewer, header = {}) => sign(viewer, privateKey, { alg, kid, ...header }),
  };
}

async function sign(viewer: Viewer, key: CryptoKey | Uint8Array, header: { alg: string; kid: string }) {
  const { sub, name, division, roles, department } = viewer;
  return new SignJWT({ name, division, roles, ...(department === null ? {} : { department }) })
    .setProtectedHeader(header)
    .setIssuer(REMOTE_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(key);
}

/** An issuer that shows its keys over HTTP, changes them, falls silent and comes back. */
export class RemoteIssuer {
  #keys: JWK[] = [];
  #server: Server;
  #port = 0;
  /** Number of requests it got. */
  asked = 0;
  /** Its answer in place of the keys. */
  nonsense: { status: number; body: string } | null = null;

  private constructor() {
    this.#server = this.#make();
  }

  static async start(...keys: IssuerKey[]): Promise<RemoteIssuer> {
    const issuer = new RemoteIssuer();
    issuer.publish(...keys);
    await issuer.comeBack();
    return issuer;
  }

  get jwksUri(): string {
    return `http://127.0.0.1:${this.#port}/jwks`;
  }

  publish(...keys: IssuerKey[]): void {
    this.#keys = keys.map(({ jwk }) => jwk);
  }

  async goAway(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async comeBack(): Promise<void> {
    this.#server = this.#make();
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #make(): Server {
    return createServer((_, response) => {
      this.asked += 1;
      const { status, body } = this.nonsense ?? { status: 200, body: JSON.stringify({ keys: this.#keys }) };
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body);
    });
  }
}
