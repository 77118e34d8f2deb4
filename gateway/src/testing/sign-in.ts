import type { Issuer, TokenAnswer } from '../issuer/index.ts';
import { DeskAccounts } from '../issuer/index.ts';

/** Desks that gave no logins. */
export const NO_DESKS = new DeskAccounts(
  () => Promise.reject(new Error('no host is asked')),
  () => [],
  () => ({ viewer: null, token: null, deadline: 0, signal: null }),
);

/** A token for a person of the issuer's own file. @throws {ProblemError} as the issuer's login */
export async function signIn(
  issuer: Issuer,
  username: string,
  password: string,
  address?: string,
): Promise<TokenAnswer> {
  const made = await issuer.login({ username, password, post: null }, NO_DESKS, address);
  if ('posts' in made) throw new Error('a person of the file has one post');
  return made;
}
