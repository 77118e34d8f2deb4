import { DRIFT_KIND } from './words.ts';
import { z } from 'zod';
import { problem } from '../../kernel/errors.ts';
import type { Drift } from './drift.ts';
import { itemHeadSchema } from './drift.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { answerKeys } from '../../graph/builder.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import { addSubtreeCoverage } from '../../graph/subtree-coverage.ts';
import type { CatalogDriftView } from './views.ts';
import type { ItemView } from '../item-life/views.ts';

type ItemRef = ReturnType<typeof itemRef>;
/** The catalogue's item; its fields are `catalogue.ts`'s. */
export const itemRef = ({ builder }: RoleBuilder) => builder.objectRef<ItemView>('Item');

/**
 * Drift of the catalogue over a division (目录比对): a question to all its nodes, whose answers the gateway puts
 * together.
 */
export function addCatalogueDrift(role: RoleBuilder, Item: ItemRef): void {
  const CatalogDrift = catalogDriftType(role, Item);
  role.builder.queryFields((t) => ({
    catalogDrift: t.field({
      extensions: OPENS_AS_PUBLIC,
      type: CatalogDrift,
      description:
        "目录比对: where the nodes of a division and below drift from the city's catalogue, now. Needs no login; without one the answer may be a minute old. Parents before children; nodes that did not answer are named in the coverage.",
      args: { division: t.arg.id({ required: true }) },
      resolve: (_, { division }, { gathered }) => {
        if (gathered?.drift) return gathered.drift;
        throw problem('MISROUTED', 'Only the gateway answers for all nodes of a division.', { node: division });
      },
    }),
  }));
  addDriftLookups(role);
}

function catalogDriftType(role: RoleBuilder, Item: ItemRef) {
  const { builder, refs } = role;
  const { Division } = refs;
  const Drifted = driftType(role, Item);
  const Coverage = addSubtreeCoverage(role);
  return builder.objectRef<CatalogDriftView>('CatalogDrift').implement({
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (v) => v.division }),
      basis: t.field({
        type: Division,
        description: 'Whose catalogue the nodes were compared with; null when no node gave one.',
        resolve: (v) => v.basis,
      }),
      basisStale: t.exposeBoolean('basisStale', {
        nullable: false,
        description: "True when the city did not answer, and the furthest node's copy stood in for its catalogue.",
      }),
      drift: t.field({
        type: [Drifted],
        nullable: false,
        resolve: (v) => v.drift.map((line) => ({ ...line, basicItem: v.items.get(line.item) ?? null })),
      }),
      coverage: t.field({ type: Coverage, nullable: false, resolve: (v) => v.coverage }),
    }),
  });
}

function driftType({ builder, enumOf, refs }: RoleBuilder, Item: ItemRef) {
  return builder.objectRef<Drift & { basicItem: ItemView | null }>('Drift').implement({
    description: '目录比对: one place where a node differs from, or is worse than, the basic catalogue.',
    fields: (t) => ({
      node: t.field({ type: refs.Division, resolve: (d) => d.node }),
      itemCode: t.id({ nullable: false, resolve: (d) => d.item }),
      item: t.field({
        type: Item,
        description: 'The item in the catalogue that was compared with; null where that has none of the code.',
        resolve: (d) => d.basicItem,
      }),
      element: t.exposeString('element', {
        nullable: false,
        description: 'item, version, legalBasis, implementation.promised, …',
      }),
      own: t.exposeString('own', { description: 'What the node has; null where it has nothing.' }),
      basic: t.exposeString('basic', { description: 'What the basic catalogue has; null where it has nothing.' }),
      kind: t.field({ type: enumOf(DRIFT_KIND), nullable: false, resolve: (d) => d.kind }),
    }),
  });
}

/** Lookups the gateway asks each node in batches. They answer with JSON, since only the gateway reads them. */
function addDriftLookups({ builder }: RoleBuilder): void {
  const Key = builder.inputType('CatalogueKey', {
    fields: (t) => ({ at: t.id({ required: true }), via: t.id() }),
  });
  builder.queryFields((t) => ({
    _catalogueSeqs: t.field({
      extensions: OPENS_AS_PUBLIC,
      type: ['Int'],
      nullable: { list: false, items: true },
      args: { keys: t.arg({ type: [Key], required: true }) },
      resolve: (_, { keys }, context) =>
        answerKeys(keys, async (node, asked) => {
          const seq = await context.services(node).catalogue.catalogueSeq();
          return asked.map(() => seq);
        }),
    }),
    _catalogueBases: t.field({
      extensions: OPENS_AS_PUBLIC,
      type: ['String'],
      nullable: { list: false, items: true },
      args: { keys: t.arg({ type: [Key], required: true }) },
      resolve: (_, { keys }, context) =>
        answerKeys(keys, async (node, asked) => {
          const basis = JSON.stringify(await context.services(node).catalogue.basis());
          return asked.map(() => basis);
        }),
    }),
    _catalogueDrifts: t.field({
      extensions: OPENS_AS_PUBLIC,
      type: ['String'],
      nullable: { list: false, items: true },
      args: {
        keys: t.arg({ type: [Key], required: true }),
        heads: t.arg.string({ required: true, description: 'Item heads, JSON.' }),
      },
      resolve: (_, { keys, heads }, context) => {
        const basis = headsOf(heads);
        return answerKeys(keys, async (node, asked) => {
          const drift = JSON.stringify(await context.services(node).catalogue.drift(basis));
          return asked.map(() => drift);
        });
      },
    }),
  }));
}

function headsOf(text: string) {
  try {
    return z.array(itemHeadSchema).parse(JSON.parse(text));
  } catch (cause) {
    throw problem('BAD_INPUT', 'heads are no item heads.', { field: 'heads', cause });
  }
}
