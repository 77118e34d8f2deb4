import type { z } from 'zod';
import type { RoleBuilder } from './builder.ts';
import { addressed, answerKeys, connectionOf, pageOf } from './builder.ts';
import {
  caseStepInput,
  decideCaseInput,
  parseInput,
  reasonedStepInput,
  requestSupplementInput,
  reviewCaseInput,
} from './inputs.ts';
import type { Outcome } from './problems.ts';
import { addProblem, outcomeOf } from './problems.ts';
import type { HandlingService, HandlingView, LogEntryView, RoleContext } from './services.ts';
import type { Clock, DeskTime } from '../rules/clock.ts';
import type { Decision } from '../rules/case-state.ts';

/** Role handling (办理): state, log and clock. Owner: the custodian. */
export function addHandling(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, Limit } = refs;
  const Problem = addProblem(role);
  const Case = builder.objectRef<HandlingView>('Case');

  const LogEntry = builder.objectRef<LogEntryView>('LogEntry').implement({
    description: '办理环节: a line of the case log, signed by the node that wrote it.',
    fields: (t) => ({
      seq: t.exposeInt('seq', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (l) => l.at }),
      node: t.field({ type: Division, resolve: (l) => l.node }),
      actor: t.exposeString('actor'),
      actorRole: t.field({ type: enums.Role, resolve: (l) => l.actorRole }),
      action: t.field({ type: enums.LogAction, nullable: false, resolve: (l) => l.action }),
      note: t.exposeString('note'),
    }),
  });
  const DeskTimeRef = builder.objectRef<DeskTime>('DeskTime').implement({
    description: '分级用时: what one desk used of the time.',
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (d) => d.node }),
      tier: t.field({ type: enums.Tier, nullable: false, resolve: (d) => d.tier }),
      usedDays: t.exposeInt('usedDays', { nullable: false }),
      limit: t.field({ type: Limit, resolve: (d) => d.limit }),
    }),
  });
  const ClockRef = builder.objectRef<Clock>('Clock').implement({
    description: '办理时限, counted by the official calendar from acceptance.',
    fields: (t) => ({
      startedOn: t.field({ type: 'Date', nullable: false, resolve: (c) => c.startedOn }),
      dueAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'End of the promise.',
        resolve: (c) => c.dueAt,
      }),
      statutoryDueAt: t.field({ type: 'DateTime', resolve: (c) => c.statutoryDueAt }),
      promised: t.field({ type: Limit, nullable: false, resolve: (c) => c.promised }),
      statutory: t.field({ type: Limit, resolve: (c) => c.statutory }),
      remainingDays: t.exposeInt('remainingDays', {
        nullable: false,
        description: "Days of the promise's unit until it ends; negative past it; frozen when the case closed.",
      }),
      usedDays: t.exposeInt('usedDays', { nullable: false }),
      overdue: t.exposeBoolean('overdue', { nullable: false }),
      provisional: t.exposeBoolean('provisional', {
        nullable: false,
        description: 'A date depends on a year whose calendar is not published yet.',
      }),
      desks: t.field({ type: [DeskTimeRef], nullable: false, resolve: (c) => c.desks }),
    }),
  });
  const DecisionRef = builder.objectRef<Decision>('Decision').implement({
    description: '决定',
    fields: (t) => ({
      outcome: t.field({ type: enums.Outcome, nullable: false, resolve: (d) => d.outcome }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.at }),
      node: t.field({ type: Division, resolve: (d) => d.node }),
      reason: t.exposeString('reason'),
      remedies: t.exposeString('remedies', { description: '救济途径' }),
      inNameOf: t.field({
        type: Division,
        description: "In whose name it goes out: the grantor's where the power was lent.",
        resolve: (d) => d.inNameOf,
      }),
      minutes: t.exposeString('minutes', { description: '会议纪要 of a collective decision.' }),
      department: t.exposeString('department', { description: 'The department whose decision it is.' }),
      grant: t.exposeID('grant', { description: 'The delegation it was decided under.' }),
    }),
  });

  Case.implement({
    description: '办件: one application, from filing to closing.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      _custodian: t.id({
        description: 'The pointer to the custodian, as last known here.',
        resolve: (c) => c.custodian,
      }),
      custodian: t.field({
        type: Division,
        description: 'The one node that holds the case; with staleSince set, as last known by the node that answered.',
        resolve: (c) => c.custodian,
      }),
      state: t.field({ type: enums.CaseState, resolve: (c) => c.state }),
      custody: t.field({
        type: enums.Custody,
        description: 'Where the answering node stands to it.',
        resolve: (c) => c.custody,
      }),
      inTransitTo: t.field({ type: Division, resolve: (c) => c.inTransitTo }),
      log: t.field({ type: [LogEntry], nullable: { list: true, items: false }, resolve: (c) => c.log }),
      clock: t.field({ type: ClockRef, description: 'Null before acceptance.', resolve: (c) => c.clock }),
      decision: t.field({ type: DecisionRef, resolve: (c) => c.decision }),
      missing: t.field({
        type: [refs.MissingMaterial],
        nullable: { list: true, items: false },
        description: 'What the one-time notice asked for and has not come in.',
        resolve: (c) => c.missing,
      }),
      acceptanceDueAt: t.field({
        type: 'DateTime',
        description: 'Until when missing materials may be named; after that the case counts as accepted.',
        resolve: (c) => c.acceptanceDueAt,
      }),
      withdrawalRequestedAt: t.field({ type: 'DateTime', resolve: (c) => c.withdrawalRequestedAt }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when the answering node does not hold the case: when it last heard of it.',
        resolve: (c) => c.staleSince,
      }),
    }),
  });

  const Key = builder.inputType('HandlingKey', {
    fields: (t) => ({
      id: t.id({ required: true }),
      at: t.id({ required: true }),
      via: t.id(),
      copy: t.boolean({ defaultValue: false }),
    }),
  });
  const Filter = builder.inputType('CaseFilter', {
    fields: (t) => ({
      division: t.id({ description: "Whose cases; the viewer's own desk when left out." }),
      custody: t.field({ type: enums.Custody }),
      states: t.field({ type: [enums.CaseState] }),
      item: t.id(),
      number: t.string(),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      cases: t.field({
        description: 'The cases a desk knows, newest first.',
        type: builder.connectionObject({ type: Case, name: 'CaseConnection' }),
        args: { filter: t.arg({ type: Filter }), first: t.arg.int(), after: t.arg.string() },
        resolve: async (_, { filter, ...page }, context) =>
          connectionOf(
            await context.services(addressed(context)).handling.list(
              context.viewer,
              {
                custody: filter?.custody ?? null,
                states: filter?.states ?? null,
                item: filter?.item ?? null,
                number: filter?.number ?? null,
              },
              pageOf(page),
            ),
          ),
      }),
      _handling: t.field({
        type: [Case],
        nullable: { list: false, items: true },
        args: { keys: t.arg({ type: [Key], required: true }) },
        resolve: (_, { keys }, context) =>
          answerKeys(keys, (node, asked) =>
            context.services(node).handling.getMany(
              context.viewer,
              asked.map((key) => ({ id: key.id, copy: key.copy ?? false })),
            ),
          ),
      }),
    }),
  });

  const CasePayload = builder.objectRef<Outcome<HandlingView>>('CasePayload').implement({
    fields: (t) => ({
      case: t.field({ type: Case, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const StepInput = builder.inputType('CaseStepInput', {
    fields: (t) => ({ id: t.id({ required: true }), note: t.string(), idempotencyKey: t.string() }),
  });
  const ReasonedInput = builder.inputType('ReasonedStepInput', {
    fields: (t) => ({ id: t.id({ required: true }), reason: t.string({ required: true }), idempotencyKey: t.string() }),
  });
  const RequestSupplementInput = builder.inputType('RequestSupplementInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      missing: t.field({
        required: true,
        description: 'All of them: they are named once.',
        type: [
          builder.inputType('MissingMaterialInput', {
            fields: (m) => ({ material: m.string({ required: true }), reason: m.string({ required: true }) }),
          }),
        ],
      }),
      note: t.string(),
      idempotencyKey: t.string(),
    }),
  });
  const ReviewCaseInput = builder.inputType('ReviewCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      opinion: t.field({ type: enums.Opinion, required: true }),
      amountFen: t.int({ description: 'The amount as the review assesses it, in fen.' }),
      note: t.string(),
      idempotencyKey: t.string(),
    }),
  });
  const DecideCaseInput = builder.inputType('DecideCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      outcome: t.field({ type: enums.Outcome, required: true }),
      reason: t.string({ description: 'Needed for a refusal.' }),
      minutes: t.string({ description: '会议纪要; needed where the item is decided together.' }),
      idempotencyKey: t.string(),
    }),
  });

  const step =
    <T>(
      schema: z.ZodType<T>,
      call: (handling: HandlingService, viewer: RoleContext['viewer'], input: T) => Promise<HandlingView>,
    ) =>
    (_: unknown, { input }: { input: unknown }, context: RoleContext) =>
      outcomeOf(context, () =>
        call(context.services(addressed(context)).handling, context.viewer, parseInput(schema, input)),
      );

  builder.mutationType({
    fields: (t) => ({
      acceptCase: t.field({
        type: CasePayload,
        description: '受理',
        args: { input: t.arg({ type: StepInput, required: true }) },
        resolve: step(caseStepInput, (handling, viewer, input) => handling.accept(viewer, input)),
      }),
      refuseCase: t.field({
        type: CasePayload,
        description: '不予受理',
        args: { input: t.arg({ type: ReasonedInput, required: true }) },
        resolve: step(reasonedStepInput, (handling, viewer, input) => handling.refuse(viewer, input)),
      }),
      requestSupplement: t.field({
        type: CasePayload,
        description:
          '一次告知补正: names everything that is missing, once, and gives the case back to the desk that took it in.',
        args: { input: t.arg({ type: RequestSupplementInput, required: true }) },
        resolve: step(requestSupplementInput, (handling, viewer, input) => handling.requestSupplement(viewer, input)),
      }),
      reviewCase: t.field({
        type: CasePayload,
        description: '审查',
        args: { input: t.arg({ type: ReviewCaseInput, required: true }) },
        resolve: step(reviewCaseInput, (handling, viewer, input) => handling.review(viewer, input)),
      }),
      decideCase: t.field({
        type: CasePayload,
        description: '决定',
        args: { input: t.arg({ type: DecideCaseInput, required: true }) },
        resolve: step(decideCaseInput, (handling, viewer, input) => handling.decide(viewer, input)),
      }),
      forwardCase: t.field({
        type: CasePayload,
        description: '上报',
        args: { input: t.arg({ type: StepInput, required: true }) },
        resolve: step(caseStepInput, (handling, viewer, input) => handling.forward(viewer, input)),
      }),
      returnCase: t.field({
        type: CasePayload,
        description: '退回',
        args: { input: t.arg({ type: ReasonedInput, required: true }) },
        resolve: step(reasonedStepInput, (handling, viewer, input) => handling.return(viewer, input)),
      }),
      withdrawCase: t.field({
        type: CasePayload,
        description: '撤回. At a desk that no longer holds the case the wish is carried to the one that does.',
        args: { input: t.arg({ type: ReasonedInput, required: true }) },
        resolve: step(reasonedStepInput, (handling, viewer, input) => handling.withdraw(viewer, input)),
      }),
      recallCase: t.field({
        type: CasePayload,
        description: '收回办件, by the grantor: calls one case back from the grantee that would decide it.',
        args: { input: t.arg({ type: ReasonedInput, required: true }) },
        resolve: step(reasonedStepInput, (handling, viewer, input) => handling.recall(viewer, input)),
      }),
    }),
  });
}
