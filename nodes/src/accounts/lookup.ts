import { randomBytes } from 'node:crypto';
import { hashPassword, isPassword, NO_PASSWORD, Turns } from '@liandong/runtime';
import type { AccountLookup, SignedIn } from '@liandong/schema/domains/accounts';
import { FREE_FAILURES, LOCKED_MS, requirePassword, subjectOf } from '@liandong/schema/domains/accounts';
import type { DivisionCode } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';
import { logChange } from '../roster/index.ts';
import { countSuccess, countTry, heldAtHost, homesOf, replaceSecret } from './account-store.ts';
import type { AccountRow } from './tables.ts';

/** Each check takes one of Node.js's four threads for a while: two at once for all nodes of the host. */
const CHECKS = new Turns(2, 50, () => waits(1_000, 'Too many logins at once.'));

interface LookupParts {
  node: DivisionCode;
  db: HostDb;
  /** Served by this host now. */
  nodes: () => readonly DivisionCode[];
  now: () => Date;
}

interface Secret {
  issuer: string;
  username: string;
  secret: string;
}

/** What token issuers ask of a node: whether a secret is right, and which posts its person holds. */
export function accountLookup(parts: LookupParts): AccountLookup {
  const { node, db, nodes, now } = parts;
  return {
    homesOf: (issuer, username) => homesOf(db, nodes(), { issuer, username }),
    postsOf: (issuer, sub) => heldAtHost(db, nodes(), { issuer, sub }, dayOf(now())),

    async signIn(asked) {
      const account = await rightAccount(parts, asked);
      if (!account) return null;
      const mustChoose = account.codeUntil !== null;
      await db.transact(node, (tx) => countSuccess(tx, account.username, now(), !mustChoose));
      return signedIn(node, account);
    },

    async choosePassword({ next, ...asked }) {
      const account = await rightAccount(parts, asked);
      if (!account) return null;
      const { username, name } = account;
      requirePassword(next, account);
      const password = await CHECKS.take(() => hashPassword(next, randomBytes(16)));
      const person = { sub: subjectOf(username, node), name };
      const taken = await db.transact(node, async (tx) => {
        if (!(await replaceSecret(tx, account, password))) return false;
        await logChange(tx, now(), person, 'PASSWORD_CHOSEN', person, { username });
        return true;
      });
      return taken ? signedIn(node, { ...account, codeUntil: null }) : null;
    },
  };
}

/** The login of a name whose secret this is. @throws {ProblemError} RATE_LIMITED while the name has to wait */
async function rightAccount(
  { node, db, now }: LookupParts,
  { issuer, username, secret }: Secret,
): Promise<AccountRow | null> {
  const limits = { free: FREE_FAILURES, lockedMs: LOCKED_MS };
  const tried = await db.transact(node, (tx) => countTry(tx, { issuer, username, now: now(), ...limits }));
  if (tried && tried.wait > 0) throw waits(tried.wait, 'Too many wrong passwords for this name.');
  const account = tried?.account;
  const isCode = account !== undefined && account.codeUntil !== null;
  // a code is typed from paper, with or without its hyphens
  const typed = isCode ? secret.toUpperCase().replaceAll(/[\s-]/g, '') : secret;
  const right = await CHECKS.take(() => isPassword(account ?? { password: NO_PASSWORD }, typed));
  if (!account || !right) return null;
  return account.codeUntil !== null && account.codeUntil <= now() ? null : account;
}

const signedIn = (node: DivisionCode, { username, name, codeUntil }: AccountRow): SignedIn => ({
  sub: subjectOf(username, node),
  name,
  mustChoose: codeUntil !== null,
});

function waits(ms: number, why: string) {
  return problem('RATE_LIMITED', `${why} Try again in ${Math.ceil(ms / 1000)} seconds.`);
}
