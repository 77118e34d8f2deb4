import { ATTENDANCE, LAPSE_EFFECT, OBJECTION_END, PARTY_ASK, PARTY_OPINION, PROJECT_STAGE } from './words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem } from '../../graph/problems.ts';
import { addOperations } from '../../operation/graph.ts';
import { addOpinionRequest } from './opinion-graph.ts';
import { addJointCase } from './coordination-graph.ts';
import { joint } from './operations.ts';
import type { Correction, Party, SiteVisit } from './rules.ts';
import { isOutstanding } from './rules.ts';
import type { JointHandlingView, PartyStepView } from './views.ts';

/** Role joint (联合办理): departments asked together, their opinions, one visit, one list of corrections. */
export function addJoint(role: RoleBuilder): void {
  const { builder } = role;
  const Problem = addProblem(role);
  const PartyRef = partyType(role);
  const JointHandling = jointType(role, PartyRef);
  const OpinionRequest = addOpinionRequest(role, PartyRef);
  const JointCase = addJointCase(role, PartyRef);
  const PartyStepPayload = builder.objectRef<Outcome<PartyStepView>>('PartyStepPayload').implement({
    fields: (t) => ({
      jointHandling: t.field({
        type: JointHandling,
        description: 'Null at a node that was asked by another one.',
        resolve: (o) => o.done?.handling ?? null,
      }),
      request: t.field({ type: OpinionRequest, resolve: (o) => o.done?.request ?? null }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  builder.queryType();
  builder.mutationType();
  addOperations(role, joint, { JointHandling, OpinionRequest, JointCase, PartyStepPayload });
}

function partyType({ builder, enumOf, refs }: RoleBuilder) {
  const { Division } = refs;
  return builder.objectRef<Party>('JointParty').implement({
    description: '联办部门: asked, with its deadline, and what it answered or its silence or absence came to.',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      node: t.field({ type: Division, nullable: false, resolve: (p) => p.node }),
      department: t.exposeString('department', { nullable: false }),
      ask: t.field({ type: enumOf(PARTY_ASK), nullable: false, resolve: (p) => p.ask }),
      dueAt: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.dueAt }),
      askedAt: t.field({
        type: 'DateTime',
        description: 'Since when it has the question; null while that is under way to its node. No silence before.',
        resolve: (p) => p.asked?.at ?? null,
      }),
      outstanding: t.boolean({ nullable: false, resolve: (p) => isOutstanding(p) }),
      excuse: t.string({ description: 'Why it got a later deadline.', resolve: (p) => p.excuse?.reason ?? null }),
      opinion: t.field({ type: enumOf(PARTY_OPINION), resolve: (p) => p.given?.opinion ?? null }),
      reason: t.string({ description: 'Of an objection.', resolve: (p) => p.given?.reason ?? null }),
      givenAt: t.field({ type: 'DateTime', resolve: (p) => p.given?.at ?? null }),
      givenBy: t.string({ resolve: (p) => p.given?.actor.name ?? null }),
      lapse: t.field({
        type: enumOf(LAPSE_EFFECT),
        description: 'What its silence past the deadline came to.',
        resolve: (p) => p.lapse?.effect ?? null,
      }),
      absent: t.boolean({
        nullable: false,
        description: 'Unexcused absence from the visit stands for no objection.',
        resolve: (p) => p.absent,
      }),
      resolvedAs: t.field({ type: enumOf(OBJECTION_END), resolve: (p) => p.resolved?.end ?? null }),
      resolution: t.string({ resolve: (p) => p.resolved?.resolution ?? null }),
      withdrawnBecause: t.string({
        description: '撤回征询: why the lead took the question back; null where it stands.',
        resolve: (p) => p.withdrawn?.reason ?? null,
      }),
      reminded: t.int({ nullable: false, description: '催办次数', resolve: (p) => p.reminders?.times ?? 0 }),
      remindedAt: t.field({ type: 'DateTime', description: 'The last time.', resolve: (p) => p.reminders?.lastAt }),
    }),
  });
}

function jointType(role: RoleBuilder, PartyRef: ReturnType<typeof partyType>) {
  const { builder, enumOf, refs } = role;
  const { Division, ItemStub } = refs;
  const VisitRef = visitType(role);
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
  return builder.objectRef<JointHandlingView>('JointHandling').implement({
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
      stage: t.field({ type: enumOf(PROJECT_STAGE), resolve: (v) => v.joint?.stage ?? null }),
      parties: t.field({ type: [PartyRef], nullable: false, resolve: (v) => v.joint?.parties ?? [] }),
      visit: t.field({ type: VisitRef, resolve: (v) => v.joint?.visit ?? null }),
      corrections: t.field({ type: [CorrectionRef], nullable: false, resolve: (v) => v.joint?.corrections ?? [] }),
      answeredBy: t.field({ type: Division, resolve: (v) => v.answeredBy }),
    }),
  });
}

function visitType({ builder, enumOf }: RoleBuilder) {
  const AttendanceRef = builder
    .objectRef<NonNullable<SiteVisit['recorded']>['attendance'][number]>('VisitAttendance')
    .implement({
      description: '踏勘到场情况 of one party.',
      fields: (t) => ({
        party: t.exposeInt('party', { nullable: false }),
        as: t.field({ type: enumOf(ATTENDANCE), nullable: false, resolve: (a) => a.as }),
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
  return builder.objectRef<SiteVisit>('SiteVisit').implement({
    description: '联合踏勘: one visit, one record.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (v) => v.at }),
      place: t.exposeString('place', { nullable: false }),
      called: t.field({ type: ['Int'], nullable: false, resolve: (v) => v.called }),
      notified: t.field({
        type: ['Int'],
        nullable: false,
        description: "Parties of other nodes that know of it; no other party's absence counts.",
        resolve: (v) => v.notified,
      }),
      excused: t.field({
        type: [ExcuseRef],
        nullable: false,
        description: 'Who said beforehand why it cannot come.',
        resolve: (v) => v.excused,
      }),
      record: t.string({ description: 'Null until it is recorded.', resolve: (v) => v.recorded?.record ?? null }),
      attendance: t.field({ type: [AttendanceRef], nullable: false, resolve: (v) => v.recorded?.attendance ?? [] }),
    }),
  });
}
