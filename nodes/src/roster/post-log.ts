import type { PersonRef, PostChangeView } from '@liandong/schema/domains/roster';
import type { PostChange } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';

/** Adds a line to the log of the registers. */
export async function logChange(
  tx: SharedTx,
  at: Date,
  by: Pick<Viewer, 'sub' | 'name'>,
  change: PostChange,
  about: PersonRef,
  what: Record<string, unknown>,
): Promise<void> {
  await tx.query(
    `INSERT INTO post_log (node, at, actor, actor_name, change, subject, subject_name, what)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [at, by.sub, by.name, change, about.sub, about.name, JSON.stringify(what)],
  );
}

/** The log, newest first. @param before the id after which it continues; null for its head */
export async function findChanges(
  queries: NodeQueries,
  before: number | null,
  limit: number,
): Promise<PostChangeView[]> {
  const rows = await queries.query<{
    id: string;
    at: Date;
    actor_name: string;
    change: PostChange;
    subject_name: string;
    what: Record<string, unknown>;
  }>(
    `SELECT id, at, actor_name, change, subject_name, what FROM post_log
     WHERE node = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [before, limit],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    at: row.at,
    by: row.actor_name,
    change: row.change,
    about: row.subject_name,
    what: JSON.stringify(row.what),
  }));
}
