import type { z } from 'zod';
import type { ProjectAgent, ProjectLead } from './log.ts';
import type { ProjectFile, ProjectOrder, ReachedPhase } from './rules.ts';
import { beganOn, overdueOrders, phaseOf, startedOn } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed, connectionOf, pageOf } from '../../graph/builder.ts';
import { parseInput } from '../../graph/inputs.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import {
  amendProjectInput,
  answerProjectOrderInput,
  dispatchProjectInput,
  endProjectInput,
  flagKeyProjectInput,
  reachPhaseInput,
  registerProjectInput,
} from './inputs.ts';
import type { ProjectCaseView, ProjectsService, ProjectView } from './services.ts';
import type { RoleContext } from '../../graph/services.ts';

/** Role projects (项目): what groups cases of several tiers. Owner: the node that keeps the project. */
export function addProjects(role: RoleBuilder): void {
  const Project = projectRef(role);
  const { builder, enums } = role;
  const serviceOf = (context: RoleContext) => context.services(addressed(context)).projects;

  const Filter = builder.inputType('ProjectFilter', {
    fields: (t) => ({
      division: t.id({ description: "The node; the viewer's own desk when left out." }),
      key: t.boolean({ description: 'Whether it is a key project.' }),
      phase: t.field({ type: enums.ProjectPhase }),
      ended: t.boolean(),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      project: t.field({
        type: Project,
        description: 'One project, for the desks it concerns.',
        args: { id: t.arg.id({ required: true }) },
        resolve: (_, { id }, context) => serviceOf(context).get(context.viewer, id),
      }),
      projects: t.field({
        type: builder.connectionObject({ type: Project, name: 'ProjectConnection' }),
        description: 'The projects a node keeps or was told of, the latest initiated first.',
        args: { filter: t.arg({ type: Filter }), first: t.arg.int(), after: t.arg.string() },
        resolve: async (_, { filter, ...page }, context) => {
          const { key = null, phase = null, ended = null } = filter ?? {};
          return connectionOf(await serviceOf(context).list(context.viewer, { key, phase, ended }, pageOf(page)));
        },
      }),
    }),
  });
  addProjectSteps(role, Project);
}

function projectRef(role: RoleBuilder) {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;

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
  const Phase = builder.objectRef<ReachedPhase>('ReachedPhase').implement({
    description: '项目阶段 that was reached.',
    fields: (t) => ({
      phase: t.field({ type: enums.ProjectPhase, nullable: false, resolve: (p) => p.phase }),
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
  // the other roles tell the rest of the case, the custodian its present state
  const Case = builder.objectRef<ProjectCaseView>('Case').implement({
    description: '办件: one application, from filing to closing.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      _custodian: t.id({
        description: 'The pointer to the custodian, as last known here.',
        resolve: (c) => c.custodian ?? c.acceptor,
      }),
    }),
  });
  const ProjectCase = builder.objectRef<ProjectCaseView & { via: string }>('ProjectCase').implement({
    description: '项目办件, as far as the node that answers knows it; `case` asks the custodian.',
    fields: (t) => ({
      case: t.field({ type: Case, resolve: (c) => c }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (c) => ({ code: c.item, via: c.via }) }),
      filedOn: t.field({ type: 'Date', nullable: false, resolve: (c) => c.filedOn }),
      state: t.field({
        type: enums.CaseState,
        description: 'Null where nothing has come yet.',
        resolve: (c) => c.state,
      }),
      custodian: t.field({ type: Division, resolve: (c) => c.custodian }),
      dueAt: t.field({ type: 'DateTime', resolve: (c) => c.clock?.dueAt ?? null }),
      remainingDays: t.int({ description: 'Null before acceptance.', resolve: (c) => c.clock?.remainingDays ?? null }),
      overdue: t.boolean({ resolve: (c) => c.clock?.overdue ?? null }),
      expedited: t.field({ type: enums.ExpeditedWay, resolve: (c) => c.clock?.expedited?.way ?? null }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when the node does not hold the case: when it last heard of it.',
        resolve: (c) => c.staleSince,
      }),
    }),
  });

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
      phase: t.field({ type: enums.ProjectPhase, nullable: false, resolve: ({ file }) => phaseOf(file).phase }),
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

type ProjectRef = ReturnType<typeof projectRef>;

function addProjectSteps(role: RoleBuilder, Project: ProjectRef): void {
  const { builder, enums } = role;
  const Problem = addProblem(role);
  const Payload = builder.objectRef<Outcome<ProjectView>>('ProjectPayload').implement({
    fields: (t) => ({
      project: t.field({ type: Project, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const RegisterInput = builder.inputType('RegisterProjectInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      amountFen: t.field({ type: 'Fen', required: true }),
      place: t.id({ description: "Where it is built; the node's own division when left out." }),
      on: t.field({ type: 'Date', required: true, description: '立项' }),
      idempotencyKey: t.string(),
    }),
  });
  const AmendInput = builder.inputType('AmendProjectInput', {
    description: 'What is left out stays as it is.',
    fields: (t) => ({
      id: t.id({ required: true }),
      name: t.string(),
      amountFen: t.field({ type: 'Fen' }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const PhaseInput = builder.inputType('ReachPhaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      phase: t.field({ type: enums.ProjectPhase, required: true }),
      on: t.field({ type: 'Date', required: true, description: 'The day it began.' }),
      idempotencyKey: t.string(),
    }),
  });
  const FlagInput = builder.inputType('FlagKeyProjectInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      key: t.boolean({ required: true }),
      ground: t.string({ required: true, description: 'The list it stands in.' }),
      idempotencyKey: t.string(),
    }),
  });
  const DispatchInput = builder.inputType('DispatchProjectInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      lead: t.field({
        required: true,
        type: builder.inputType('ProjectLeadInput', {
          fields: (l) => ({ node: l.id({ required: true }), department: l.string({ required: true }) }),
        }),
      }),
      agent: t.field({
        description: 'None where it is left out.',
        type: builder.inputType('ProjectAgentInput', {
          fields: (a) => ({
            node: a.id({ required: true }),
            sub: a.id({ required: true }),
            name: a.string({ required: true }),
          }),
        }),
      }),
      orders: t.field({
        description: 'What is ordered on top of what was before.',
        type: [
          builder.inputType('ProjectOrderInput', {
            fields: (o) => ({
              node: o.id({ required: true }),
              department: o.string({ description: 'Needed for an order to the own node.' }),
              text: o.string({ required: true }),
              dueOn: o.field({ type: 'Date', required: true }),
            }),
          }),
        ],
      }),
      idempotencyKey: t.string(),
    }),
  });
  const AnswerInput = builder.inputType('AnswerProjectOrderInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      order: t.int({ required: true, description: 'Its number within the project.' }),
      answer: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const EndInput = builder.inputType('EndProjectInput', {
    fields: (t) => ({ id: t.id({ required: true }), reason: t.string({ required: true }), idempotencyKey: t.string() }),
  });

  const step =
    <T>(
      schema: z.ZodType<T>,
      call: (projects: ProjectsService, viewer: RoleContext['viewer'], input: T) => Promise<ProjectView>,
    ) =>
    (_: unknown, { input }: { input: unknown }, context: RoleContext) =>
      outcomeOf(context, () =>
        call(context.services(addressed(context)).projects, context.viewer, parseInput(schema, input)),
      );
  builder.mutationType({
    fields: (t) => ({
      registerProject: t.field({
        type: Payload,
        description: '项目登记, in its first phase 立项.',
        args: { input: t.arg({ type: RegisterInput, required: true }) },
        resolve: step(registerProjectInput, (projects, viewer, input) => projects.register(viewer, input)),
      }),
      amendProject: t.field({
        type: Payload,
        description: '变更 of name or amount.',
        args: { input: t.arg({ type: AmendInput, required: true }) },
        resolve: step(amendProjectInput, (projects, viewer, input) => projects.amend(viewer, input)),
      }),
      reachProjectPhase: t.field({
        type: Payload,
        description: '阶段推进: to the next phase, one at a time.',
        args: { input: t.arg({ type: PhaseInput, required: true }) },
        resolve: step(reachPhaseInput, (projects, viewer, input) => projects.reachPhase(viewer, input)),
      }),
      flagKeyProject: t.field({
        type: Payload,
        description: '列为、移出重点项目, by the head.',
        args: { input: t.arg({ type: FlagInput, required: true }) },
        resolve: step(flagKeyProjectInput, (projects, viewer, input) => projects.flagKey(viewer, input)),
      }),
      dispatchProject: t.field({
        type: Payload,
        description: '派单: lead, proxy agent and orders, told to the nodes concerned.',
        args: { input: t.arg({ type: DispatchInput, required: true }) },
        resolve: step(dispatchProjectInput, (projects, viewer, input) => projects.dispatch(viewer, input)),
      }),
      answerProjectOrder: t.field({
        type: Payload,
        description: '交办答复, by the node that was ordered; carried to the node that keeps the project.',
        args: { input: t.arg({ type: AnswerInput, required: true }) },
        resolve: step(answerProjectOrderInput, (projects, viewer, input) => projects.answerOrder(viewer, input)),
      }),
      endProject: t.field({
        type: Payload,
        description: '项目终止',
        args: { input: t.arg({ type: EndInput, required: true }) },
        resolve: step(endProjectInput, (projects, viewer, input) => projects.end(viewer, input)),
      }),
    }),
  });
}
