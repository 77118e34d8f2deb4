import { EXPEDITED_WAY } from '../../case/words.ts';
import type { ExpeditedClock } from '../../case/clock.ts';
import type { GreenChannel } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { UrgencyView } from '../handling/views.ts';

/** Fields for a case's shorter limits (绿色通道, 特急). */
export function expeditedRefs({ builder, enumOf, refs }: RoleBuilder) {
  const { Division, Limit } = refs;
  const Clock = builder.objectRef<ExpeditedClock>('ExpeditedClock').implement({
    description: '加快办理时限: shorter than the promise; `dueAt` of the clock ends with whichever ends first.',
    fields: (t) => ({
      way: t.field({ type: enumOf(EXPEDITED_WAY), nullable: false, resolve: (c) => c.way }),
      limit: t.field({ type: Limit, nullable: false, resolve: (c) => c.limit }),
      startedOn: t.field({ type: 'Date', nullable: false, resolve: (c) => c.startedOn }),
    }),
  });
  const Channel = builder.objectRef<GreenChannel>('GreenChannel').implement({
    description: '绿色通道, by a key project.',
    fields: (t) => ({
      project: t.exposeID('project', { nullable: false }),
      ground: t.exposeString('ground', { nullable: false }),
      limit: t.field({ type: Limit, nullable: false, resolve: (g) => g.limit }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (g) => g.at }),
      node: t.field({ type: Division, resolve: (g) => g.node }),
      by: t.string({ resolve: (g) => g.actor.name }),
    }),
  });
  const Urgency = builder.objectRef<UrgencyView>('Urgency').implement({
    description: '特急: asked for with a ground and approved by another person, or by the item itself.',
    fields: (t) => ({
      ground: t.exposeString('ground', { description: 'Null where every case of the item is urgent.' }),
      askedAt: t.field({ type: 'DateTime', nullable: false, resolve: (u) => u.askedAt }),
      approved: t.boolean({ description: 'Null while it is not decided.', resolve: (u) => u.approved }),
      decidedAt: t.field({ type: 'DateTime', resolve: (u) => u.decidedAt }),
      decidedBy: t.string({ resolve: (u) => u.decidedBy?.name ?? null }),
      reason: t.exposeString('reason', { description: 'What was said with the decision.' }),
      limit: t.field({ type: Limit, resolve: (u) => u.limit }),
      dueAt: t.field({
        type: 'DateTime',
        description: 'Before acceptance: by when it is to be decided. Afterwards the clock says so.',
        resolve: (u) => u.dueAt,
      }),
    }),
  });
  return { Clock, Channel, Urgency };
}
