import type { DeskPost, HeldPost } from '@liandong/schema/domains/accounts';
import type { Day, DivisionCode } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import type { HostDb, NodeQueries, NodeReader, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { AccountRow, PostRow } from './tables.ts';
import { accountsTable, deskPostsTable } from './tables.ts';

const ACCOUNTS = `SELECT ${accountsTable.select('a')} FROM accounts a`;
const POSTS = `SELECT ${deskPostsTable.select('p')} FROM desk_posts p`;

interface Person {
  issuer: string;
  sub: string;
}

/** Who ended something, when and why. */
export interface Ending {
  at: Date;
  by: string;
  reason: string;
}

export const postOf = (row: PostRow, node: DivisionCode): DeskPost => ({
  id: row.id,
  issuer: row.issuer,
  sub: row.sub,
  name: row.name,
  division: node,
  roles: row.roles,
  department: row.department,
  window: row.windowCode,
  from: row.fromDay,
  until: row.untilDay,
  givenBy: row.givenBy,
});

/** Logins in the order of their names. @param after the name it continues behind */
export async function listAccounts(queries: NodeReader, after: string | null, limit: number): Promise<AccountRow[]> {
  const where = after === null ? {} : { username: { gt: after } };
  const rows = await queries.reads.account.findMany({ where, orderBy: { username: 'asc' }, take: limit });
  return opened(queries, accountsTable, rows);
}

export async function findAccount(queries: NodeQueries, username: string): Promise<AccountRow | null> {
  const [row] = await queries.query<AccountRow>(`${ACCOUNTS} WHERE node = $1 AND username = $2`, [username]);
  return row ?? null;
}

/** Locks a login. @throws {ProblemError} NOT_FOUND */
export async function lockAccount(tx: SharedTx, username: string): Promise<AccountRow> {
  const [row] = await tx.query<AccountRow>(`${ACCOUNTS} WHERE node = $1 AND username = $2 FOR UPDATE`, [username]);
  return row ?? noAccount(tx.node, username);
}

export function noAccount(node: DivisionCode, username: string): never {
  throw problem('NOT_FOUND', `${node} gave no login the name ${username}.`, { node, field: 'username' });
}

export async function addAccount(tx: SharedTx, row: Omit<AccountRow, 'failures'>): Promise<void> {
  await insert(tx, accountsTable, [row]);
}

/** A one-time code for a login, until `codeUntil`. Waiting after wrong secrets ends. */
export async function setSecret(
  tx: SharedTx,
  username: string,
  secret: { password: string; codeUntil: Date },
): Promise<void> {
  await tx.query(
    `UPDATE accounts SET password = $3, code_until = $4, failures = 0, locked_until = NULL
     WHERE node = $1 AND username = $2`,
    [username, secret.password, secret.codeUntil],
  );
}

/**
 * A password in place of the secret that was checked.
 * @returns whether it was taken: not where the login was reset or ended meanwhile
 */
export async function replaceSecret(
  tx: SharedTx,
  { username, password: checked }: Pick<AccountRow, 'username' | 'password'>,
  password: string,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE accounts SET password = $4, code_until = NULL, failures = 0, locked_until = NULL
     WHERE node = $1 AND username = $2 AND password = $3 AND ended_at IS NULL RETURNING 1`,
    [username, checked, password],
  );
  return rows.length > 0;
}

export async function markEnded(tx: SharedTx, username: string, { at, by, reason }: Ending): Promise<void> {
  await tx.query(
    `UPDATE accounts SET ended_at = $3, ended_by = $4, ended_reason = $5 WHERE node = $1 AND username = $2`,
    [username, at, by, reason],
  );
}

/**
 * Counts a try before its secret is checked, so that tries at once are no more than tries one after the other.
 * @param free tries without a wait; later ones lock the name until `lockedUntil`
 * @returns null where there is no such login; `wait` when it has to wait, ms
 */
export async function countTry(
  tx: SharedTx,
  {
    issuer,
    username,
    now,
    free,
    lockedMs,
  }: { issuer: string; username: string; now: Date; free: number; lockedMs: number },
): Promise<{ account: AccountRow; wait: number } | null> {
  const [account] = await tx.query<AccountRow>(
    `${ACCOUNTS} WHERE node = $1 AND username = $2 AND issuer = $3 AND ended_at IS NULL FOR UPDATE`,
    [username, issuer],
  );
  if (!account) return null;
  const wait = (account.lockedUntil?.getTime() ?? 0) - now.getTime();
  if (wait > 0) return { account, wait };
  await tx.query(
    `UPDATE accounts SET failures = failures + 1, locked_until = CASE WHEN failures + 1 >= $3 THEN $4::timestamptz END
     WHERE node = $1 AND username = $2`,
    [username, free, new Date(now.getTime() + lockedMs)],
  );
  return { account, wait: 0 };
}

/** A right secret: earlier wrong ones are forgotten. @param signedIn whether it was a password, which signs in */
export async function countSuccess(tx: SharedTx, username: string, now: Date, signedIn: boolean): Promise<void> {
  await tx.query(
    `UPDATE accounts SET failures = 0, locked_until = NULL,
       last_sign_in_at = CASE WHEN $4::boolean THEN $3::timestamptz ELSE last_sign_in_at END
     WHERE node = $1 AND username = $2`,
    [username, now, signedIn],
  );
}

/** Nodes of this host with a login of this name that has not ended. */
export async function homesOf(
  db: HostDb,
  nodes: readonly DivisionCode[],
  { issuer, username }: { issuer: string; username: string },
): Promise<DivisionCode[]> {
  const rows = await db.queryHost<{ node: DivisionCode }>(
    `SELECT node FROM accounts WHERE username = $2 AND issuer = $3 AND node = ANY ($1) AND ended_at IS NULL
     ORDER BY node`,
    [nodes, username, issuer],
  );
  return rows.map(({ node }) => node);
}

/** Posts of a person at nodes of this host that hold on a day. */
export async function heldAtHost(
  db: HostDb,
  nodes: readonly DivisionCode[],
  { issuer, sub }: Person,
  day: Day,
): Promise<HeldPost[]> {
  return db.queryHost<HeldPost>(
    `SELECT node AS division, id, roles, department, window_code AS "window", from_day AS "from", until_day AS until
     FROM desk_posts WHERE sub = $2 AND issuer = $3 AND node = ANY ($1) AND ended_at IS NULL
       AND from_day <= $4 AND (until_day IS NULL OR until_day >= $4)
     ORDER BY node, given_at, id`,
    [nodes, sub, issuer, day],
  );
}

/** Posts of a desk, the newest first. @param before the place it continues behind: when it was given, and its id */
export async function listPosts(
  queries: NodeQueries,
  before: readonly [at: string, id: string] | null,
  limit: number,
): Promise<PostRow[]> {
  return queries.query<PostRow>(
    `${POSTS} WHERE node = $1 AND ($2::timestamptz IS NULL OR (given_at, id) < ($2, $3::uuid))
     ORDER BY given_at DESC, id DESC LIMIT $4`,
    [before?.[0] ?? null, before?.[1] ?? null, limit],
  );
}

/** All posts of a person at this desk, past ones included. */
export function findPostsOf(queries: NodeQueries, { issuer, sub }: Person): Promise<PostRow[]> {
  return queries.query<PostRow>(`${POSTS} WHERE node = $1 AND issuer = $2 AND sub = $3 ORDER BY given_at, id`, [
    issuer,
    sub,
  ]);
}

/** Posts that some of the desk's people hold or will hold. */
export function findComingPosts(queries: NodeQueries, subs: readonly string[], day: Day): Promise<PostRow[]> {
  return queries.query<PostRow>(
    `${POSTS} WHERE node = $1 AND sub = ANY ($2) AND ended_at IS NULL AND (until_day IS NULL OR until_day >= $3)
     ORDER BY given_at, id`,
    [subs, day],
  );
}

/** Posts of administrators of the desk in force on a day, locked: two can't end each other at once. */
export async function lockAdministrators(tx: SharedTx, day: Day): Promise<PostRow[]> {
  return tx.query<PostRow>(
    `${POSTS} WHERE node = $1 AND 'ADMINISTRATOR' = ANY (roles) AND ended_at IS NULL
       AND from_day <= $2 AND (until_day IS NULL OR until_day >= $2) ORDER BY id FOR UPDATE`,
    [day],
  );
}

/** @throws {ProblemError} NOT_FOUND for a post that is not here or has ended */
export async function lockPost(tx: SharedTx, id: string): Promise<PostRow> {
  const [row] = await tx.query<PostRow>(`${POSTS} WHERE node = $1 AND id = $2 AND ended_at IS NULL FOR UPDATE`, [id]);
  if (row) return row;
  throw problem('NOT_FOUND', `${tx.node} has no such post in force.`, { node: tx.node, field: 'id' });
}

/** @throws {ProblemError} NOT_FOUND */
export async function getPost(queries: NodeQueries, id: string): Promise<PostRow> {
  const [row] = await queries.query<PostRow>(`${POSTS} WHERE node = $1 AND id = $2`, [id]);
  if (row) return row;
  throw problem('NOT_FOUND', `${queries.node} has no such post.`, { node: queries.node, field: 'id' });
}

export async function addPost(tx: SharedTx, row: PostRow): Promise<void> {
  await insert(tx, deskPostsTable, [row]);
}

export async function endPosts(tx: SharedTx, ids: readonly string[], { at, by, reason }: Ending): Promise<void> {
  await tx.query(
    `UPDATE desk_posts SET ended_at = $3, ended_by = $4, ended_reason = $5 WHERE node = $1 AND id = ANY ($2)`,
    [ids, at, by, reason],
  );
}

/** How many open cases of this desk a person handles. */
export async function countHandled(queries: NodeQueries, { issuer, sub }: Person): Promise<number> {
  const [row] = await queries.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM cases
     WHERE node = $1 AND handler_issuer = $2 AND handler_sub = $3 AND custody = 'HELD' AND closed_at IS NULL`,
    [issuer, sub],
  );
  return row?.open ?? 0;
}

/** Cases of this desk that a person handles wait for another handler. @returns how many of them are open and held here */
export async function releaseHandled(tx: SharedTx, { issuer, sub }: Person): Promise<number> {
  const rows = await tx.query<{ open: boolean }>(
    `UPDATE cases SET handler_issuer = NULL, handler_sub = NULL, handler_name = NULL, handler_since = NULL,
       handler_by = NULL
     WHERE node = $1 AND handler_issuer = $2 AND handler_sub = $3 AND closed_at IS NULL
     RETURNING custody = 'HELD' AS open`,
    [issuer, sub],
  );
  return rows.filter(({ open }) => open).length;
}
