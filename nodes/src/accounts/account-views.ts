import type { AccountView } from '@liandong/schema/domains/accounts';
import { subjectOf } from '@liandong/schema/domains/accounts';
import type { Day } from '@liandong/schema/kernel';
import type { NodeQueries } from '../db/index.ts';
import * as store from './account-store.ts';
import type { AccountRow } from './tables.ts';

/** One login with its posts. */
export async function viewOf(queries: NodeQueries, row: AccountRow, today: Day): Promise<AccountView> {
  const [view] = await viewsOf(queries, [row], today);
  return view ?? store.noAccount(queries.node, row.username);
}

/** Logins with their posts in force today or later. */
export async function viewsOf(queries: NodeQueries, rows: readonly AccountRow[], today: Day): Promise<AccountView[]> {
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
