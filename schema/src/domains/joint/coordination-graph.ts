import type { RoleBuilder } from '../../graph/builder.ts';
import type { PartyType } from './opinion-graph.ts';
import type { JointCaseView } from './views.ts';

/** 协调保障: a joint case in the centre's list. */
export function addJointCase({ builder, refs }: RoleBuilder, PartyRef: PartyType) {
  const { Division, ItemStub } = refs;
  return builder.objectRef<JointCaseView>('JointCase').implement({
    description: "协调保障: a joint case in the centre's list.",
    fields: (t) => ({
      caseId: t.id({ nullable: false, resolve: (c) => c.id }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (c) => ({ code: c.item, via: c.answeredBy }) }),
      leadNode: t.field({ type: Division, nullable: false, resolve: (c) => c.leadNode }),
      lead: t.exposeString('lead', { nullable: false, description: 'The department.' }),
      parties: t.field({
        type: [PartyRef],
        nullable: false,
        description: 'All of a case that is led here; of another one those that are asked here.',
        resolve: (c) => c.parties,
      }),
      late: t.field({
        type: ['Int'],
        nullable: false,
        description: 'Numbers of the parties past their deadline.',
        resolve: (c) => c.late,
      }),
      visitToCall: t.exposeBoolean('visitToCall', {
        nullable: false,
        description: 'Whether a joint visit is expected and not called yet.',
      }),
      visitAt: t.field({ type: 'DateTime', resolve: (c) => c.visitAt }),
      nextAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'The next deadline of a party, else the visit, else when it was opened.',
        resolve: (c) => c.nextAt,
      }),
      answeredBy: t.field({ type: Division, resolve: (c) => c.answeredBy }),
    }),
  });
}
