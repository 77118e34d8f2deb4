import type { z } from 'zod';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import {
  caseStepInput,
  decideCaseInput,
  decideOnTheSpotInput,
  deliverCaseInput,
  endProcedureInput,
  extendCaseInput,
  parseInput,
  precheckCaseInput,
  rateCaseInput,
  reasonedStepInput,
  requestSupplementInput,
  reviewCaseInput,
  startProcedureInput,
  transferCaseInput,
} from '../../graph/inputs.ts';
import { OPENS_ITS_CASE } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { HandlingService, HandlingView } from './services.ts';
import type { RoleContext } from '../../graph/services.ts';

type CaseRef = ReturnType<typeof caseRefOf>;
/** The case as role handling shows it. */
export function caseRefOf({ builder }: RoleBuilder) {
  return builder.objectRef<HandlingView>('Case');
}

export type CasePayloadRef = ReturnType<ReturnType<typeof casePayloadOf>['implement']>;
function casePayloadOf({ builder }: RoleBuilder) {
  return builder.objectRef<Outcome<HandlingView>>('CasePayload');
}

/** Makes the resolver of a step: the input is checked, the desk is asked, a refusal becomes data. */
export function step<T>(
  schema: z.ZodType<T>,
  call: (handling: HandlingService, viewer: RoleContext['viewer'], input: T) => Promise<HandlingView>,
) {
  return (_: unknown, { input }: { input: unknown }, context: RoleContext) =>
    outcomeOf(context, () =>
      call(context.services(addressed(context)).handling, context.viewer, parseInput(schema, input)),
    );
}

/** The steps of role handling: every mutation of a case at the desk that holds it. */
export function addHandlingSteps(role: RoleBuilder, Case: CaseRef): CasePayloadRef {
  const { builder, enums } = role;
  const Problem = addProblem(role);
  const CasePayload = casePayloadOf(role).implement({
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
  const MissingMaterialInput = builder.inputType('MissingMaterialInput', {
    fields: (m) => ({ material: m.string({ required: true }), reason: m.string({ required: true }) }),
  });
  const RequestSupplementInput = builder.inputType('RequestSupplementInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      missing: t.field({
        required: true,
        description: 'All of them: they are named once.',
        type: [MissingMaterialInput],
      }),
      note: t.string(),
      idempotencyKey: t.string(),
    }),
  });
  const StaffInput = builder.inputType('StaffInput', {
    fields: (t) => ({
      sub: t.id({ required: true, description: "Subject of the person's token." }),
      name: t.string({ required: true }),
    }),
  });
  const ReviewCaseInput = builder.inputType('ReviewCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      opinion: t.field({ type: enums.Opinion, required: true }),
      amountFen: t.field({ type: 'Fen', description: 'The amount as the review assesses it, in fen.' }),
      note: t.string(),
      second: t.field({
        type: StaffInput,
        description: "Who checked with the reviewer, where the item's substance is checked.",
      }),
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

  const PrecheckCaseInput = builder.inputType('PrecheckCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      missing: t.field({
        required: true,
        description: 'All of them: the list comes once; empty where nothing is missing.',
        type: [MissingMaterialInput],
      }),
      remarks: t.string(),
      idempotencyKey: t.string(),
    }),
  });
  const StartProcedureInput = builder.inputType('StartProcedureInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      kind: t.field({ type: enums.SpecialProcedure, required: true }),
      notice: t.string({ required: true, description: 'What the applicant is told in writing.' }),
      expectedDays: t.int({ description: 'Plain days it is expected to need; needed where it stops the clock.' }),
      idempotencyKey: t.string(),
    }),
  });
  const EndProcedureInput = builder.inputType('EndProcedureInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      procedure: t.int({ required: true, description: 'Its number within the case.' }),
      result: t.string({ required: true }),
      staff: t.field({
        type: [StaffInput],
        description: 'Who surveyed the site; two of them where the substance is checked.',
      }),
      idempotencyKey: t.string(),
    }),
  });
  const ExtendCaseInput = builder.inputType('ExtendCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      days: t.int({ required: true, description: 'Working days, at most 10; of joint handling 15.' }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const DecideOnTheSpotInput = builder.inputType('DecideOnTheSpotInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      outcome: t.field({ type: enums.Outcome, required: true }),
      reason: t.string({ description: 'Needed for a refusal.' }),
      idempotencyKey: t.string(),
    }),
  });
  const DeliverCaseInput = builder.inputType('DeliverCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      way: t.field({ type: enums.DeliveryWay, required: true }),
      note: t.string(),
      idempotencyKey: t.string(),
    }),
  });
  const TransferCaseInput = builder.inputType('TransferCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      to: t.id({ required: true, description: 'The township over a village desk, or a village of it.' }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const RateCaseInput = builder.inputType('RateCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      grade: t.int({ required: true, description: '5 非常满意 … 1 非常不满意' }),
      idempotencyKey: t.string(),
    }),
  });

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
        extensions: OPENS_ITS_CASE,
        type: CasePayload,
        description: '上报',
        args: { input: t.arg({ type: StepInput, required: true }) },
        resolve: step(caseStepInput, (handling, viewer, input) => handling.forward(viewer, input)),
      }),
      returnCase: t.field({
        extensions: OPENS_ITS_CASE,
        type: CasePayload,
        description: '退回',
        args: { input: t.arg({ type: ReasonedInput, required: true }) },
        resolve: step(reasonedStepInput, (handling, viewer, input) => handling.return(viewer, input)),
      }),
      requestPrecheck: t.field({
        extensions: OPENS_ITS_CASE,
        type: CasePayload,
        description: '申请预审: sends a draft to the deciding desk.',
        args: { input: t.arg({ type: StepInput, required: true }) },
        resolve: step(caseStepInput, (handling, viewer, input) => handling.requestPrecheck(viewer, input)),
      }),
      precheckCase: t.field({
        type: CasePayload,
        description: '预审: one complete list, and back to the desk that drew the draft up.',
        args: { input: t.arg({ type: PrecheckCaseInput, required: true }) },
        resolve: step(precheckCaseInput, (handling, viewer, input) => handling.precheck(viewer, input)),
      }),
      startProcedure: t.field({
        type: CasePayload,
        description: '特别程序开始',
        args: { input: t.arg({ type: StartProcedureInput, required: true }) },
        resolve: step(startProcedureInput, (handling, viewer, input) => handling.startProcedure(viewer, input)),
      }),
      endProcedure: t.field({
        type: CasePayload,
        description: '特别程序结束',
        args: { input: t.arg({ type: EndProcedureInput, required: true }) },
        resolve: step(endProcedureInput, (handling, viewer, input) => handling.endProcedure(viewer, input)),
      }),
      extendCase: t.field({
        type: CasePayload,
        description: '延长期限: once, before it ends, by the head of the organ.',
        args: { input: t.arg({ type: ExtendCaseInput, required: true }) },
        resolve: step(extendCaseInput, (handling, viewer, input) => handling.extend(viewer, input)),
      }),
      decideOnTheSpot: t.field({
        type: CasePayload,
        description: '即办: accepts, reviews and decides an instant item at one go.',
        args: { input: t.arg({ type: DecideOnTheSpotInput, required: true }) },
        resolve: step(decideOnTheSpotInput, (handling, viewer, input) => handling.decideOnTheSpot(viewer, input)),
      }),
      issueDocument: t.field({
        type: CasePayload,
        description: '制发结果文书',
        args: { input: t.arg({ type: StepInput, required: true }) },
        resolve: step(caseStepInput, (handling, viewer, input) => handling.issueDocument(viewer, input)),
      }),
      assignCase: t.field({
        type: CasePayload,
        description: '交办送达: sends what was decided to the desk that took the case in.',
        args: { input: t.arg({ type: StepInput, required: true }) },
        resolve: step(caseStepInput, (handling, viewer, input) => handling.assign(viewer, input)),
      }),
      deliverCase: t.field({
        extensions: OPENS_ITS_CASE,
        type: CasePayload,
        description: '送达, and closes the case with nothing left open.',
        args: { input: t.arg({ type: DeliverCaseInput, required: true }) },
        resolve: step(deliverCaseInput, (handling, viewer, input) => handling.deliver(viewer, input)),
      }),
      closeCase: t.field({
        extensions: OPENS_ITS_CASE,
        type: CasePayload,
        description: '办结归档',
        args: { input: t.arg({ type: StepInput, required: true }) },
        resolve: step(caseStepInput, (handling, viewer, input) => handling.close(viewer, input)),
      }),
      rateCase: t.field({
        extensions: OPENS_ITS_CASE,
        type: CasePayload,
        description: '评价, at a desk.',
        args: { input: t.arg({ type: RateCaseInput, required: true }) },
        resolve: step(rateCaseInput, (handling, viewer, input) => handling.rate(viewer, input)),
      }),
      terminateCase: t.field({
        type: CasePayload,
        description: '终止办理',
        args: { input: t.arg({ type: ReasonedInput, required: true }) },
        resolve: step(reasonedStepInput, (handling, viewer, input) => handling.terminate(viewer, input)),
      }),
      voidCase: t.field({
        type: CasePayload,
        description: '作废',
        args: { input: t.arg({ type: ReasonedInput, required: true }) },
        resolve: step(reasonedStepInput, (handling, viewer, input) => handling.void(viewer, input)),
      }),
      transferCase: t.field({
        extensions: OPENS_ITS_CASE,
        type: CasePayload,
        description: '转办: to another desk of the same township, before acceptance.',
        args: { input: t.arg({ type: TransferCaseInput, required: true }) },
        resolve: step(transferCaseInput, (handling, viewer, input) => handling.transfer(viewer, input)),
      }),
      withdrawCase: t.field({
        extensions: OPENS_ITS_CASE,
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
  return CasePayload;
}
