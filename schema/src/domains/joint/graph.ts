import type { z } from 'zod';
import type { Correction, Party, SiteVisit } from './rules.ts';
import { isOutstanding } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed, connectionOf, pageOf } from '../../graph/builder.ts';
import { parseInput } from '../../graph/inputs.ts';
import {
  confirmCorrectionInput,
  excuseFromVisitInput,
  excuseOpinionInput,
  giveOpinionInput,
  openJointInput,
  recordVisitInput,
  resolveObjectionInput,
  scheduleVisitInput,
  withdrawQuestionInput,
} from './inputs.ts';
import { OPENS_ITS_CASE } from '../../graph/one-case.ts';
import { addOpinionRequest } from './opinion-graph.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { JointHandlingView, JointService, PartyStepView } from './services.ts';
import type { RoleContext } from '../../graph/services.ts';

/** Role joint (联合办理): departments asked together, their opinions, one visit, one list of corrections. */
export function addJoint(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);

  const PartyRef = builder.objectRef<Party>('JointParty').implement({
    description: '联办部门: asked, with its deadline, and what it answered or its silence or absence came to.',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      node: t.field({ type: Division, nullable: false, resolve: (p) => p.node }),
      department: t.exposeString('department', { nullable: false }),
      ask: t.field({ type: enums.PartyAsk, nullable: false, resolve: (p) => p.ask }),
      dueAt: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.dueAt }),
      askedAt: t.field({
        type: 'DateTime',
        description: 'Since when it has the question; null while that is under way to its node. No silence before.',
        resolve: (p) => p.asked?.at ?? null,
      }),
      outstanding: t.boolean({ nullable: false, resolve: (p) => isOutstanding(p) }),
      excuse: t.string({ description: 'Why it got a later deadline.', resolve: (p) => p.excuse?.reason ?? null }),
      opinion: t.field({ type: enums.PartyOpinion, resolve: (p) => p.given?.opinion ?? null }),
      reason: t.string({ description: 'Of an objection.', resolve: (p) => p.given?.reason ?? null }),
      givenAt: t.field({ type: 'DateTime', resolve: (p) => p.given?.at ?? null }),
      givenBy: t.string({ resolve: (p) => p.given?.actor.name ?? null }),
      lapse: t.field({
        type: enums.LapseEffect,
        description: 'What its silence past the deadline came to.',
        resolve: (p) => p.lapse?.effect ?? null,
      }),
      absent: t.boolean({
        nullable: false,
        description: 'Unexcused absence from the visit stands for no objection.',
        resolve: (p) => p.absent,
      }),
      resolvedAs: t.field({ type: enums.ObjectionEnd, resolve: (p) => p.resolved?.end ?? null }),
      resolution: t.string({ resolve: (p) => p.resolved?.resolution ?? null }),
      withdrawnBecause: t.string({
        description: '撤回征询: why the lead took the question back; null where it stands.',
        resolve: (p) => p.withdrawn?.reason ?? null,
      }),
    }),
  });
  const AttendanceRef = builder
    .objectRef<NonNullable<SiteVisit['recorded']>['attendance'][number]>('VisitAttendance')
    .implement({
      description: '踏勘到场情况 of one party.',
      fields: (t) => ({
        party: t.exposeInt('party', { nullable: false }),
        as: t.field({ type: enums.Attendance, nullable: false, resolve: (a) => a.as }),
        reason: t.exposeString('reason'),
      }),
    });
  const ExcuseRef = builder.objectRef<SiteVisit['excused'][number]>('VisitExcuse').implement({
    description: '踏勘请假 of one party.',
    fields: (t) => ({
      party: t.exposeInt('party', { nullable: false }),
      reason: t.exposeString('reason', { nullable: false }),
    }),
  });
  const VisitRef = builder.objectRef<SiteVisit>('SiteVisit').implement({
    description: '联合踏勘: one visit, one record.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (v) => v.at }),
      place: t.exposeString('place', { nullable: false }),
      called: t.field({ type: ['Int'], nullable: false, resolve: (v) => v.called }),
      notified: t.field({
        type: ['Int'],
        nullable: false,
        description: "Parties of other nodes that know of it; nobody else's absence counts.",
        resolve: (v) => v.notified,
      }),
      excused: t.field({
        type: [ExcuseRef],
        nullable: false,
        description: 'Who said beforehand why it can not come.',
        resolve: (v) => v.excused,
      }),
      record: t.string({ description: 'Null until it is recorded.', resolve: (v) => v.recorded?.record ?? null }),
      attendance: t.field({ type: [AttendanceRef], nullable: false, resolve: (v) => v.recorded?.attendance ?? [] }),
    }),
  });
  const CorrectionRef = builder.objectRef<Correction>('JointCorrection').implement({
    description: '整改意见 on the one list for the applicant.',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      party: t.exposeInt('party', { nullable: false }),
      text: t.exposeString('text', { nullable: false }),
      mandatory: t.exposeBoolean('mandatory', { nullable: false, description: 'Otherwise it is only advised.' }),
      madeAt: t.field({ type: 'DateTime', resolve: (c) => c.made?.at ?? null }),
      evidence: t.string({ resolve: (c) => c.made?.evidence ?? null }),
    }),
  });
  const Joint = builder.objectRef<JointHandlingView>('JointHandling').implement({
    description: '联合办理 of a case: one lead, all parties at once.',
    fields: (t) => ({
      caseId: t.id({ nullable: false, resolve: (v) => v.id }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (v) => ({ code: v.item, via: v.answeredBy }) }),
      open: t.exposeBoolean('open', { nullable: false, description: 'Whether anything keeps the lead from going on.' }),
      openedAt: t.field({
        type: 'DateTime',
        description: 'Null until it is opened.',
        resolve: (v) => v.joint?.openedAt,
      }),
      lead: t.string({ resolve: (v) => v.joint?.lead ?? null }),
      stage: t.field({ type: enums.ProjectStage, resolve: (v) => v.joint?.stage ?? null }),
      parties: t.field({ type: [PartyRef], nullable: false, resolve: (v) => v.joint?.parties ?? [] }),
      visit: t.field({ type: VisitRef, resolve: (v) => v.joint?.visit ?? null }),
      corrections: t.field({ type: [CorrectionRef], nullable: false, resolve: (v) => v.joint?.corrections ?? [] }),
      answeredBy: t.field({ type: Division, resolve: (v) => v.answeredBy }),
    }),
  });

  const Request = addOpinionRequest(role, PartyRef);

  builder.queryType({
    fields: (t) => ({
      opinionRequests: t.field({
        type: builder.connectionObject({ type: Request, name: 'OpinionRequestConnection' }),
        description:
          "What one's department is asked: what is waited for by deadline, or the settled ones, latest first.",
        args: {
          division: t.arg.id(),
          waiting: t.arg.boolean({ defaultValue: true }),
          first: t.arg.int(),
          after: t.arg.string(),
        },
        resolve: async (_, { waiting, first, after }, context) =>
          connectionOf(
            await context
              .services(addressed(context))
              .joint.requests(context.viewer, waiting ?? true, pageOf({ first, after })),
          ),
      }),
      opinionRequest: t.field({
        type: Request,
        args: { division: t.arg.id(), case: t.arg.id({ required: true }), party: t.arg.int({ required: true }) },
        resolve: (_, { case: id, party }, context) =>
          context.services(addressed(context)).joint.request(context.viewer, { id, party }),
      }),
      opinionMaterial: t.string({
        description: 'Bytes of a material that is shown with a question, in base64.',
        args: {
          division: t.arg.id(),
          case: t.arg.id({ required: true }),
          party: t.arg.int({ required: true }),
          sha256: t.arg.string({ required: true }),
        },
        resolve: (_, { case: id, party, sha256 }, context) =>
          context.services(addressed(context)).joint.material(context.viewer, { id, party }, sha256),
      }),
      jointHandling: t.field({
        extensions: OPENS_ITS_CASE,
        type: Joint,
        description: '联合办理 of a case, as the desk knows it.',
        args: { division: t.arg.id(), case: t.arg.id({ required: true }) },
        resolve: (_, args, context) => context.services(addressed(context)).joint.ofCase(context.viewer, args.case),
      }),
    }),
  });

  const Payload = builder.objectRef<Outcome<JointHandlingView>>('JointHandlingPayload').implement({
    fields: (t) => ({
      jointHandling: t.field({ type: Joint, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const SpokenPayload = builder.objectRef<Outcome<PartyStepView>>('PartyStepPayload').implement({
    fields: (t) => ({
      jointHandling: t.field({
        type: Joint,
        description: 'Null at a node that was asked by another one.',
        resolve: (o) => o.done?.handling ?? null,
      }),
      request: t.field({ type: Request, resolve: (o) => o.done?.request ?? null }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const PartyInput = builder.inputType('JointPartyInput', {
    fields: (t) => ({
      node: t.id({ description: "The lead's own node when left out." }),
      department: t.string({ required: true }),
      ask: t.field({ type: enums.PartyAsk, required: true }),
      days: t.int({
        required: true,
        description:
          "Working days to answer in, from tomorrow on; of another node's party from the day it has the question.",
      }),
      materials: t.stringList({
        description: "Names of the materials another node's party is shown; all that was handed in when left out.",
      }),
    }),
  });
  const OpenInput = builder.inputType('OpenJointHandlingInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      stage: t.field({ type: enums.ProjectStage, description: 'Of a construction project; names who leads.' }),
      parties: t.field({ type: [PartyInput], required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const OpinionInput = builder.inputType('GivePartyOpinionInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      party: t.int({ required: true }),
      opinion: t.field({ type: enums.PartyOpinion, required: true }),
      reason: t.string({ description: 'Needed for an objection.' }),
      idempotencyKey: t.string(),
    }),
  });
  const ExcuseInput = builder.inputType('ExcusePartyOpinionInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      party: t.int({ required: true }),
      reason: t.string({ required: true }),
      days: t.int({ required: true, description: 'Working days on top of the deadline.' }),
      idempotencyKey: t.string(),
    }),
  });
  const AbsenceInput = builder.inputType('ExcuseFromVisitInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      party: t.int({ required: true }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const ScheduleInput = builder.inputType('ScheduleSiteVisitInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      at: t.field({ type: 'DateTime', required: true }),
      place: t.string({ required: true }),
      parties: t.intList({ required: true, description: 'Numbers of the parties that are called.' }),
      idempotencyKey: t.string(),
    }),
  });
  const AttendanceInput = builder.inputType('VisitAttendanceInput', {
    fields: (t) => ({
      party: t.int({ required: true }),
      as: t.field({ type: enums.Attendance, required: true }),
      reason: t.string({ description: 'Needed for an excuse.' }),
    }),
  });
  const CorrectionInput = builder.inputType('JointCorrectionInput', {
    fields: (t) => ({
      party: t.int({ required: true }),
      text: t.string({ required: true }),
      mandatory: t.boolean({ required: true }),
    }),
  });
  const RecordInput = builder.inputType('RecordSiteVisitInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      record: t.string({ required: true }),
      attendance: t.field({ type: [AttendanceInput], required: true, description: 'Of every party that was called.' }),
      corrections: t.field({ type: [CorrectionInput], required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const ConfirmInput = builder.inputType('ConfirmCorrectionInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      correction: t.int({ required: true }),
      evidence: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const ResolveInput = builder.inputType('ResolveObjectionInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      party: t.int({ required: true }),
      end: t.field({ type: enums.ObjectionEnd, required: true }),
      resolution: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const WithdrawInput = builder.inputType('WithdrawQuestionInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      party: t.int({ required: true }),
      reason: t.string({ required: true, description: 'Names no numbers of a person.' }),
      idempotencyKey: t.string(),
    }),
  });
  const step =
    <T, R>(schema: z.ZodType<T>, call: (joint: JointService, viewer: RoleContext['viewer'], input: T) => Promise<R>) =>
    (_: unknown, { input }: { input: unknown }, context: RoleContext) =>
      outcomeOf(context, () =>
        call(context.services(addressed(context)).joint, context.viewer, parseInput(schema, input)),
      );
  builder.mutationType({
    fields: (t) => ({
      openJointHandling: t.field({
        type: Payload,
        description: '启动联合办理: asks all parties at once, each with its deadline.',
        args: { input: t.arg({ type: OpenInput, required: true }) },
        resolve: step(openJointInput, (joint, viewer, input) => joint.open(viewer, input)),
      }),
      givePartyOpinion: t.field({
        type: SpokenPayload,
        description: '部门意见: by a person of the department that was asked, at its own node.',
        args: { input: t.arg({ type: OpinionInput, required: true }) },
        resolve: step(giveOpinionInput, (joint, viewer, input) => joint.giveOpinion(viewer, input)),
      }),
      excusePartyOpinion: t.field({
        type: SpokenPayload,
        description: '说明理由延期答复: once, before the deadline.',
        args: { input: t.arg({ type: ExcuseInput, required: true }) },
        resolve: step(excuseOpinionInput, (joint, viewer, input) => joint.excuse(viewer, input)),
      }),
      excuseFromVisit: t.field({
        type: SpokenPayload,
        description: '踏勘请假: once, before the visit; the absence then stands for nothing.',
        args: { input: t.arg({ type: AbsenceInput, required: true }) },
        resolve: step(excuseFromVisitInput, (joint, viewer, input) => joint.excuseFromVisit(viewer, input)),
      }),
      scheduleSiteVisit: t.field({
        type: Payload,
        description: '安排联合踏勘: may be moved until it is recorded.',
        args: { input: t.arg({ type: ScheduleInput, required: true }) },
        resolve: step(scheduleVisitInput, (joint, viewer, input) => joint.scheduleVisit(viewer, input)),
      }),
      recordSiteVisit: t.field({
        type: Payload,
        description: '联合踏勘记录: who came, and the one list of corrections.',
        args: { input: t.arg({ type: RecordInput, required: true }) },
        resolve: step(recordVisitInput, (joint, viewer, input) => joint.recordVisit(viewer, input)),
      }),
      confirmCorrection: t.field({
        type: Payload,
        description: '整改完成',
        args: { input: t.arg({ type: ConfirmInput, required: true }) },
        resolve: step(confirmCorrectionInput, (joint, viewer, input) => joint.confirmCorrection(viewer, input)),
      }),
      withdrawQuestion: t.field({
        type: Payload,
        description:
          "撤回征询: by the lead's chief, of a party nobody needs by law; a later answer is refused as over.",
        args: { input: t.arg({ type: WithdrawInput, required: true }) },
        resolve: step(withdrawQuestionInput, (joint, viewer, input) => joint.withdrawQuestion(viewer, input)),
      }),
      resolveObjection: t.field({
        type: Payload,
        description: "异议处理: by the lead's chief; a statutory decision is not the lead's to settle.",
        args: { input: t.arg({ type: ResolveInput, required: true }) },
        resolve: step(resolveObjectionInput, (joint, viewer, input) => joint.resolveObjection(viewer, input)),
      }),
    }),
  });
}
