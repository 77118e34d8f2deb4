import { isHeld, requireHeldPost } from '@liandong/schema/domains/accounts';
import type { DivisionCode } from '@liandong/schema/kernel';
import { dayOf } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { HostDb } from '../db/index.ts';
import { findPostsOf, postOf } from './account-store.ts';
import type { PostRow } from './tables.ts';

/** How long posts are remembered, ms; a change here is known at once. */
const REMEMBERED_MS = 5_000;
/** Most people remembered; the oldest are forgotten first. */
const MOST = 5_000;

interface Known {
  posts: readonly PostRow[];
  readAt: number;
}
type Person = Pick<Viewer, 'issuer' | 'sub'>;

/**
 * Refuses tokens whose post has ended or changed, where the person's desk keeps their posts. A person the desk keeps
 * none for, whose posts an issuer outside keeps, is taken by the token alone.
 */
export class PostGate {
  readonly #db: HostDb;
  readonly #now: () => Date;
  readonly #known = new Map<string, Known>();

  constructor(db: HostDb, now: () => Date) {
    this.#db = db;
    this.#now = now;
  }

  /**
   * @returns a promise only where the posts must be read
   * @throws {ProblemError} POST_ENDED
   */
  require(viewer: Viewer): Promise<void> | undefined {
    const key = keyOf(viewer.division, viewer);
    const known = this.#known.get(key);
    if (known && performance.now() - known.readAt < REMEMBERED_MS) {
      this.#judge(viewer, known.posts);
      return undefined;
    }
    return this.#read(viewer, key);
  }

  /** Called when a person's posts at a desk changed. */
  forget(node: DivisionCode, person: Person): void {
    this.#known.delete(keyOf(node, person));
  }

  async #read(viewer: Viewer, key: string): Promise<void> {
    const readAt = performance.now();
    const posts = await findPostsOf(this.#db.queries(viewer.division), viewer);
    this.#known.delete(key);
    this.#known.set(key, { posts, readAt });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    this.#judge(viewer, posts);
  }

  #judge(viewer: Viewer, posts: readonly PostRow[]): void {
    if (posts.length === 0) return;
    const today = dayOf(this.#now());
    const held = posts
      .filter(({ endedAt }) => endedAt === null)
      .map((row) => postOf(row, viewer.division))
      .filter((post) => isHeld(post, today));
    requireHeldPost(viewer, viewer.division, held);
  }
}

const keyOf = (node: DivisionCode, { issuer, sub }: Person) => JSON.stringify([node, issuer, sub]);
