import type { z } from 'zod';
import { STAND_IN_ROLES } from './stand-ins.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import { parseInput } from '../../graph/inputs.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import {
  endAbsenceInput,
  endRosterAgentInput,
  endStandInInput,
  keepRosterAgentInput,
  nameStandInInput,
  recordTrainingInput,
  reportAbsenceInput,
} from './inputs.ts';
import type { AbsenceView, RosterAgentView, RosterService, StandInView } from './services.ts';
import type { RoleContext } from '../../graph/services.ts';

/** The types both halves of the role speak of; `roster.ts` says what is in them. */
export const rosterRefs = ({ builder }: RoleBuilder) => ({
  RosterAgentRef: builder.objectRef<RosterAgentView>('RosterAgent'),
  StandInRef: builder.objectRef<StandInView>('StandIn'),
  Absence: builder.objectRef<AbsenceView>('AgentAbsence'),
});

/** What is written into the registers of a desk's posts. */
export function addRosterSteps(
  role: RoleBuilder,
  { RosterAgentRef, StandInRef, Absence }: ReturnType<typeof rosterRefs>,
): void {
  const { builder, enums } = role;
  const Problem = addProblem(role);

  const AgentPayload = builder.objectRef<Outcome<RosterAgentView>>('RosterAgentPayload').implement({
    fields: (t) => ({
      agent: t.field({ type: RosterAgentRef, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const StandInPayload = builder.objectRef<Outcome<StandInView>>('StandInPayload').implement({
    fields: (t) => ({
      standIn: t.field({ type: StandInRef, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const AbsencePayload = builder.objectRef<Outcome<AbsenceView>>('AgentAbsencePayload').implement({
    fields: (t) => ({
      absence: t.field({ type: Absence, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const Person = builder.inputType('PostHolderInput', {
    fields: (t) => ({ sub: t.id({ required: true }), name: t.string({ required: true }) }),
  });
  const StandInRole = builder.enumType('StandInRole', {
    description: 'Posts that are stood in for.',
    values: STAND_IN_ROLES,
  });
  const desk = "The desk whose register it is: a township's chief keeps its villages'; the viewer's own when left out.";
  const KeepInput = builder.inputType('KeepRosterAgentInput', {
    fields: (t) => ({
      division: t.id({ description: desk }),
      sub: t.id({ required: true, description: "Subject of the agent's token." }),
      name: t.string({ required: true }),
      employment: t.field({ type: enums.Employment, required: true }),
      withheld: t.stringList({ description: 'Codes of items this agent does not handle.' }),
      from: t.field({ type: 'Date', required: true }),
      until: t.field({ type: 'Date', description: 'The last day.' }),
      standIn: t.field({ type: Person, description: 'The B of this post (B角).' }),
      idempotencyKey: t.string(),
    }),
  });
  const EndAgentInput = builder.inputType('EndRosterAgentInput', {
    fields: (t) => ({
      division: t.id({ description: desk }),
      sub: t.id({ required: true }),
      until: t.field({ type: 'Date', required: true, description: 'The last day.' }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const TrainingInput = builder.inputType('RecordTrainingInput', {
    fields: (t) => ({
      division: t.id({ description: desk }),
      sub: t.id({ required: true }),
      what: t.string({ required: true }),
      on: t.field({ type: 'Date', required: true }),
      validUntil: t.field({ type: 'Date', description: 'Its last day; left out where it does not end.' }),
      idempotencyKey: t.string(),
    }),
  });
  const NameInput = builder.inputType('NameStandInInput', {
    fields: (t) => ({
      division: t.id({ description: desk }),
      role: t.field({ type: StandInRole, required: true }),
      absent: t.field({ type: Person, required: true, description: 'A角: whose post it is.' }),
      standIn: t.field({ type: Person, required: true, description: 'B角: who stands in.' }),
      department: t.string({ description: "The post's; the keeper's own when left out." }),
      from: t.field({ type: 'Date', required: true }),
      until: t.field({ type: 'Date', required: true, description: 'The last day.' }),
      idempotencyKey: t.string(),
    }),
  });
  const EndStandInInput = builder.inputType('EndStandInInput', {
    fields: (t) => ({
      division: t.id({ description: desk }),
      id: t.id({ required: true }),
      on: t.field({ type: 'Date', required: true, description: 'From this day on it gives nothing; today or later.' }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const ReportInput = builder.inputType('ReportAbsenceInput', {
    fields: (t) => ({
      division: t.id({ description: desk }),
      sub: t.id({ description: 'The agent; the person who asks, when left out.' }),
      from: t.field({ type: 'Date', required: true }),
      until: t.field({ type: 'Date', required: true, description: 'The last day.' }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const BackInput = builder.inputType('EndAbsenceInput', {
    fields: (t) => ({
      division: t.id({ description: desk }),
      id: t.id({ required: true }),
      on: t.field({ type: 'Date', required: true, description: 'The first day back.' }),
      idempotencyKey: t.string(),
    }),
  });

  const step =
    <T, R>(
      schema: z.ZodType<T>,
      call: (roster: RosterService, viewer: RoleContext['viewer'], input: T) => Promise<R>,
    ) =>
    (_: unknown, { input }: { input: Record<string, unknown> }, context: RoleContext) => {
      // the desk is the operation's address
      const { division: _desk, ...given } = input;
      return outcomeOf(context, () =>
        call(context.services(addressed(context)).roster, context.viewer, parseInput(schema, given)),
      );
    };
  builder.mutationType({
    fields: (t) => ({
      keepRosterAgent: t.field({
        type: AgentPayload,
        description: '代办员登记: writes an agent into the roster, or changes the entry.',
        args: { input: t.arg({ type: KeepInput, required: true }) },
        resolve: step(keepRosterAgentInput, (roster, viewer, input) => roster.keepAgent(viewer, input)),
      }),
      endRosterAgent: t.field({
        type: AgentPayload,
        description: '代办员退出: the last day of an agent in the roster.',
        args: { input: t.arg({ type: EndAgentInput, required: true }) },
        resolve: step(endRosterAgentInput, (roster, viewer, input) => roster.endAgent(viewer, input)),
      }),
      recordTraining: t.field({
        type: AgentPayload,
        description: '培训登记',
        args: { input: t.arg({ type: TrainingInput, required: true }) },
        resolve: step(recordTrainingInput, (roster, viewer, input) => roster.recordTraining(viewer, input)),
      }),
      nameStandIn: t.field({
        type: StandInPayload,
        description: '指定B角: who stands in for whom; by the chief or the head, never for themselves.',
        args: { input: t.arg({ type: NameInput, required: true }) },
        resolve: step(nameStandInInput, (roster, viewer, input) => roster.nameStandIn(viewer, input)),
      }),
      endStandIn: t.field({
        type: StandInPayload,
        description: 'B角终止',
        args: { input: t.arg({ type: EndStandInInput, required: true }) },
        resolve: step(endStandInInput, (roster, viewer, input) => roster.endStandIn(viewer, input)),
      }),
      reportAbsence: t.field({
        type: AbsencePayload,
        description:
          "请假离岗: passes the agent's open cases on to the stand-in, or to the township's team where there is none.",
        args: { input: t.arg({ type: ReportInput, required: true }) },
        resolve: step(reportAbsenceInput, (roster, viewer, input) => roster.reportAbsence(viewer, input)),
      }),
      endAbsence: t.field({
        type: AbsencePayload,
        description: '销假返岗: the agent is back before the term is over.',
        args: { input: t.arg({ type: BackInput, required: true }) },
        resolve: step(endAbsenceInput, (roster, viewer, input) => roster.endAbsence(viewer, input)),
      }),
    }),
  });
}
