import type { Measure } from './facts.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import type { Figures, ProxyFigures, RollupView } from './views.ts';
import { coverageOf } from '../../graph/coverage.ts';
import { figures } from './operations.ts';
import { projectRollupType } from './project-graph.ts';
import { standardizationType } from './standardization-graph.ts';

/**
 * Role figures (统计): the work of a division's nodes, with proof of its completeness. Owner: the division's own node.
 */
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
        answered: count('ANSWERED', '答复: answered in writing by these nodes.'),
        reported: count('REPORTED', '转报: passed on to an organ outside by these nodes.'),
        forwardedClosed: count('FORWARDED_CLOSED', '转报办结: decided by an organ outside, of these nodes.'),
        withdrawn: count('WITHDRAWN', '撤回: withdrawn at these nodes.'),
        delivered: count('DELIVERED', '送达: delivered by these nodes.'),
        terminated: count('TERMINATED', '终止办理: ended without a decision at these nodes.'),
        voided: count('VOIDED', '作废: declared void at these nodes.'),
        closed: count('CLOSED', '办结: of the cases taken in here, those whose outcome is known here.'),
        closedInTime: count('CLOSED_IN_TIME', '按期办结: of those, within the promise.'),
      };
    },
  });
  const Proxy = builder.objectRef<ProxyFigures>('ProxyFigures').implement({
    description: '代办统计: of the cases that were filed with an agent for the applicant between the two days.',
    fields: (t) => ({
      filed: t.exposeInt('filed', { nullable: false, description: '代办收件' }),
      open: t.int({
        nullable: false,
        description: '在办: of those, not closed yet, as far as their closing is known here.',
        resolve: ({ filed, closed }) => Math.max(0, filed - closed),
      }),
      closed: t.exposeInt('closed', { nullable: false, description: '代办办结' }),
      meanDays: t.float({
        description: '平均用时: working days from filing to closing of those that closed; null where none did.',
        resolve: ({ closed, closedDays }) => (closed === 0 ? null : closedDays / closed),
      }),
    }),
  });
  const Coverage = coverageOf(role);
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
      proxy: t.field({
        type: Proxy,
        nullable: false,
        description: "Of the cases taken in there: a centre's own agents stand at its node.",
        resolve: (row) => row.proxy,
      }),
    }),
  });
  const Rollup = builder.objectRef<RollupView>('Rollup').implement({
    description: "汇总: a division's figures between two days, both included.",
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (r) => r.division }),
      from: t.field({ type: 'Date', nullable: false, resolve: (r) => r.from }),
      to: t.field({ type: 'Date', nullable: false, resolve: (r) => r.to }),
      figures: t.field({ type: FiguresRef, nullable: false, resolve: (r) => r.figures }),
      proxy: t.field({ type: Proxy, nullable: false, resolve: (r) => r.proxy }),
      items: t.field({
        type: [ItemFigures],
        nullable: false,
        resolve: (r) => r.items.map((row) => ({ ...row, via: r.answeredBy })),
      }),
      nodes: t.field({ type: [NodeFigures], nullable: false, resolve: (r) => r.nodes }),
      coverage: t.field({ type: Coverage, nullable: false, resolve: (r) => r.watermarks }),
    }),
  });

  builder.queryType();
  addOperations(role, figures, {
    Rollup,
    ProjectRollup: projectRollupType(role, Coverage),
    Standardization: standardizationType(role),
  });
}
