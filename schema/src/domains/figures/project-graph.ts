import type { ProjectFigures, ProjectSums } from './project-figures.ts';
import { PROJECT_PHASE, PROJECT_PHASES } from '../projects/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { CoverageRef } from '../../graph/coverage.ts';
import type { ProjectRollupView } from './views.ts';

/** 项目统计: the projects of a division's nodes, their amounts and days, by their facts. */
export function projectRollupType({ builder, enumOf, refs }: RoleBuilder, Coverage: CoverageRef) {
  const { Division } = refs;
  const PhaseCount = builder
    .objectRef<{ phase: (typeof PROJECT_PHASES)[number]; projects: number }>('ProjectPhaseCount')
    .implement({
      fields: (t) => ({
        phase: t.field({ type: enumOf(PROJECT_PHASE), nullable: false, resolve: (c) => c.phase }),
        projects: t.exposeInt('projects', { nullable: false }),
      }),
    });
  const Sums = builder.objectRef<ProjectSums>('ProjectSums').implement({
    description: 'Counts of projects; ended ones apart.',
    fields: (t) => ({
      projects: t.exposeInt('projects', { nullable: false }),
      amountFen: t.field({ type: 'Fen', nullable: false, resolve: (s) => s.amountFen }),
      started: t.exposeInt('started', { nullable: false, description: '开工' }),
      startedDays: t.exposeInt('startedDays', {
        nullable: false,
        description: '总用时: working days from 立项 to 开工 of those that have started, together.',
      }),
      runningDays: t.exposeInt('runningDays', {
        nullable: false,
        description: 'Working days so far of those that have not.',
      }),
      ended: t.exposeInt('ended', { nullable: false, description: '终止: in no other number.' }),
      phases: t.field({
        type: [PhaseCount],
        nullable: false,
        resolve: (s) => PROJECT_PHASES.map((phase) => ({ phase, projects: s.phases[phase] })),
      }),
    }),
  });
  const Figures = builder.objectRef<ProjectFigures>('ProjectFigures').implement({
    description: '项目统计',
    fields: (t) => ({
      all: t.field({ type: Sums, nullable: false, resolve: (f) => f.all }),
      key: t.field({
        type: Sums,
        nullable: false,
        description: '重点项目, which `all` counts too.',
        resolve: (f) => f.key,
      }),
      proxied: t.field({
        type: Sums,
        nullable: false,
        description: '代办项目: with a proxy agent, which `all` counts too.',
        resolve: (f) => f.proxied,
      }),
      provisional: t.exposeBoolean('provisional', {
        nullable: false,
        description: 'Days depend on a year whose calendar is not published yet.',
      }),
    }),
  });
  const NodeFigures = builder.objectRef<ProjectRollupView['nodes'][number]>('NodeProjectFigures').implement({
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (row) => row.node }),
      figures: t.field({ type: Figures, nullable: false, resolve: (row) => row.figures }),
    }),
  });
  return builder.objectRef<ProjectRollupView>('ProjectRollup').implement({
    description: '项目汇总 of those that began between two days, both included; each stands where it is kept.',
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (r) => r.division }),
      from: t.field({ type: 'Date', nullable: false, resolve: (r) => r.from }),
      to: t.field({ type: 'Date', nullable: false, resolve: (r) => r.to }),
      figures: t.field({ type: Figures, nullable: false, resolve: (r) => r.figures }),
      nodes: t.field({ type: [NodeFigures], nullable: false, resolve: (r) => r.nodes }),
      coverage: t.field({ type: Coverage, nullable: false, resolve: (r) => r.watermarks }),
    }),
  });
}
