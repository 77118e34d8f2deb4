import { subjectOf } from '@liandong/schema/domains/accounts';
import { dayOf } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { requireReaderOver } from '@liandong/schema/operation';
import { z } from 'zod';
import { cursorOf, noCursor, placeOf, placesOf } from '../db/index.ts';
import { countHeld } from '../devices/index.ts';
import { countStewarded } from '../stewards/index.ts';
import * as store from './account-store.ts';
import { viewOf, viewsOf } from './account-views.ts';
import { loginsKept } from './login-handlers.ts';
import type { AccountHandlers, AccountsParts } from './parts.ts';
import { postsKept } from './post-handlers.ts';

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
      const [account, cases, enterprises, held] = await Promise.all([
        viewOf(queries, row, dayOf(now())),
        store.countHandled(queries, person),
        countStewarded(queries, person),
        countHeld(queries, person),
      ]);
      return { account, cases, enterprises, ...held };
    },
  };
}

function placeOfPost(after: string): readonly [at: string, id: string] {
  const place = postPlace.safeParse(placesOf(after));
  if (!place.success) throw noCursor();
  return place.data;
}
