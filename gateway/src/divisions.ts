import type { Division, Divisions } from '@liandong/schema/kernel';
import { TIER_LABELS } from '@liandong/schema/kernel';
import {
  GraphQLEnumType,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';

/** Names and tiers of places: the gateway's own part of the graph, from the register it was started with. */
export function divisionsSchema(divisions: Divisions): GraphQLSchema {
  const Tier = new GraphQLEnumType({
    name: 'Tier',
    description: '层级',
    values: Object.fromEntries(Object.entries(TIER_LABELS).map(([tier, description]) => [tier, { description }])),
  });
  const DivisionType: GraphQLObjectType<Division> = new GraphQLObjectType<Division>({
    name: 'Division',
    description: '行政区划: a place; its desk is a node.',
    fields: () => ({
      code: { type: new GraphQLNonNull(GraphQLID) },
      name: { type: GraphQLString },
      tier: { type: Tier },
      parent: {
        type: DivisionType,
        resolve: (division) => (division.parent === null ? null : divisions.find(division.parent)),
      },
    }),
  });
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        division: {
          type: DivisionType,
          description: 'A place of the register. Needs no login.',
          args: { code: { type: new GraphQLNonNull(GraphQLID) } },
          resolve: (_, { code }: { code: string }) => divisions.get(code),
        },
        divisions: {
          type: new GraphQLList(new GraphQLNonNull(DivisionType)),
          description: 'The places directly below a place of the register. Needs no login.',
          args: { parent: { type: new GraphQLNonNull(GraphQLID) } },
          resolve: (_, { parent }: { parent: string }) => divisions.children(divisions.get(parent).code),
        },
        _divisions: {
          type: new GraphQLNonNull(new GraphQLList(DivisionType)),
          args: { codes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLID))) } },
          resolve: (_, { codes }: { codes: string[] }) => codes.map((code) => divisions.find(code) ?? null),
        },
      },
    }),
  });
}
