import { ROSTER_GAP } from '../../kernel/words.ts';
import { problem } from '../../kernel/errors.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { answerKeys } from '../../graph/builder.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import { addSubtreeCoverage } from '../../graph/subtree-coverage.ts';
import type { RosterCoverageView } from './views.ts';

/**
 * Places of a division with and without agents (代办员覆盖): a question to all its nodes, whose answers the gateway
 * combines. The batched lookup carries JSON, since only the gateway reads it.
 */
export function addRosterCoverage(role: RoleBuilder): void {
  const { builder } = role;
  const RosterCoverage = coverageType(role);
  const Key = builder.inputType('RosterKey', { fields: (t) => ({ at: t.id({ required: true }), via: t.id() }) });
  builder.queryFields((t) => ({
    rosterCoverage: t.field({
      extensions: OPENS_AS_PUBLIC,
      type: RosterCoverage,
      description:
        '代办员覆盖: which places of a division have named agents, stand-ins and training, now. Needs no login; without one the answer may be a minute old. Nodes that did not answer are named in the coverage.',
      args: { division: t.arg.id({ required: true }) },
      resolve: (_, { division }, { gathered }) => {
        if (gathered?.roster) return gathered.roster;
        throw problem('MISROUTED', 'Only the gateway answers for all places of a division.', { node: division });
      },
    }),
    _placeRosters: t.field({
      extensions: OPENS_AS_PUBLIC,
      type: ['String'],
      nullable: { list: false, items: true },
      args: { keys: t.arg({ type: [Key], required: true }) },
      resolve: (_, { keys }, context) =>
        answerKeys(keys, async (node, asked) => {
          const said = JSON.stringify(await context.services(node).roster.coverage());
          return asked.map(() => said);
        }),
    }),
  }));
}

function coverageType(role: RoleBuilder) {
  const { builder, enumOf, refs } = role;
  const { Division } = refs;
  const Coverage = addSubtreeCoverage(role);
  const Gap = builder.objectRef<RosterCoverageView['gaps'][number]>('PlaceGap').implement({
    fields: (t) => ({
      place: t.field({ type: Division, resolve: (g) => g.place }),
      agents: t.exposeInt('agents', { nullable: false, description: 'In the roster today.' }),
      gaps: t.field({ type: [enumOf(ROSTER_GAP)], nullable: false, resolve: (g) => g.gaps }),
    }),
  });
  return builder.objectRef<RosterCoverageView>('RosterCoverage').implement({
    description:
      '代办员覆盖: which townships, parks and villages of a division have agents, and what is lacking where.',
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (v) => v.division }),
      places: t.exposeInt('places', { nullable: false, description: 'Townships, parks and villages of the register.' }),
      covered: t.exposeInt('covered', { nullable: false, description: 'Those that said they have an agent today.' }),
      gaps: t.field({
        type: [Gap],
        nullable: false,
        description: 'Places that lack something, parents before children.',
        resolve: (v) => v.gaps,
      }),
      withoutNode: t.field({
        type: [Division],
        nullable: { list: false, items: true },
        description: 'Places without a node of their own: no roster is kept there.',
        resolve: (v) => v.withoutNode,
      }),
      coverage: t.field({ type: Coverage, nullable: false, resolve: (v) => v.coverage }),
    }),
  });
}
