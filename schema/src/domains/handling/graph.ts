import { CUSTODY, ROLE, TIER } from '../../kernel/words.ts';
import { CASE_RESULT, CASE_STATE } from '../../case/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { answerKeys } from '../../graph/builder.ts';
import { answerType } from '../answers/graph.ts';
import { answers } from '../answers/operations.ts';
import { reportType } from '../reports/graph.ts';
import { reports } from '../reports/operations.ts';
import { expedited } from '../expedited/operations.ts';
import { addOperations } from '../../operation/graph.ts';
import { savedListRef } from '../saved-lists/graph.ts';
import { savedListsDomain } from '../saved-lists/operations.ts';
import { casesSheetRef } from '../case-sheets/graph.ts';
import { caseSheets } from '../case-sheets/operations.ts';
import { finding } from '../finding/operations.ts';
import { caseMeetingRef, meetingRefs } from '../meetings/graph.ts';
import { meetings } from '../meetings/operations.ts';
import { noteRef } from '../notes/graph.ts';
import { notes } from '../notes/operations.ts';
import { caseload } from '../caseload/operations.ts';
import { signalRefs } from '../signals/graph.ts';
import { signals } from '../signals/operations.ts';
import { caseloadRefs } from '../caseload/graph.ts';
import { expeditedRefs } from '../expedited/graph.ts';
import { OPENS_ITS_CASE } from '../../graph/one-case.ts';
import { addProblem } from '../../graph/problems.ts';
import type { CaseStepState } from '../../operation/step-states.ts';
import { handling } from './operations.ts';
import type { HandlingView } from './views.ts';
import type { Clock, DeskTime } from '../../case/clock.ts';
import { courseTypes, decisionType, endTypes, logEntryType, reviewType, verifiedType } from './course-graph.ts';

/** Role handling (办理): state, log and clock. Owner: the custodian. */
export function addHandling(role: RoleBuilder): void {
  const { builder } = role;
  const Case = caseRef(role);
  const { Person, HandlerRef, Caseload } = caseloadRefs(role);
  implementCase(role, Case, HandlerRef);
  const Key = builder.inputType('HandlingKey', {
    fields: (t) => ({
      id: t.id({ required: true }),
      at: t.id({ required: true }),
      via: t.id(),
      copy: t.boolean({ defaultValue: false }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      _handling: t.field({
        extensions: OPENS_ITS_CASE,
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

  builder.mutationType();
  const refs = addOperations(
    role,
    expedited,
    addOperations(role, handling, { Case, CaseStepState: stepStateType(role), VerifiedDocument: verifiedType(role) }),
  );
  addOperations(role, answers, refs);
  addOperations(role, reports, refs);
  addOperations(role, caseload, { ...refs, Caseload });
  const CasesSheet = casesSheetRef(role);
  addOperations(role, finding, { ...refs, CasesSheet });
  addOperations(role, caseSheets, { CasesSheet });
  addOperations(role, savedListsDomain, { SavedList: savedListRef(role, Person) });
  addOperations(role, notes, { CaseNote: noteRef(role) });
  addOperations(role, meetings, meetingRefs(role, Person));
  addOperations(role, signals, signalRefs(role));
}

const caseRef = ({ builder }: RoleBuilder) => builder.objectRef<HandlingView>('Case');

function implementCase(
  role: RoleBuilder,
  Case: ReturnType<typeof caseRef>,
  HandlerRef: ReturnType<typeof caseloadRefs>['HandlerRef'],
): void {
  const { enumOf, refs } = role;
  const { Division } = refs;
  const expeditedTypes = expeditedRefs(role);
  const LogEntry = logEntryType(role);
  const ClockRef = clockType(role, expeditedTypes.Clock);
  const DecisionRef = decisionType(role);
  const { PrecheckRef, ProcedureRef, RenewalRef, ExtensionRef } = courseTypes(role);
  const { DocumentRef, DeliveryRef, RatingRef } = endTypes(role);
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
      state: t.field({ type: enumOf(CASE_STATE), resolve: (c) => c.state }),
      custody: t.field({
        type: enumOf(CUSTODY),
        description: 'Where the answering node stands to it.',
        resolve: (c) => c.custody,
      }),
      inTransitTo: t.field({ type: Division, resolve: (c) => c.inTransitTo }),
      log: t.field({ type: [LogEntry], nullable: { list: true, items: false }, resolve: (c) => c.log }),
      clock: t.field({
        type: ClockRef,
        description: 'Null before acceptance; of a case that is answered, before its materials are at its organ.',
        resolve: (c) => c.clock,
      }),
      precheck: t.field({ type: PrecheckRef, resolve: (c) => c.precheck }),
      procedures: t.field({
        type: [ProcedureRef],
        nullable: { list: true, items: false },
        resolve: (c) => c.procedures,
      }),
      renewal: t.field({
        type: RenewalRef,
        description: 'Null where no licence is renewed.',
        resolve: (c) => c.renewal,
      }),
      extension: t.field({ type: ExtensionRef, resolve: (c) => c.extension }),
      appliedFen: t.expose('appliedFen', {
        type: 'Fen',
        description: 'The amount applied for; null if none was stated.',
      }),
      reviews: t.field({
        type: [reviewType(role)],
        nullable: { list: true, items: false },
        description: 'Every review so far, of every desk, oldest first.',
        resolve: (c) => c.reviews,
      }),
      decision: t.field({ type: DecisionRef, resolve: (c) => c.decision }),
      answer: t.field({
        type: answerType(role),
        description: 'Null for a case that is decided, and until it is answered.',
        resolve: (c) => c.answer,
      }),
      report: t.field({
        type: reportType(role),
        description: '转报; null where no organ outside has it.',
        resolve: (c) => c.report,
      }),
      issued: t.field({ type: DocumentRef, resolve: (c) => c.issued }),
      delivery: t.field({ type: DeliveryRef, resolve: (c) => c.delivery }),
      rating: t.field({ type: RatingRef, resolve: (c) => c.rating }),
      result: t.field({ type: enumOf(CASE_RESULT), description: '办结结果', resolve: (c) => c.result }),
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
      projectId: t.id({ description: '项目 the case belongs to.', resolve: (c) => c.project }),
      greenChannel: t.field({ type: expeditedTypes.Channel, resolve: (c) => c.greenChannel }),
      urgency: t.field({ type: expeditedTypes.Urgency, resolve: (c) => c.urgency }),
      handler: t.field({
        type: HandlerRef,
        description: '承办人; null at desks that do not hold the case, and until a person claims it.',
        resolve: (c) => c.handler,
      }),
      meetings: t.field({
        type: [caseMeetingRef(role)],
        nullable: { list: true, items: false },
        description: "会议 of the answering desk that the case was on; null for those who don't see them.",
        resolve: ({ id, answeredBy }, _, context) => context.services(answeredBy).meetings.ofCase(context.viewer, id),
      }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when the answering node does not hold the case: when it last heard of it.',
        resolve: (c) => c.staleSince,
      }),
    }),
  });
}

function stepStateType(role: RoleBuilder) {
  const { builder, enumOf } = role;
  return builder.objectRef<CaseStepState>('CaseStepState').implement({
    description: '可办步骤: how a step of a case stands for the person who asks.',
    fields: (t) => ({
      step: t.exposeString('step', { nullable: false, description: 'The mutation that takes it.' }),
      zh: t.exposeString('zh', { nullable: false, description: 'What it is called at the counter.' }),
      possible: t.boolean({
        nullable: false,
        description: 'Whether it can be taken now; its input is judged when it is.',
        resolve: ({ why }) => why === null,
      }),
      why: t.field({
        type: addProblem(role),
        description: 'Why not; null where it is possible.',
        resolve: (s) => s.why,
      }),
      posts: t.field({
        type: [enumOf(ROLE)],
        nullable: false,
        description: "Posts whose duty it is at the desk's tier.",
        resolve: (s) => s.posts,
      }),
    }),
  });
}

function clockType(
  { builder, enumOf, refs: { Division, Limit } }: RoleBuilder,
  Expedited: ReturnType<typeof expeditedRefs>['Clock'],
) {
  const DeskTimeRef = builder.objectRef<DeskTime>('DeskTime').implement({
    description: '分级用时: what one desk used of the time.',
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (d) => d.node }),
      tier: t.field({ type: enumOf(TIER), nullable: false, resolve: (d) => d.tier }),
      usedDays: t.exposeInt('usedDays', { nullable: false }),
      limit: t.field({ type: Limit, resolve: (d) => d.limit }),
    }),
  });
  return builder.objectRef<Clock>('Clock').implement({
    description: '办理时限, counted by the official calendar from acceptance.',
    fields: (t) => ({
      startedOn: t.field({ type: 'Date', nullable: false, resolve: (c) => c.startedOn }),
      dueAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'End of the promise, or of a shorter limit of the case that ends before it.',
        resolve: (c) => c.dueAt,
      }),
      expedited: t.field({
        type: Expedited,
        description: 'Null where the case has no shorter limit.',
        resolve: (c) => c.expedited,
      }),
      statutoryDueAt: t.field({ type: 'DateTime', resolve: (c) => c.statutoryDueAt }),
      promised: t.field({ type: Limit, nullable: false, resolve: (c) => c.promised }),
      statutory: t.field({ type: Limit, resolve: (c) => c.statutory }),
      remainingDays: t.exposeInt('remainingDays', {
        nullable: false,
        description: "Days of the promise's unit until `dueAt`; negative past it; frozen once it is decided.",
      }),
      usedDays: t.exposeInt('usedDays', { nullable: false }),
      overdue: t.exposeBoolean('overdue', { nullable: false }),
      provisional: t.exposeBoolean('provisional', {
        nullable: false,
        description: 'A date depends on a year whose calendar is not published yet.',
      }),
      pausedSince: t.field({
        type: 'DateTime',
        description: 'Since when a special procedure keeps the clock still (Art. 45).',
        resolve: (c) => c.pausedSince,
      }),
      excludedDays: t.exposeInt('excludedDays', { nullable: false, description: 'Days outside the limit.' }),
      extendedDays: t.exposeInt('extendedDays', { nullable: false, description: 'Working days added (Art. 42).' }),
      deliveryDueAt: t.field({
        type: 'DateTime',
        description: 'End of the tenth working day after the decision (Art. 44).',
        resolve: (c) => c.deliveryDueAt,
      }),
      desks: t.field({ type: [DeskTimeRef], nullable: false, resolve: (c) => c.desks }),
    }),
  });
}
