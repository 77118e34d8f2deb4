import type { DivisionCode, Succession } from '@liandong/schema';
import type { HostDb } from '../db/index.ts';
import type { ProjectKeeper } from './project-keeper.ts';
import { findOwn } from './project-store.ts';

/**
 * Has the successor of a closed node keep its projects, each in a transaction of its own: it goes on where it was
 * interrupted, and given again it does nothing.
 * @returns how many
 */
export async function handOverProjects(
  { node, db, keeper }: { node: DivisionCode; db: HostDb; keeper: ProjectKeeper },
  own: Succession,
): Promise<number> {
  let moved = 0;
  for (const id of await findOwn(db.queries(node))) {
    if (await db.transact(node, (tx) => keeper.handOver(tx, id, own))) moved++;
  }
  return moved;
}
