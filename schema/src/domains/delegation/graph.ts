import { GRANT_MODE, GRANT_STAGE, GRANT_STATE } from './words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { ItemRef } from '../../graph/shared-types.ts';
import { addressed } from '../../graph/builder.ts';
import type { RoleContext } from '../../graph/services.ts';
import { addOperations } from '../../operation/graph.ts';
import { delegation } from './operations.ts';
import type { CompetenceView, GrantRequestView, GrantView } from './views.ts';

/** Role delegation (授权): grants of power between nodes, and the competence that follows from them. Owner: each node. */
export function addDelegation(role: RoleBuilder): void {
  const { builder } = role;
  const Competence = competenceType(role);
  const Delegation = grantType(role);
  const DelegationRequest = requestType(role);
  builder.queryType();
  builder.mutationType();
  addOperations(role, delegation, { Competence, Delegation, DelegationRequest });
}

function grantType({ builder, enumOf, refs }: RoleBuilder) {
  const { Division, ItemStub } = refs;
  return builder.objectRef<GrantView>('Delegation').implement({
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
      stages: t.field({ type: [enumOf(GRANT_STAGE)], nullable: false, resolve: (g) => g.grant.stages }),
      mode: t.field({ type: enumOf(GRANT_MODE), nullable: false, resolve: (g) => g.grant.mode }),
      capFen: t.field({
        type: 'Fen',
        description: 'Up to which amount, in fen; null without a cap.',
        resolve: (g) => g.grant.cap?.amountFen ?? null,
      }),
      from: t.field({ type: 'Date', nullable: false, resolve: (g) => g.grant.from }),
      to: t.field({ type: 'Date', description: 'The last day.', resolve: (g) => g.grant.to }),
      basis: t.string({ nullable: false, resolve: (g) => g.grant.basis }),
      announcement: t.string({ nullable: false, description: '公告', resolve: (g) => g.grant.announcement }),
      state: t.field({ type: enumOf(GRANT_STATE), nullable: false, resolve: (g) => g.state }),
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
}

function requestType({ builder, enumOf, refs }: RoleBuilder) {
  const { Division, ItemStub } = refs;
  return builder.objectRef<GrantRequestView>('DelegationRequest').implement({
    description: '请求下放: a power a lower node asks for, with what it could carry it with.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      grantor: t.field({ type: Division, nullable: false, resolve: (r) => r.grantor }),
      grantee: t.field({ type: Division, nullable: false, resolve: (r) => r.grantee }),
      items: t.field({ type: [ItemStub], nullable: false, resolve: (r, _, context) => itemsAt(context, r.items) }),
      stages: t.field({ type: [enumOf(GRANT_STAGE)], nullable: false, resolve: (r) => r.stages }),
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
}

function competenceType({ builder, refs }: RoleBuilder) {
  const { Division } = refs;
  return builder.objectRef<CompetenceView>('Competence').implement({
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
}

/** Items by their codes; the node that answers holds copies of them. */
function itemsAt(context: RoleContext, codes: readonly string[]): ItemRef[] {
  const via = addressed(context);
  return codes.map((code) => ({ code, via }));
}
