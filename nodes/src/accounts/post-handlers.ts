import type { DeskPost } from '@liandong/schema/domains/accounts';
import { requireAnother } from '@liandong/schema/domains/accounts';
import { dayOf } from '@liandong/schema/kernel';
import type { SharedTx } from '../db/index.ts';
import { logChange } from '../roster/index.ts';
import * as store from './account-store.ts';
import { endAll, give, leaveDesk, requireLeft, requirePlace } from './giving-posts.ts';
import { accountEnded } from './login-handlers.ts';
import type { AccountHandlers, AccountsParts } from './parts.ts';

/** Posts at the desk, of its own people and of people with a login elsewhere. */
export function postsKept(parts: AccountsParts): Pick<AccountHandlers, 'givePost' | 'endPost'> {
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
        const behind = left ? await leaveDesk(tx, post, ending) : {};
        await logChange(tx, ending.at, viewer, 'POST_ENDED', post, { roles: post.roles, reason, ...behind });
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

/** The name and the desk of a subject that a desk's login gives. */
function partsOf(sub: string): { username: string; home: string | null } {
  const at = sub.lastIndexOf('@');
  return at < 1 ? { username: sub, home: null } : { username: sub.slice(0, at), home: sub.slice(at + 1) };
}
