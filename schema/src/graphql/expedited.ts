import type { ExpeditedClock } from '../rules/clock.ts';
import type { GreenChannel } from '../rules/expedited.ts';
import type { RoleBuilder } from './builder.ts';
import { decideUrgencyInput, groundedStepInput, leaveProjectInput, linkToProjectInput } from './expedited-inputs.ts';
import type { CasePayloadRef } from './handling-steps.ts';
import { step } from './handling-steps.ts';
import type { UrgencyView } from './services.ts';

/** What a case shows of its shorter limits (绿色通道, 特急). */
export function expeditedRefs({ builder, enums, refs }: RoleBuilder) {
  const { Division, Limit } = refs;
  const Clock = builder.objectRef<ExpeditedClock>('ExpeditedClock').implement({
    description: '加快办理时限: shorter than the promise; `dueAt` of the clock ends with whichever ends first.',
    fields: (t) => ({
      way: t.field({ type: enums.ExpeditedWay, nullable: false, resolve: (c) => c.way }),
      limit: t.field({ type: Limit, nullable: false, resolve: (c) => c.limit }),
      startedOn: t.field({ type: 'Date', nullable: false, resolve: (c) => c.startedOn }),
    }),
  });
  const Channel = builder.objectRef<GreenChannel>('GreenChannel').implement({
    description: '绿色通道, by a key project.',
    fields: (t) => ({
      project: t.exposeID('project', { nullable: false }),
      ground: t.exposeString('ground', { nullable: false }),
      limit: t.field({ type: Limit, nullable: false, resolve: (g) => g.limit }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (g) => g.at }),
      node: t.field({ type: Division, resolve: (g) => g.node }),
      by: t.string({ resolve: (g) => g.actor.name }),
    }),
  });
  const Urgency = builder.objectRef<UrgencyView>('Urgency').implement({
    description: '特急: asked for with a ground and approved by another person, or by the item itself.',
    fields: (t) => ({
      ground: t.exposeString('ground', { description: 'Null where every case of the item is urgent.' }),
      askedAt: t.field({ type: 'DateTime', nullable: false, resolve: (u) => u.askedAt }),
      approved: t.boolean({ description: 'Null while nobody has decided.', resolve: (u) => u.approved }),
      decidedAt: t.field({ type: 'DateTime', resolve: (u) => u.decidedAt }),
      decidedBy: t.string({ resolve: (u) => u.decidedBy?.name ?? null }),
      reason: t.exposeString('reason', { description: 'What was said with the decision.' }),
      limit: t.field({ type: Limit, resolve: (u) => u.limit }),
      dueAt: t.field({
        type: 'DateTime',
        description: 'Before acceptance: by when it is to be decided. Afterwards the clock says so.',
        resolve: (u) => u.dueAt,
      }),
    }),
  });
  return { Clock, Channel, Urgency };
}

/** The steps by which a case comes into a project, onto the green channel, or becomes urgent. */
export function addExpeditedSteps({ builder }: RoleBuilder, CasePayload: CasePayloadRef): void {
  const LinkInput = builder.inputType('LinkToProjectInput', {
    fields: (t) => ({ id: t.id({ required: true }), project: t.id({ required: true }), idempotencyKey: t.string() }),
  });
  const LeaveInput = builder.inputType('LeaveProjectInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      reason: t.string({ required: true, description: 'Names no numbers of a person.' }),
      idempotencyKey: t.string(),
    }),
  });
  const GroundedInput = builder.inputType('GroundedStepInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      ground: t.string({ required: true, description: 'Names no numbers of a person.' }),
      idempotencyKey: t.string(),
    }),
  });
  const DecideInput = builder.inputType('DecideUrgencyInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      approved: t.boolean({ required: true }),
      reason: t.string({ description: 'Needed where it is not approved.' }),
      idempotencyKey: t.string(),
    }),
  });
  builder.mutationFields((t) => ({
    linkToProject: t.field({
      type: CasePayload,
      description: '纳入项目: of a case that was filed without its project.',
      args: { input: t.arg({ type: LinkInput, required: true }) },
      resolve: step(linkToProjectInput, (handling, viewer, input) => handling.linkToProject(viewer, input)),
    }),
    leaveProject: t.field({
      type: CasePayload,
      description: '移出项目: it may be put into another afterwards; a limit of the green channel stays.',
      args: { input: t.arg({ type: LeaveInput, required: true }) },
      resolve: step(leaveProjectInput, (handling, viewer, input) => handling.leaveProject(viewer, input)),
    }),
    openGreenChannel: t.field({
      type: CasePayload,
      description: "转入绿色通道: a key project's case goes by the implementation's shorter limit.",
      args: { input: t.arg({ type: GroundedInput, required: true }) },
      resolve: step(groundedStepInput, (handling, viewer, input) => handling.openGreenChannel(viewer, input)),
    }),
    askUrgency: t.field({
      type: CasePayload,
      description: "申请特急: the applicant's ground, written down where the case is.",
      args: { input: t.arg({ type: GroundedInput, required: true }) },
      resolve: step(groundedStepInput, (handling, viewer, input) => handling.askUrgency(viewer, input)),
    }),
    decideUrgency: t.field({
      type: CasePayload,
      description: '特急审批, never by the person who wrote the ground down.',
      args: { input: t.arg({ type: DecideInput, required: true }) },
      resolve: step(decideUrgencyInput, (handling, viewer, input) => handling.decideUrgency(viewer, input)),
    }),
  }));
}
