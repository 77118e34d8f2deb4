import { randomBytes } from 'node:crypto';
import { hashPassword } from '@liandong/runtime';
import type { IssuedCodeView, LeavingView } from '@liandong/schema/domains/accounts';
import { CODE_MS, requireAnother, subjectOf } from '@liandong/schema/domains/accounts';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { SharedTx } from '../db/index.ts';
import { logChange } from '../roster/index.ts';
import { signsOf } from '../slips/index.ts';
import * as store from './account-store.ts';
import { viewOf } from './account-views.ts';
import type { PersonRef } from './giving-posts.ts';
import { endAll, give, leaveDesk, requireLeft, requirePlace } from './giving-posts.ts';
import type { AccountHandlers, AccountsParts } from './parts.ts';

/** Signs of a one-time code: 59 bits, read from paper and typed. */
const CODE_SIGNS = 12;

/** Logins: given with a post and a code, renewed, and ended. */
export function loginsKept(parts: AccountsParts): Pick<AccountHandlers, 'openAccount' | 'renewCode' | 'endAccount'> {
  const { node, db, nodes, gate, now } = parts;

  /** Answers with a code, which the sealed answer of the key keeps for a repeated request. */
  const issued = async (
    tx: SharedTx,
    username: string,
    made: { code: string; until: string },
  ): Promise<IssuedCodeView> => {
    const row = await store.lockAccount(tx, username);
    return { account: await viewOf(tx, row, dayOf(now())), code: made.code, until: new Date(made.until) };
  };

  return {
    openAccount: {
      async prepare() {
        const { code, password } = await newCode();
        return {
          lane: null,
          work: async ({ viewer, tx, input, once }) => {
            const { username, name } = input;
            const made = await once(async () => {
              await requirePlace(parts, tx, input);
              const { issuer } = viewer;
              const taken = await store.findAccount(tx, username);
              if (taken || (await store.homesOf(db, nodes(), { issuer, username })).length > 0)
                throw nameTaken(username);
              const at = now();
              const until = new Date(at.getTime() + CODE_MS);
              await store.addAccount(tx, {
                username,
                issuer,
                name,
                password,
                codeUntil: until,
                openedAt: at,
                openedBy: viewer.name,
                lastSignInAt: null,
                lockedUntil: null,
                endedAt: null,
                endedBy: null,
                endedReason: null,
              });
              const person = { issuer, sub: subjectOf(username, node), name };
              await logChange(tx, at, viewer, 'ACCOUNT_OPENED', person, { username });
              await give(parts, tx, viewer, person, input);
              return { code, until: until.toISOString() };
            });
            return issued(tx, username, made);
          },
        };
      },
    },

    renewCode: {
      async prepare() {
        const { code, password } = await newCode();
        return {
          lane: null,
          work: async ({ viewer, tx, input: { username }, once }) => {
            const made = await once(async () => {
              const { person } = await lockOther(tx, viewer, username);
              const at = now();
              const until = new Date(at.getTime() + CODE_MS);
              await store.setSecret(tx, username, { password, codeUntil: until });
              await logChange(tx, at, viewer, 'CODE_RENEWED', person, { username });
              return { code, until: until.toISOString() };
            });
            return issued(tx, username, made);
          },
        };
      },
    },

    async endAccount({ viewer, tx, input: { username, reason }, once }) {
      const left = await once(async () => {
        const { person } = await lockOther(tx, viewer, username);
        const ending = { at: now(), by: viewer.name, reason };
        const held = await store.findComingPosts(tx, [person.sub], dayOf(ending.at));
        await requireLeft(tx, viewer, held, dayOf(ending.at));
        await store.markEnded(tx, username, ending);
        await endAll(tx, person, held, ending);
        const behind = await leaveDesk(tx, person, ending);
        await logChange(tx, ending.at, viewer, 'ACCOUNT_ENDED', person, { username, reason, ...behind });
        tx.afterCommit(() => gate.forget(node, person));
        return behind;
      });
      const account = await viewOf(tx, await store.lockAccount(tx, username), dayOf(now()));
      return { account, ...left } satisfies LeavingView;
    },
  };
}

/** Locks the login of another person. @throws {ProblemError} NOT_FOUND, ACCOUNT_CONFLICT, FORBIDDEN */
async function lockOther(tx: SharedTx, viewer: Viewer, username: string): Promise<{ person: PersonRef }> {
  const { issuer, name, endedAt } = await store.lockAccount(tx, username);
  const person = { issuer, sub: subjectOf(username, tx.node), name };
  requireAnother(viewer, person);
  if (endedAt !== null) throw accountEnded(username);
  return { person };
}

/** A one-time code as it is shown, `ABCD-EFGH-JKMN`, and what is stored of it. */
async function newCode(): Promise<{ code: string; password: string }> {
  const signs = signsOf(CODE_SIGNS);
  const code = signs.replace(/(.{4})(?=.)/g, '$1-');
  return { code, password: await hashPassword(signs, randomBytes(16)) };
}

const nameTaken = (username: string) =>
  problem('ACCOUNT_CONFLICT', `The name ${username} is taken; choose another.`, { field: 'username' });
export const accountEnded = (username: string) =>
  problem('ACCOUNT_CONFLICT', `The login ${username} has ended; open one under another name.`, { field: 'username' });
