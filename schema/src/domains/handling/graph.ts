import { LOG_ACTION } from '../../case/log-words.ts';
import { CUSTODY, ROLE, TIER } from '../../kernel/words.ts';
import { CASE_RESULT, CASE_STATE, DELIVERY_WAY, OUTCOME, SPECIAL_PROCEDURE } from '../../case/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { answerKeys } from '../../graph/builder.ts';
import { expedited } from '../expedited/operations.ts';
import { addOperations } from '../../operation/graph.ts';
import { noteRef } from '../notes/graph.ts';
import { notes } from '../notes/operations.ts';
import { caseload } from '../caseload/operations.ts';
import { caseloadRefs } from '../caseload/graph.ts';
import { expeditedRefs } from '../expedited/graph.ts';
import { OPENS_ITS_CASE } from '../../graph/one-case.ts';
import { addProblem } from '../../graph/problems.ts';
import type { CitedDiscretion } from '../../case/log-line.ts';
import type { CaseStepState } from '../../operation/step-states.ts';
import { handling } from './operations.ts';
import { DOCUMENT_STANDING } from './verification.ts';
import type { HandlingView, IssuedView, LogEntryView, VerifiedDocument } from './views.ts';
import type { Clock, DeskTime } from '../../case/clock.ts';
import type { Decision, Delivery, Extension, Precheck, Procedure, Rating, Renewal } from '../../case/case-file.ts';

/** Role handling (办理): state, log and clock. Owner: the custodian. */
export function addHandling(role: RoleBuilder): void {
  const { builder } = role;
  const Case = caseRef(role);
  const { HandlerRef, Caseload } = caseloadRefs(role);
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
  addOperations(role, caseload, { ...refs, Caseload });
  addOperations(role, notes, { CaseNote: noteRef(role) });
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
      clock: t.field({ type: ClockRef, description: 'Null before acceptance.', resolve: (c) => c.clock }),
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
      decision: t.field({ type: DecisionRef, resolve: (c) => c.decision }),
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
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when the answering node does not hold the case: when it last heard of it.',
        resolve: (c) => c.staleSince,
      }),
    }),
  });
}

function verifiedType({ builder, enumOf, refs: { Division, ItemStub } }: RoleBuilder) {
  return builder.objectRef<VerifiedDocument>('VerifiedDocument').implement({
    description: '文书核验: what the public is told of an issued document. It names no person.',
    fields: (t) => ({
      number: t.exposeString('number', { nullable: false, description: '文号' }),
      issuedBy: t.field({ type: Division, resolve: (d) => d.issuedBy }),
      inNameOf: t.field({ type: Division, resolve: (d) => d.inNameOf }),
      department: t.exposeString('department'),
      issuedAt: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.issuedAt }),
      item: t.field({ type: ItemStub, resolve: (d) => ({ code: d.item, via: d.issuedBy }) }),
      outcome: t.field({ type: enumOf(OUTCOME), nullable: false, resolve: (d) => d.outcome }),
      sha256: t.exposeString('sha256', {
        nullable: false,
        description: "Of the document's bytes: a file is what was issued if it has the same.",
      }),
      standing: t.field({ type: enumOf(DOCUMENT_STANDING), nullable: false, resolve: (d) => d.standing }),
      endedAt: t.field({
        type: 'DateTime',
        description: 'When it stopped standing; null while it stands.',
        resolve: (d) => d.endedAt,
      }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when the node does not hold the case: when it last heard of it.',
        resolve: (d) => d.staleSince,
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

function logEntryType({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  return builder.objectRef<LogEntryView>('LogEntry').implement({
    description: '办理环节: a line of the case log, signed by the node that wrote it.',
    fields: (t) => ({
      seq: t.exposeInt('seq', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (l) => l.at }),
      node: t.field({ type: Division, resolve: (l) => l.node }),
      actor: t.exposeString('actor'),
      actorRole: t.field({ type: enumOf(ROLE), resolve: (l) => l.actorRole }),
      action: t.field({ type: enumOf(LOG_ACTION), nullable: false, resolve: (l) => l.action }),
      note: t.exposeString('note'),
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

function decisionType({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  const Cited = builder.objectRef<CitedDiscretion>('CitedDiscretion').implement({
    description: '裁量基准, as the decision cites it.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      circumstance: t.exposeString('circumstance', { nullable: false }),
      standard: t.exposeString('standard', { nullable: false }),
    }),
  });
  return builder.objectRef<Decision>('Decision').implement({
    description: '决定',
    fields: (t) => ({
      outcome: t.field({ type: enumOf(OUTCOME), nullable: false, resolve: (d) => d.outcome }),
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
      discretion: t.field({ type: Cited, description: '裁量基准 it goes by.', resolve: (d) => d.discretion }),
      department: t.exposeString('department', { description: 'The department whose decision it is.' }),
      grant: t.exposeID('grant', { description: 'The delegation it was decided under.' }),
      deemed: t.exposeBoolean('deemed', {
        nullable: false,
        description: 'Whether the law made it: nothing was decided when the licence to renew expired (Art. 50).',
      }),
      byHearing: t.boolean({
        nullable: false,
        description: "Whether it is made by a hearing's record (Art. 48).",
        resolve: (d) => d.records.length > 0,
      }),
    }),
  });
}

/** Types for the events before a decision. */
function courseTypes({ builder, enumOf, refs }: RoleBuilder) {
  const { Division } = refs;
  const PrecheckRef = builder.objectRef<Precheck>('Precheck').implement({
    description: '预审: one complete list, before any clock runs.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.at }),
      node: t.field({ type: Division, resolve: (p) => p.node }),
      missing: t.field({ type: [refs.MissingMaterial], nullable: false, resolve: (p) => p.missing }),
      remarks: t.exposeString('remarks'),
    }),
  });
  const ProcedureRef = builder.objectRef<Procedure>('Procedure').implement({
    description: '特别程序, with the time it took.',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      kind: t.field({ type: enumOf(SPECIAL_PROCEDURE), nullable: false, resolve: (p) => p.kind }),
      node: t.field({ type: Division, resolve: (p) => p.node }),
      startedAt: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.startedAt }),
      endedAt: t.field({ type: 'DateTime', resolve: (p) => p.endedAt }),
      stopsClock: t.exposeBoolean('stopsClock', { nullable: false }),
      notice: t.exposeString('notice', { nullable: false, description: 'What the applicant was told in writing.' }),
      expectedDays: t.exposeInt('expectedDays'),
      result: t.exposeString('result'),
      staff: t.stringList({
        nullable: false,
        description: 'Who surveyed the site.',
        resolve: (p) => p.staff.map((s) => s.name),
      }),
    }),
  });
  const RenewalRef = builder.objectRef<Renewal>('Renewal').implement({
    description: '延续 of a licence.',
    fields: (t) => ({
      licence: t.exposeString('licence', { nullable: false }),
      expiresOn: t.field({ type: 'Date', nullable: false, resolve: (r) => r.expiresOn }),
    }),
  });
  const ExtensionRef = builder.objectRef<Extension>('Extension').implement({
    description: "延长期限, once, by the organ's head.",
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (e) => e.at }),
      days: t.exposeInt('days', { nullable: false, description: 'Working days.' }),
      reason: t.exposeString('reason', { nullable: false }),
      by: t.string({ description: 'Who extended it.', resolve: (e) => e.actor.name }),
    }),
  });
  return { PrecheckRef, ProcedureRef, RenewalRef, ExtensionRef };
}

/** Types for the end of a case. */
function endTypes({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  const DocumentRef = builder.objectRef<IssuedView>('IssuedDocument').implement({
    description: '结果文书. Its text is asked for by `resultDocument`.',
    fields: (t) => ({
      number: t.exposeString('number', { nullable: false, description: '文号' }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.at }),
      node: t.field({ type: Division, resolve: (d) => d.node }),
      fileName: t.string({ nullable: false, resolve: (d) => d.document.fileName }),
      sha256: t.string({ nullable: false, resolve: (d) => d.document.sha256 }),
      seal: t.exposeString('seal', { description: "The register's id of the seal set on it." }),
      verificationCode: t.exposeString('verificationCode', {
        nullable: false,
        description:
          '核验码: with the number, what `verifyDocument` takes. Documents issued before there were codes do not show it.',
      }),
    }),
  });
  const DeliveryRef = builder.objectRef<Delivery>('Delivery').implement({
    description: '送达',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.at }),
      node: t.field({ type: Division, resolve: (d) => d.node }),
      way: t.field({ type: enumOf(DELIVERY_WAY), nullable: false, resolve: (d) => d.way }),
    }),
  });
  const RatingRef = builder.objectRef<Rating>('Rating').implement({
    description: '好差评: 5 the best, 1 the worst.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
      grade: t.int({ nullable: false, resolve: (r) => r.grade }),
      byApplicant: t.boolean({
        nullable: false,
        description: 'Whether the applicant gave it alone, and not at a desk.',
        resolve: (r) => r.by === 'APPLICANT',
      }),
    }),
  });
  return { DocumentRef, DeliveryRef, RatingRef };
}
