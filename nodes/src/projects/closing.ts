import type { DivisionCode } from '@liandong/schema/kernel';
import type { Succession } from '@liandong/schema/case';
import type { HostDb } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { ProjectKeeper } from './project-keeper.ts';
import { findOwn } from './project-store.ts';

/**
 * Lets the successor of a closed node keep its projects, each in a transaction of its own: an interrupted run continues
 * where it was, and a second run does nothing.
 * @returns how many
 */
export async function handOverProjects(
  { node, db, keeper, failures }: { node: DivisionCode; db: HostDb; keeper: ProjectKeeper; failures: Failures },
  own: Succession,
): Promise<number> {
  let moved = 0;
  const subjectOf = (id: string) => ({ node, project: id });
  await failures.each('handing a project over', await findOwn(db.queries(node)), subjectOf, async (id) => {
    if (await db.transact(node, (tx) => keeper.handOver(tx, id, own))) moved++;
  });
  return moved;
}
