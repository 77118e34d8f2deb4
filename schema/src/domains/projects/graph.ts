import type { NextItemType, ProjectCaseType } from './approval-types.ts';
import { nextItemType, projectCaseType } from './approval-types.ts';
import { PROJECT_PHASE } from './words.ts';
import type { ProjectAgent, ProjectLead } from './log.ts';
import type { ProjectFile, ProjectOrder, ReachedPhase } from './rules.ts';
import { beganOn, overdueOrders, phaseOf, startedOn } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { addStewards } from '../stewards/graph.ts';
import { projects } from './operations.ts';
import type { ProjectView } from './views.ts';

/** Role projects (项目): projects with cases of several tiers. Owner: the node that keeps the project. */
export function addProjects(role: RoleBuilder): void {
  const ProjectCase = projectCaseType(role);
  const NextItem = nextItemType(role);
  const Project = projectType(role, ProjectCase, NextItem);
  role.builder.queryType();
  role.builder.mutationType();
  addOperations(role, projects, { Project });
  addStewards(role, { ProjectCase, NextItem });
}

function projectType(role: RoleBuilder, ProjectCase: ProjectCaseType, NextItem: NextItemType) {
  const { builder, enumOf, refs } = role;
  const { Division } = refs;
  const { Lead, Agent } = peopleTypes(role);
  const { Phase, Order, Refusal } = courseTypes(role);
  return builder.objectRef<ProjectView>('Project').implement({
    description: '项目: groups cases of all tiers.',
    fields: (t) => ({
      id: t.id({ nullable: false, resolve: ({ file }) => file.id }),
      node: t.field({ type: Division, description: 'The node that keeps it.', resolve: ({ file }) => file.node }),
      name: t.string({ nullable: false, resolve: ({ file }) => file.name }),
      amountFen: t.field({ type: 'Fen', nullable: false, resolve: ({ file }) => file.amountFen }),
      place: t.field({ type: Division, description: 'Where it is built.', resolve: ({ file }) => file.place }),
      lead: t.field({ type: Lead, description: 'Null until it is dispatched.', resolve: ({ file }) => file.lead }),
      agent: t.field({ type: Agent, resolve: ({ file }) => file.agent }),
      key: t.boolean({ nullable: false, description: '重点项目', resolve: ({ file }) => file.key !== null }),
      keyGround: t.string({ resolve: ({ file }) => file.key?.ground ?? null }),
      phase: t.field({ type: enumOf(PROJECT_PHASE), nullable: false, resolve: ({ file }) => phaseOf(file).phase }),
      phases: t.field({ type: [Phase], nullable: false, resolve: ({ file }) => file.phases }),
      orders: t.field({
        type: [Order],
        nullable: false,
        resolve: ({ file, today }) => {
          const late = overdueOrders(file, today);
          return file.orders.map((order) => ({ ...order, overdue: late.includes(order) }));
        },
      }),
      refusals: t.field({ type: [Refusal], nullable: false, resolve: ({ file }) => file.refusals }),
      cases: t.field({
        type: [ProjectCase],
        nullable: false,
        description: 'Its cases over all tiers, in the order they were linked.',
        resolve: async (view) => (await view.cases()).map((c) => ({ ...c, via: view.answeredBy })),
      }),
      nextItems: t.field({
        type: [NextItem],
        nullable: { list: false, items: false },
        description: '主动代办: items that can be applied for next, since the results ahead of them are there.',
        resolve: async (view) => (await view.nextItems()).map((next) => ({ ...next, via: view.answeredBy })),
      }),
      beganOn: t.field({
        type: 'Date',
        nullable: false,
        description: 'Initiation, or the first case where that was filed earlier.',
        resolve: ({ file }) => beganOn(file),
      }),
      startedOn: t.field({
        type: 'Date',
        description: '开工; null before it.',
        resolve: ({ file }) => startedOn(file),
      }),
      totalDays: t.int({
        nullable: false,
        description: 'Working days from `beganOn` to `startedOn`, so far where it has not started.',
        resolve: ({ total }) => total.days,
      }),
      provisional: t.boolean({
        nullable: false,
        description: 'The days depend on a year whose calendar is not published yet.',
        resolve: ({ total }) => total.provisional,
      }),
      endedAt: t.field({ type: 'DateTime', description: '项目终止', resolve: ({ file }) => file.ended?.at ?? null }),
      endReason: t.string({ resolve: ({ file }) => file.ended?.reason ?? null }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when another node than the one that keeps it answered: when it last heard of it.',
        resolve: (view) => view.staleSince,
      }),
    }),
  });
}

function peopleTypes({ builder, refs }: RoleBuilder) {
  const { Division } = refs;
  const Lead = builder.objectRef<ProjectLead>('ProjectLead').implement({
    description: '牵头部门',
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (l) => l.node }),
      department: t.exposeString('department', { nullable: false }),
    }),
  });
  const Agent = builder.objectRef<ProjectAgent>('ProjectAgent').implement({
    description: '项目代办员',
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (a) => a.node }),
      sub: t.exposeID('sub', { nullable: false, description: "Subject of the person's token." }),
      name: t.exposeString('name', { nullable: false }),
    }),
  });
  return { Lead, Agent };
}

function courseTypes({ builder, enumOf, refs }: RoleBuilder) {
  const { Division } = refs;
  const Phase = builder.objectRef<ReachedPhase>('ReachedPhase').implement({
    description: '项目阶段 that was reached.',
    fields: (t) => ({
      phase: t.field({ type: enumOf(PROJECT_PHASE), nullable: false, resolve: (p) => p.phase }),
      on: t.field({ type: 'Date', nullable: false, description: 'The day it began.', resolve: (p) => p.on }),
      recordedAt: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.at }),
      by: t.string({ description: 'Who moved it on.', resolve: (p) => p.actor.name }),
    }),
  });
  const Order = builder.objectRef<ProjectOrder & { overdue: boolean }>('ProjectOrder').implement({
    description: '交办: what a node or a department of it is to do.',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      node: t.field({ type: Division, resolve: (o) => o.node }),
      department: t.exposeString('department'),
      text: t.exposeString('text', { nullable: false }),
      dueOn: t.field({ type: 'Date', nullable: false, resolve: (o) => o.dueOn }),
      orderedAt: t.field({ type: 'DateTime', nullable: false, resolve: (o) => o.orderedAt }),
      orderedBy: t.string({ resolve: (o) => o.orderedBy.name }),
      answer: t.string({ resolve: (o) => o.answer?.text ?? null }),
      answeredAt: t.field({ type: 'DateTime', resolve: (o) => o.answer?.at ?? null }),
      answeredBy: t.string({ resolve: (o) => o.answer?.actor.name ?? null }),
      overdue: t.exposeBoolean('overdue', { nullable: false, description: 'Its day has passed without an answer.' }),
    }),
  });
  const Refusal = builder.objectRef<ProjectFile['refusals'][number]>('ProjectRefusal').implement({
    description: 'A node did not take what it was told.',
    fields: (t) => ({
      by: t.field({ type: Division, resolve: (r) => r.by }),
      code: t.exposeString('code', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
    }),
  });
  return { Phase, Order, Refusal };
}
