import { randomBytes, randomUUID } from 'node:crypto';
import { hashPassword } from '@liandong/runtime';
import type {
  accountsDomain,
  AccountView,
  DeskPost,
  IssuedCodeView,
  LeavingView,
} from '@liandong/schema/domains/accounts';
import {
  CODE_MS,
  requireAdministratorLeft,
  requireAnother,
  requirePost,
  subjectOf,
} from '@liandong/schema/domains/accounts';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import { requireReaderOver } from '@liandong/schema/operation';
import { z } from 'zod';
import type { HostDb, NodeHandlers, NodeQueries, SharedTx } from '../db/index.ts';
import { cursorOf, noCursor, placeOf, placesOf } from '../db/index.ts';
import { findOffices } from '../offices/index.ts';
import { logChange } from '../roster/index.ts';
import { signsOf } from '../slips/index.ts';
import type { Ending } from './account-store.ts';
import * as store from './account-store.ts';
import type { PostGate } from './post-gate.ts';
import type { AccountRow } from './tables.ts';

export interface AccountsParts {
  node: DivisionCode;
  divisions: Divisions;
  db: HostDb;
  /** Served by this host now. */
  nodes: () => readonly DivisionCode[];
  gate: PostGate;
  now: () => Date;
}

type AccountHandlers = NodeHandlers<typeof accountsDomain>;
type Operations = (typeof accountsDomain)['operations'];
type Given = Pick<InputOf<Operations['givePost']>, 'roles' | 'department' | 'window' | 'from' | 'until'>;

/** Signs of a one-time code: 59 bits, read from paper and typed. */
const CODE_SIGNS = 12;

/** 人员账号 at one node: its people's logins and posts. It needs no other node. */
export function accountHandlers(parts: AccountsParts): AccountHandlers {
  return { ...registersRead(parts), ...loginsKept(parts), ...postsKept(parts) };
}

const postPlace = z.tuple([z.iso.datetime(), z.uuid()]);

function registersRead(parts: AccountsParts): Pick<AccountHandlers, 'accounts' | 'deskPosts' | 'leaving'> {
  const { node, divisions, now } = parts;
  const over = (viewer: Viewer) => requireReaderOver(viewer, 'READ_ACCOUNTS', node, divisions);

  return {
    async accounts({ viewer, queries, page: { first, after } }) {
      over(viewer);
      const rows = await store.listAccounts(queries, after === null ? null : placeOf(after), first + 1);
      const listed = rows.slice(0, first);
      return {
        nodes: await viewsOf(queries, listed, dayOf(now())),
        cursors: listed.map(({ username }) => cursorOf(username)),
        hasNextPage: rows.length > first,
        hasPreviousPage: after !== null,
      };
    },

    async deskPosts({ viewer, queries, page: { first, after } }) {
      over(viewer);
      const rows = await store.listPosts(queries, after === null ? null : placeOfPost(after), first + 1);
      const listed = rows.slice(0, first);
      return {
        nodes: listed.map((row) => store.postOf(row, node)),
        cursors: listed.map(({ givenAt, id }) => cursorOf(JSON.stringify([givenAt.toISOString(), id]))),
        hasNextPage: rows.length > first,
        hasPreviousPage: after !== null,
      };
    },

    async leaving({ viewer, queries, input: { username } }) {
      over(viewer);
      const row = (await store.findAccount(queries, username)) ?? store.noAccount(node, username);
      const person = { issuer: row.issuer, sub: subjectOf(username, node) };
      const [account, cases] = await Promise.all([
        viewOf(queries, row, dayOf(now())),
        store.countHandled(queries, person),
      ]);
      return { account, cases };
    },
  };
}

function placeOfPost(after: string): readonly [at: string, id: string] {
  const place = postPlace.safeParse(placesOf(after));
  if (!place.success) throw noCursor();
  return place.data;
}

function loginsKept(parts: AccountsParts): Pick<AccountHandlers, 'openAccount' | 'renewCode' | 'endAccount'> {
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
      const cases = await once(async () => {
        const { person } = await lockOther(tx, viewer, username);
        const ending = { at: now(), by: viewer.name, reason };
        const held = await store.findComingPosts(tx, [person.sub], dayOf(ending.at));
        await requireLeft(tx, viewer, held, dayOf(ending.at));
        await store.markEnded(tx, username, ending);
        await endAll(tx, person, held, ending);
        const released = await store.releaseHandled(tx, person);
        await logChange(tx, ending.at, viewer, 'ACCOUNT_ENDED', person, { username, reason, cases: released });
        tx.afterCommit(() => gate.forget(node, person));
        return released;
      });
      const account = await viewOf(tx, await store.lockAccount(tx, username), dayOf(now()));
      return { account, cases } satisfies LeavingView;
    },
  };
}

function postsKept(parts: AccountsParts): Pick<AccountHandlers, 'givePost' | 'endPost'> {
  const { node, gate, now } = parts;
  return {
    async givePost({ viewer, tx, input, once }) {
      const id = await once(async () => {
        const person = { issuer: viewer.issuer, sub: input.sub, name: input.name };
        requireAnother(viewer, person);
        await requirePlace(parts, tx, input);
        const { username, home } = partsOf(input.sub);
        const own = home === node ? await store.findAccount(tx, username) : null;
        if (own?.endedAt) throw accountEnded(username);
        return give(parts, tx, viewer, person, input);
      });
      return getPost(tx, id);
    },

    async endPost({ viewer, tx, input: { id, reason }, once }) {
      await once(async () => {
        const row = await store.lockPost(tx, id);
        const post = store.postOf(row, node);
        requireAnother(viewer, post);
        const ending = { at: now(), by: viewer.name, reason };
        const today = dayOf(ending.at);
        await requireLeft(tx, viewer, [row], today);
        await endAll(tx, post, [row], ending);
        const others = await store.findComingPosts(tx, [post.sub], today);
        const left = others.every(({ issuer }) => issuer !== post.issuer);
        const cases = left ? await store.releaseHandled(tx, post) : 0;
        await logChange(tx, ending.at, viewer, 'POST_ENDED', post, { roles: post.roles, reason, cases });
        tx.afterCommit(() => gate.forget(node, post));
        return true;
      });
      return getPost(tx, id);
    },
  };

  async function getPost(tx: SharedTx, id: string): Promise<DeskPost> {
    return store.postOf(await store.getPost(tx, id), node);
  }
}

/** Checks a post against its desk: duties, term, and the window. @throws {ProblemError} BAD_INPUT */
async function requirePlace({ node, divisions }: AccountsParts, tx: SharedTx, given: Given): Promise<void> {
  requirePost(given, node, divisions.get(node).tier);
  const { window: code } = given;
  if (code === null) return;
  const { windows } = await findOffices(tx);
  if (windows.some((known) => known.code === code)) return;
  throw problem('BAD_INPUT', `${node} has no window ${code}.`, { node, field: 'window' });
}

interface PersonRef {
  issuer: string;
  sub: string;
  name: string;
}

async function give(
  { node, gate, now }: AccountsParts,
  tx: SharedTx,
  viewer: Viewer,
  { issuer, sub, name }: PersonRef,
  { roles, department, window: windowCode, from: fromDay, until: untilDay }: Given,
): Promise<string> {
  const id = randomUUID();
  const givenAt = now();
  await store.addPost(tx, {
    id,
    issuer,
    sub,
    name,
    roles,
    department,
    windowCode,
    fromDay,
    untilDay,
    givenAt,
    givenBy: viewer.name,
    endedAt: null,
    endedBy: null,
    endedReason: null,
  });
  const what = { roles, department, window: windowCode, from: fromDay, until: untilDay };
  await logChange(tx, givenAt, viewer, 'POST_GIVEN', { sub, name }, what);
  tx.afterCommit(() => gate.forget(node, { issuer, sub }));
  return id;
}

/** Locks the login of another person. @throws {ProblemError} NOT_FOUND, ACCOUNT_CONFLICT, FORBIDDEN */
async function lockOther(tx: SharedTx, viewer: Viewer, username: string): Promise<{ person: PersonRef }> {
  const { issuer, name, endedAt } = await store.lockAccount(tx, username);
  const person = { issuer, sub: subjectOf(username, tx.node), name };
  requireAnother(viewer, person);
  if (endedAt !== null) throw accountEnded(username);
  return { person };
}

/** @throws {ProblemError} LAST_ADMINISTRATOR */
async function requireLeft(
  tx: SharedTx,
  viewer: Viewer,
  ending: readonly { id: string; roles: readonly string[] }[],
  today: Day,
): Promise<void> {
  if (!ending.some(({ roles }) => roles.includes('ADMINISTRATOR'))) return;
  const held = await store.lockAdministrators(tx, today);
  requireAdministratorLeft(
    viewer,
    tx.node,
    held,
    ending.map(({ id }) => id),
  );
}

async function endAll(
  tx: SharedTx,
  { issuer }: Pick<PersonRef, 'issuer'>,
  posts: readonly { id: string; issuer: string }[],
  ending: Ending,
): Promise<void> {
  const ids = posts.filter((post) => post.issuer === issuer).map(({ id }) => id);
  if (ids.length > 0) await store.endPosts(tx, ids, ending);
}

async function viewOf(queries: NodeQueries, row: AccountRow, today: Day): Promise<AccountView> {
  const [view] = await viewsOf(queries, [row], today);
  return view ?? store.noAccount(queries.node, row.username);
}

async function viewsOf(queries: NodeQueries, rows: readonly AccountRow[], today: Day): Promise<AccountView[]> {
  const { node } = queries;
  const subs = rows.map(({ username }) => subjectOf(username, node));
  const posts = subs.length > 0 ? await store.findComingPosts(queries, subs, today) : [];
  return rows.map((row) => {
    const { username, issuer, name, codeUntil, openedAt, openedBy, lastSignInAt, endedAt, endedBy, endedReason } = row;
    const sub = subjectOf(username, node);
    const own = posts.filter((post) => post.sub === sub && post.issuer === issuer);
    return {
      username,
      sub,
      name,
      division: node,
      openedAt,
      openedBy,
      codeUntil,
      lastSignInAt,
      endedAt,
      endedBy,
      endedReason,
      state: endedAt !== null ? 'ENDED' : codeUntil !== null ? 'WAITING' : 'ACTIVE',
      posts: own.map((post) => store.postOf(post, node)),
    };
  });
}

/** The name and the desk of a subject that a desk's login gives. */
function partsOf(sub: string): { username: string; home: string | null } {
  const at = sub.lastIndexOf('@');
  return at < 1 ? { username: sub, home: null } : { username: sub.slice(0, at), home: sub.slice(at + 1) };
}

/** A one-time code as it is shown, `ABCD-EFGH-JKMN`, and what is stored of it. */
async function newCode(): Promise<{ code: string; password: string }> {
  const signs = signsOf(CODE_SIGNS);
  const code = signs.replace(/(.{4})(?=.)/g, '$1-');
  return { code, password: await hashPassword(signs, randomBytes(16)) };
}

const nameTaken = (username: string) =>
  problem('ACCOUNT_CONFLICT', `The name ${username} is taken; choose another.`, { field: 'username' });
const accountEnded = (username: string) =>
  problem('ACCOUNT_CONFLICT', `The login ${username} has ended; open one under another name.`, { field: 'username' });
