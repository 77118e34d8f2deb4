import type { TokenVerifier } from '@liandong/schema/identity';
import type { Viewer } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';

export interface Identity {
  viewer: Viewer | null;
  token: string | null;
}

/**
 * The person who asks, or null for the public, who send no token. A wrong token is refused here, and every node checks
 * it again.
 * @throws {ProblemError} UNAUTHENTICATED
 */
export async function identify(request: Request, tokens: TokenVerifier): Promise<Identity> {
  const header = request.headers.get('authorization');
  if (header === null) return { viewer: null, token: null };
  const [, token] = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header) ?? [];
  if (token === undefined) throw problem('UNAUTHENTICATED', 'The authorization header holds no bearer token.');
  return { viewer: await tokens.verify(token), token };
}
