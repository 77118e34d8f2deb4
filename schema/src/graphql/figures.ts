import type { Measure } from '../rules/facts.ts';
import type { RoleBuilder } from './builder.ts';
import { addressed } from './builder.ts';
import { addStandardization } from './standardization.ts';
import type { Figures, RollupView, Watermark } from './services.ts';

/** Role figures (统计): what a division's nodes did, with proof of how complete it is. Owner: the division's own node. */
export function addFigures(role: RoleBuilder): void {
  const { builder, refs } = role;
  const { Division } = refs;

  const FiguresRef = builder.objectRef<Figures>('Figures').implement({
    description: 'Counts of cases.',
    fields: (t) => {
      const count = (measure: Measure, description: string) =>
        t.int({ nullable: false, description, resolve: (figures) => figures[measure] });
      return {
        filed: count('FILED', '收件: taken in here.'),
        supplementRequested: count('SUPPLEMENT_REQUESTED', '补正: sent back for materials by these nodes.'),
        accepted: count('ACCEPTED', '受理: accepted by these nodes.'),
        notAccepted: count('NOT_ACCEPTED', '不予受理: not accepted by these nodes.'),
        granted: count('GRANTED', '准予: granted by these nodes.'),
        refused: count('REFUSED', '不予: refused by these nodes.'),
        withdrawn: count('WITHDRAWN', '撤回: withdrawn at these nodes.'),
        delivered: count('DELIVERED', '送达: delivered by these nodes.'),
        terminated: count('TERMINATED', '终止办理: ended without a decision at these nodes.'),
        voided: count('VOIDED', '作废: declared void at these nodes.'),
        closed: count('CLOSED', '办结: of the cases taken in here, those whose outcome is known here.'),
        closedInTime: count('CLOSED_IN_TIME', '按期办结: of those, within the promise.'),
      };
    },
  });
  const WatermarkRef = builder.objectRef<Watermark>('Watermark').implement({
    description: "水位: how far a node's facts are held without a gap.",
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (w) => w.node }),
      seq: t.exposeInt('seq', { nullable: false, description: 'Number of the last fact held.' }),
      behind: t.exposeInt('behind', { nullable: false, description: 'Facts known to exist beyond it.' }),
      asOf: t.field({
        type: 'DateTime',
        description: 'Null when nothing was heard of the node yet.',
        resolve: (w) => w.asOf,
      }),
    }),
  });
  const Coverage = builder.objectRef<Watermark[]>('Coverage').implement({
    description: 'Which nodes a figure covers, and up to when.',
    fields: (t) => ({
      expected: t.int({ nullable: false, description: 'Nodes the division has.', resolve: (w) => w.length }),
      covered: t.int({
        nullable: false,
        description: 'Nodes heard of whose facts are held without a gap.',
        resolve: (w) => w.filter(isCovered).length,
      }),
      complete: t.boolean({ nullable: false, resolve: (w) => w.every(isCovered) }),
      asOf: t.field({
        type: 'DateTime',
        description:
          'The figure is complete up to this moment: the oldest of the watermarks. Null while a node is unheard of.',
        resolve: (w) => {
          const times = w.map((mark) => mark.asOf);
          if (times.length === 0 || times.includes(null)) return null;
          return times.reduce((oldest, at) => (oldest && at && oldest < at ? oldest : at), times[0] ?? null);
        },
      }),
      watermarks: t.field({ type: [WatermarkRef], nullable: false, resolve: (w) => w }),
    }),
  });
  const ItemFigures = builder.objectRef<RollupView['items'][number] & { via: string }>('ItemFigures').implement({
    fields: (t) => ({
      item: t.field({ type: refs.ItemStub, resolve: (row) => ({ code: row.item, via: row.via }) }),
      figures: t.field({ type: FiguresRef, nullable: false, resolve: (row) => row.figures }),
    }),
  });
  const NodeFigures = builder.objectRef<RollupView['nodes'][number]>('NodeFigures').implement({
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (row) => row.node }),
      figures: t.field({ type: FiguresRef, nullable: false, resolve: (row) => row.figures }),
    }),
  });
  const Rollup = builder.objectRef<RollupView>('Rollup').implement({
    description: "汇总: a division's figures between two days, both included.",
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (r) => r.division }),
      from: t.field({ type: 'Date', nullable: false, resolve: (r) => r.from }),
      to: t.field({ type: 'Date', nullable: false, resolve: (r) => r.to }),
      figures: t.field({ type: FiguresRef, nullable: false, resolve: (r) => r.figures }),
      items: t.field({
        type: [ItemFigures],
        nullable: false,
        resolve: (r) => r.items.map((row) => ({ ...row, via: r.answeredBy })),
      }),
      nodes: t.field({ type: [NodeFigures], nullable: false, resolve: (r) => r.nodes }),
      coverage: t.field({ type: Coverage, nullable: false, resolve: (r) => r.watermarks }),
    }),
  });

  builder.queryType({
    fields: (t) => ({
      rollup: t.field({
        type: Rollup,
        description: "A division's figures; the same question to every node they cover would give the same sums.",
        args: {
          division: t.arg.id({ required: true }),
          from: t.arg({ type: 'Date', required: true }),
          to: t.arg({ type: 'Date', required: true }),
        },
        resolve: (_, { from, to }, context) =>
          context.services(addressed(context)).figures.rollup(context.viewer, from, to),
      }),
    }),
  });
  addStandardization(role);
}

function isCovered(mark: Watermark): boolean {
  return mark.asOf !== null && mark.behind === 0;
}
