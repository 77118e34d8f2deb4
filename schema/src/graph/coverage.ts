import type { RoleBuilder } from './builder.ts';
import type { Watermark } from '../domains/figures/views.ts';

export type CoverageRef = ReturnType<typeof coverageOf>;

/** The completeness of figures: the nodes they cover, and up to which time. */
export function coverageOf({ builder, refs }: RoleBuilder) {
  const { Division } = refs;
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
  return builder.objectRef<Watermark[]>('Coverage').implement({
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
}

function isCovered(mark: Watermark): boolean {
  return mark.asOf !== null && mark.behind === 0;
}
