import type { AffectedGrant } from '@liandong/schema/domains/legal-bases';
import type { Day, DivisionCode, WindowStage } from '@liandong/schema/kernel';
import type { Grant } from '@liandong/schema/domains/delegation';
import { grantsInEffect, grantStateOf } from '@liandong/schema/domains/delegation';
import type { NodeQueries } from '../db/index.ts';
import { findEveryGrant } from './delegation-store.ts';

/** The grants in effect on a day, as a node knows them. */
export async function powersOn(queries: NodeQueries, day: Day): Promise<Grant[]> {
  return grantsInEffect(await findEveryGrant(queries, null), day);
}

/**
 * Stages of items that organs do on a day by the grants this node knows. The organ that decides delivers too. A grant
 * with a cap gives only a part of the power: the item is not yet done on the spot.
 */
export async function delegatedStages(
  queries: NodeQueries,
  day: Day,
): Promise<(item: string, node: DivisionCode) => readonly WindowStage[]> {
  const grants = (await powersOn(queries, day)).filter(({ cap }) => cap === null);
  return (item, node) =>
    grants
      .filter(({ grantee, items }) => grantee === node && items.includes(item))
      .flatMap(({ stages }) =>
        stages.flatMap((stage) => (stage === 'DECIDE' ? (['DECIDE', 'DELIVER'] as const) : [stage])),
      );
}

/** Grants over any of the items that this node knows and that have not ended: in effect, offered, or yet to begin. */
export async function openGrants(queries: NodeQueries, items: readonly string[], day: Day): Promise<AffectedGrant[]> {
  const open = ['IN_EFFECT', 'OFFERED', 'NOT_YET'];
  return (await findEveryGrant(queries, items))
    .filter((stored) => open.includes(grantStateOf(stored, day)))
    .map(({ grant: { id, grantor, grantee } }) => ({ id, grantor, grantee }));
}
