import type { AffectedGrant, Day, DivisionCode, Grant, WindowStage } from '@liandong/schema';
import { grantsInEffect } from '@liandong/schema';
import type { NodeQueries } from '../db/index.ts';
import { listGrants } from './delegation-store.ts';

/** More grants than any node goes by. */
const MOST = 10_000;

/** The grants in effect on a day, as a node knows them. */
export async function powersOn(queries: NodeQueries, day: Day): Promise<Grant[]> {
  return grantsInEffect(await listGrants(queries, null, MOST), day);
}

/** The grants in effect over any of these items: what a change of the law touches. */
export async function grantsTouching(
  queries: NodeQueries,
  items: readonly string[],
  day: Day,
): Promise<AffectedGrant[]> {
  const powers = await powersOn(queries, day);
  return powers
    .filter((grant) => grant.items.some((item) => items.includes(item)))
    .map(({ id, grantor, grantee }) => ({ id, grantor, grantee }));
}

/** Which stages of an item a lower node may do by the grants in effect; who decides hands the result out. */
export async function delegatedStages(
  queries: NodeQueries,
  day: Day,
): Promise<(item: string, node: DivisionCode) => readonly WindowStage[]> {
  const powers = await powersOn(queries, day);
  return (item, node) => {
    const stages = powers.filter((g) => g.grantee === node && g.items.includes(item)).flatMap((g) => g.stages);
    const done: WindowStage[] = stages.includes('DECIDE') ? [...stages, 'DELIVER'] : stages;
    return [...new Set(done)];
  };
}
