import type { PersonRef, PostChangeView } from '@liandong/schema/domains/roster';
import type { PostChange } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeReader, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import { postLogTable } from './tables.ts';

/** Adds a line to the log of the registers. */
export async function logChange(
  tx: SharedTx,
  at: Date,
  by: Pick<Viewer, 'sub' | 'name'>,
  change: PostChange,
  about: PersonRef,
  what: Record<string, unknown>,
): Promise<void> {
  const who = { actor: by.sub, actorName: by.name, subject: about.sub, subjectName: about.name };
  await insert(tx, postLogTable, [{ ...who, at, change, what }]);
}

/** The log, newest first. @param before the id after which it continues; null for its head */
export async function findChanges(
  queries: NodeReader,
  before: number | null,
  limit: number,
): Promise<PostChangeView[]> {
  const where = before === null ? {} : { id: { lt: before } };
  const rows = await queries.reads.postLog.findMany({ where, orderBy: { id: 'desc' }, take: limit });
  return (await opened(queries, postLogTable, rows)).map(({ id, at, actorName, change, subjectName, what }) => ({
    id,
    at,
    by: actorName,
    change,
    about: subjectName,
    what: JSON.stringify(what),
  }));
}
