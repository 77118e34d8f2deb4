import { problem } from '../../kernel/errors.ts';
import type { ItemRef, RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import {
  answerGrantInput,
  endDelegationInput,
  grantPowerInput,
  parseInput,
  requestPowerInput,
} from '../../graph/inputs.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { CompetenceView, GrantRequestView, GrantView } from './services.ts';
import type { RoleContext } from '../../graph/services.ts';

/** Role delegation (授权): who lent or conferred which power to whom, and who is competent by it. Owner: each node. */
export function addDelegation(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);

  const GrantRef = builder.objectRef<GrantView>('Delegation').implement({
    description: '授权: a signed grant of power, with what became of it. Public.',
    fields: (t) => ({
      id: t.id({ nullable: false, resolve: (g) => g.grant.id }),
      grantor: t.field({ type: Division, nullable: false, resolve: (g) => g.grant.grantor }),
      grantee: t.field({ type: Division, nullable: false, resolve: (g) => g.grant.grantee }),
      items: t.field({
        type: [ItemStub],
        nullable: false,
        resolve: (g, _, context) => itemsAt(context, g.grant.items),
      }),
      stages: t.field({ type: [enums.GrantStage], nullable: false, resolve: (g) => g.grant.stages }),
      mode: t.field({ type: enums.GrantMode, nullable: false, resolve: (g) => g.grant.mode }),
      capFen: t.field({
        type: 'Fen',
        description: 'Up to which amount, in fen; null without a cap.',
        resolve: (g) => g.grant.cap?.amountFen ?? null,
      }),
      from: t.field({ type: 'Date', nullable: false, resolve: (g) => g.grant.from }),
      to: t.field({ type: 'Date', description: 'The last day.', resolve: (g) => g.grant.to }),
      basis: t.string({ nullable: false, resolve: (g) => g.grant.basis }),
      announcement: t.string({ nullable: false, description: '公告', resolve: (g) => g.grant.announcement }),
      state: t.field({ type: enums.GrantState, nullable: false, resolve: (g) => g.state }),
      reason: t.string({
        description: 'Why it was declined, revoked or handed back.',
        resolve: (g) => g.end?.reason ?? g.answer?.reason ?? null,
      }),
      refusalCode: t.string({
        description: "Why the grantee's node did not take it, or why this node does not go by it.",
        resolve: (g) => g.refusal?.code ?? null,
      }),
      signed: t.string({
        nullable: false,
        description: "The signed grant (JWS), to be checked against the grantor's key.",
        resolve: (g) => g.grantJws,
      }),
    }),
  });

  const RequestRef = builder.objectRef<GrantRequestView>('DelegationRequest').implement({
    description: '请求下放: a power a lower node asks for, with what it could carry it with.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      grantor: t.field({ type: Division, nullable: false, resolve: (r) => r.grantor }),
      grantee: t.field({ type: Division, nullable: false, resolve: (r) => r.grantee }),
      items: t.field({ type: [ItemStub], nullable: false, resolve: (r, _, context) => itemsAt(context, r.items) }),
      stages: t.field({ type: [enums.GrantStage], nullable: false, resolve: (r) => r.stages }),
      capFen: t.field({ type: 'Fen', resolve: (r) => r.cap?.amountFen ?? null }),
      reason: t.exposeString('reason', { nullable: false }),
      openCases: t.int({ nullable: false, resolve: (r) => r.caseload.open }),
      filedIn90Days: t.int({ nullable: false, resolve: (r) => r.caseload.filedIn90Days }),
      staff: t.exposeInt('staff', { nullable: false, description: 'Qualified staff.' }),
      declined: t.string({
        description: 'Why the grantor declined; null while it did not.',
        resolve: (r) => r.declined?.reason ?? null,
      }),
    }),
  });

  const CompetenceRef = builder.objectRef<CompetenceView>('Competence').implement({
    description: '权限: who accepts, reviews and decides an item for a place, and why.',
    fields: (t) => ({
      acceptor: t.field({ type: Division, nullable: false, description: '受理机关', resolve: (c) => c.acceptor }),
      decider: t.field({ type: Division, nullable: false, description: '决定机关', resolve: (c) => c.decider }),
      power: t.field({
        type: Division,
        nullable: false,
        description: 'The organ that holds the power by the item itself.',
        resolve: (c) => c.power,
      }),
      acceptedUnder: t.field({ type: refs.DelegationUse, resolve: (c) => c.through.accept }),
      reviewedUnder: t.field({ type: refs.DelegationUse, resolve: (c) => c.through.review }),
      decidedUnder: t.field({ type: refs.DelegationUse, resolve: (c) => c.through.decide }),
      reasons: t.stringList({ nullable: false, resolve: (c) => c.reasons }),
    }),
  });

  builder.queryType({
    fields: (t) => ({
      competence: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: CompetenceRef,
        description: 'Who is competent, as the division sees it today. Needs no login.',
        args: {
          item: t.arg.id({ required: true }),
          division: t.arg.id({ required: true, description: 'Where the matter lies.' }),
          amountFen: t.arg({ type: 'Fen', description: 'The amount asked for, in fen; caps are measured by it.' }),
        },
        resolve: (_, { item, division, amountFen }, context) => {
          if (amountFen && amountFen < 0) {
            throw problem('BAD_INPUT', 'amountFen must not be negative.', { field: 'amountFen' });
          }
          const facts = { amountFen: amountFen ?? null };
          return context.services(addressed(context)).delegation.competence(item, division, facts);
        },
      }),
      delegations: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [GrantRef],
        nullable: { list: true, items: false },
        description: 'Grants the division gave, was given, or goes by. Needs no login.',
        args: { division: t.arg.id({ required: true }), item: t.arg.id() },
        resolve: (_, { item }, context) => context.services(addressed(context)).delegation.list(item ?? null),
      }),
      delegationRequests: t.field({
        type: [RequestRef],
        nullable: { list: true, items: false },
        description: "Powers asked for of or by the viewer's desk.",
        resolve: (_, __, context) => context.services(addressed(context)).delegation.requests(context.viewer),
      }),
    }),
  });

  const GrantPayload = builder.objectRef<Outcome<GrantView>>('DelegationPayload').implement({
    fields: (t) => ({
      delegation: t.field({ type: GrantRef, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const RequestPayload = builder.objectRef<Outcome<GrantRequestView>>('DelegationRequestPayload').implement({
    fields: (t) => ({
      request: t.field({ type: RequestRef, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const GrantPowerInput = builder.inputType('GrantPowerInput', {
    fields: (t) => ({
      grantee: t.id({ required: true }),
      items: t.idList({ required: true }),
      stages: t.field({ type: [enums.GrantStage], required: true }),
      mode: t.field({ type: enums.GrantMode, required: true }),
      capFen: t.field({ type: 'Fen' }),
      from: t.field({ type: 'Date', required: true }),
      to: t.field({ type: 'Date' }),
      basis: t.string({ required: true }),
      announcement: t.string({ required: true }),
      request: t.id({ description: 'The request it answers.' }),
      idempotencyKey: t.string(),
    }),
  });
  const RequestPowerInput = builder.inputType('RequestPowerInput', {
    fields: (t) => ({
      grantor: t.id({ required: true }),
      items: t.idList({ required: true }),
      stages: t.field({ type: [enums.GrantStage], required: true }),
      capFen: t.field({ type: 'Fen' }),
      reason: t.string({ required: true }),
      staff: t.int({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const AnswerInput = builder.inputType('AnswerDelegationInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      accepted: t.boolean({ required: true }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  });
  const ReasonInput = builder.inputType('EndDelegationInput', {
    fields: (t) => ({ id: t.id({ required: true }), reason: t.string({ required: true }), idempotencyKey: t.string() }),
  });

  builder.mutationType({
    fields: (t) => ({
      grantPower: t.field({
        type: GrantPayload,
        description: '授权: offers a power to a lower organ; it takes effect when that accepts.',
        args: { input: t.arg({ type: GrantPowerInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).delegation.grant(context.viewer, parseInput(grantPowerInput, input)),
          ),
      }),
      requestPower: t.field({
        type: RequestPayload,
        description: '请求下放',
        args: { input: t.arg({ type: RequestPowerInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .delegation.request(context.viewer, parseInput(requestPowerInput, input)),
          ),
      }),
      declinePowerRequest: t.field({
        type: RequestPayload,
        args: { input: t.arg({ type: ReasonInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .delegation.declineRequest(context.viewer, parseInput(endDelegationInput, input)),
          ),
      }),
      answerDelegation: t.field({
        type: GrantPayload,
        description: '接受 or 谢绝: nothing takes effect unaccepted.',
        args: { input: t.arg({ type: AnswerInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).delegation.answer(context.viewer, parseInput(answerGrantInput, input)),
          ),
      }),
      revokeDelegation: t.field({
        type: GrantPayload,
        description: '撤销授权, by the grantor.',
        args: { input: t.arg({ type: ReasonInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .delegation.revoke(context.viewer, parseInput(endDelegationInput, input)),
          ),
      }),
      handBackDelegation: t.field({
        type: GrantPayload,
        description: '交回权限, by the grantee.',
        args: { input: t.arg({ type: ReasonInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .delegation.handBack(context.viewer, parseInput(endDelegationInput, input)),
          ),
      }),
    }),
  });
}

/** Items by their codes; the node that answers holds copies of them. */
function itemsAt(context: RoleContext, codes: readonly string[]): ItemRef[] {
  const via = addressed(context);
  return codes.map((code) => ({ code, via }));
}
