import { LEGAL_BASIS_CHANGE, LEGAL_BASIS_KIND } from '../catalogue/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { legalBases } from './operations.ts';
import type { LegalBasis, LegalBasisTask } from './rules.ts';
import type { AffectedGrant, LegalBasisChangeView } from './views.ts';

/**
 * Role legalBases (法律依据): the legal bases of items, and the nodes that have acted on a change of the law. Owner: each
 * node for its own.
 */
export function addLegalBases(role: RoleBuilder): void {
  const { builder } = role;
  const LegalBasis = basisType(role);
  const LegalBasisChange = changeType(role, LegalBasis);
  builder.queryType();
  builder.mutationType();
  addOperations(role, legalBases, { LegalBasis, LegalBasisChange });
}

function basisType({ builder, enumOf }: RoleBuilder) {
  return builder.objectRef<LegalBasis>('LegalBasis').implement({
    description: '法律依据: an article of a law, regulation, rule or notice, or the whole of it.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: 'Its citation, say 《社会救助暂行办法》第十一条.' }),
      title: t.exposeString('title', { nullable: false }),
      article: t.exposeString('article'),
      kind: t.field({ type: enumOf(LEGAL_BASIS_KIND), nullable: false, resolve: (b) => b.kind }),
      issuedBy: t.exposeString('issuedBy'),
      effectiveFrom: t.field({ type: 'Date', resolve: (b) => b.effectiveFrom }),
      repealedOn: t.field({ type: 'Date', resolve: (b) => b.repealedOn }),
      supersededBy: t.exposeString('supersededBy'),
      textDigest: t.exposeString('textDigest', { description: 'SHA-256 of the text in force.' }),
      verified: t.exposeBoolean('verified', {
        nullable: false,
        description: 'False while it is only known from citations, its kind guessed by the title.',
      }),
    }),
  });
}

function changeType(role: RoleBuilder, LegalBasisRef: ReturnType<typeof basisType>) {
  const { builder, enumOf, refs } = role;
  const { Division, ItemStub } = refs;
  const Task = taskType(role);
  const Grant = builder.objectRef<AffectedGrant>('AffectedGrant').implement({
    description:
      'A delegation of one of the items that the desk which answers knows: its own, those from above, and those given below it.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      grantor: t.field({ type: Division, resolve: (g) => g.grantor }),
      grantee: t.field({ type: Division, resolve: (g) => g.grantee }),
    }),
  });
  return builder.objectRef<LegalBasisChangeView>('LegalBasisChange').implement({
    description: '立改废: a change of the law, with what rests on it and who has acted on it.',
    fields: (t) => ({
      id: t.id({ nullable: false, resolve: (v) => v.change.id }),
      change: t.field({ type: enumOf(LEGAL_BASIS_CHANGE), nullable: false, resolve: (v) => v.change.kind }),
      basis: t.id({ nullable: false, description: 'Citation of what was changed.', resolve: (v) => v.change.basis }),
      bases: t.field({ type: [LegalBasisRef], nullable: false, resolve: (v) => v.change.bases }),
      effectiveOn: t.field({ type: 'Date', nullable: false, resolve: (v) => v.change.effectiveOn }),
      reason: t.string({ nullable: false, resolve: (v) => v.change.reason }),
      announcedOn: t.field({ type: 'Date', nullable: false, resolve: (v) => v.change.announcedOn }),
      confirmBy: t.field({ type: 'Date', nullable: false, resolve: (v) => v.change.confirmBy }),
      items: t.field({
        type: [ItemStub],
        nullable: false,
        resolve: (v) => v.change.items.map((code) => ({ code, via: v.answeredBy })),
      }),
      runningCases: t.int({
        nullable: false,
        description: 'Sum of what the nodes have told; `untold` says how many have not.',
        resolve: (v) => v.tasks.reduce((sum, task) => sum + (task.report?.runningCases ?? 0), 0),
      }),
      grants: t.field({ type: [Grant], nullable: false, resolve: (v) => v.grants }),
      asked: t.int({ nullable: false, resolve: (v) => v.tasks.filter((task) => task.asked).length }),
      confirmed: t.int({
        nullable: false,
        resolve: (v) => v.tasks.filter((task) => task.asked && task.report?.confirmation).length,
      }),
      untold: t.int({
        nullable: false,
        description: 'Nodes asked of which nothing was heard yet.',
        resolve: (v) => v.tasks.filter((task) => task.asked && task.report === null).length,
      }),
      late: t.field({
        type: [Division],
        nullable: false,
        description: 'Who lags: asked, not confirmed, and past the day.',
        resolve: (v) => v.tasks.filter((task) => task.late).map((task) => task.node),
      }),
      tasks: t.field({ type: [Task], nullable: false, resolve: (v) => v.tasks }),
    }),
  });
}

function taskType({ builder, refs }: RoleBuilder) {
  const { Division } = refs;
  return builder.objectRef<LegalBasisTask>('LegalBasisTask').implement({
    description: 'Where a node stands with a change of the law.',
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (task) => task.node }),
      asked: t.exposeBoolean('asked', { nullable: false, description: 'It decides or accepts one of the items.' }),
      runningCases: t.int({
        description: 'Cases of the items that it holds; null while it has told nothing.',
        resolve: (task) => task.report?.runningCases ?? null,
      }),
      countedAt: t.field({
        type: 'DateTime',
        resolve: (task) => (task.report ? new Date(task.report.countedAt) : null),
      }),
      confirmedAt: t.field({
        type: 'DateTime',
        resolve: (task) => (task.report?.confirmation ? new Date(task.report.confirmation.at) : null),
      }),
      confirmedBy: t.string({ resolve: (task) => task.report?.confirmation?.by ?? null }),
      note: t.string({ resolve: (task) => task.report?.confirmation?.note ?? null }),
      late: t.exposeBoolean('late', { nullable: false, description: 'Asked, not confirmed, and past the day.' }),
    }),
  });
}
