import type { LegalBasis } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import { parseInput } from '../../graph/inputs.ts';
import { changeLegalBasisInput, confirmLegalBasisInput } from './inputs.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { AffectedGrant, LegalBasisChangeView, LegalBasisTaskView } from '../../graph/register-services.ts';

/** Role legalBases (法律依据): what items rest on, and who has acted on a change of the law. Owner: each node its own. */
export function addLegalBases(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);

  const LegalBasisRef = builder.objectRef<LegalBasis>('LegalBasis').implement({
    description: '法律依据: an article of a law, regulation, rule or notice, or the whole of it.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: 'Its citation, say 《社会救助暂行办法》第十一条.' }),
      title: t.exposeString('title', { nullable: false }),
      article: t.exposeString('article'),
      kind: t.field({ type: enums.LegalBasisKind, nullable: false, resolve: (b) => b.kind }),
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
  const Task = builder.objectRef<LegalBasisTaskView>('LegalBasisTask').implement({
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
  const Grant = builder.objectRef<AffectedGrant>('AffectedGrant').implement({
    description:
      'A delegation of one of the items that the desk which answers knows: its own, those from above, and those given below it.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      grantor: t.field({ type: Division, resolve: (g) => g.grantor }),
      grantee: t.field({ type: Division, resolve: (g) => g.grantee }),
    }),
  });
  const Change = builder.objectRef<LegalBasisChangeView>('LegalBasisChange').implement({
    description: '立改废: a change of the law, with what rests on it and who has acted on it.',
    fields: (t) => ({
      id: t.id({ nullable: false, resolve: (v) => v.change.id }),
      change: t.field({ type: enums.LegalBasisChangeKind, nullable: false, resolve: (v) => v.change.kind }),
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

  builder.queryType({
    fields: (t) => ({
      legalBases: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [LegalBasisRef],
        nullable: { list: true, items: false },
        description: "What an item rests on, by the division's own copy. Needs no login.",
        args: { division: t.arg.id({ required: true }), item: t.arg.id({ required: true }) },
        resolve: (_, { item }, context) => context.services(addressed(context)).legalBases.basesOf(item),
      }),
      legalBasisChanges: t.field({
        type: [Change],
        nullable: { list: true, items: false },
        description: 'Changes of the law, newest first, with where the nodes of the division stand.',
        args: { division: t.arg.id({ required: true }), first: t.arg.int({ defaultValue: 50 }) },
        resolve: (_, { first }, context) =>
          context.services(addressed(context)).legalBases.changes(context.viewer, first ?? 50),
      }),
    }),
  });

  const Payload = builder.objectRef<Outcome<LegalBasisChangeView>>('LegalBasisPayload').implement({
    fields: (t) => ({
      change: t.field({ type: Change, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const ChangeInput = builder.inputType('ChangeLegalBasisInput', {
    fields: (t) => ({
      change: t.field({ type: enums.LegalBasisChangeKind, required: true }),
      title: t.string({ required: true }),
      article: t.string({ description: 'Say 第十一条; the whole text when left out.' }),
      kind: t.field({ type: enums.LegalBasisKind }),
      issuedBy: t.string(),
      effectiveOn: t.field({ type: 'Date', required: true, description: 'For a repeal the first day without it.' }),
      supersededBy: t.string({ description: 'Citation of what takes its place.' }),
      textDigest: t.string({ description: 'SHA-256 of the text in force, hexadecimal.' }),
      reason: t.string({ required: true }),
      confirmBy: t.field({ type: 'Date', required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const ConfirmInput = builder.inputType('ConfirmLegalBasisInput', {
    fields: (t) => ({
      change: t.id({ required: true }),
      note: t.string({ description: 'What was done about it.' }),
      idempotencyKey: t.string(),
    }),
  });
  builder.mutationType({
    fields: (t) => ({
      changeLegalBasis: t.field({
        type: Payload,
        description:
          '法律依据立改废: announces a change of the law at the city, and asks every node that decides or accepts an item resting on it to confirm.',
        args: { input: t.arg({ type: ChangeInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .legalBases.change(context.viewer, parseInput(changeLegalBasisInput, input)),
          ),
      }),
      confirmLegalBasis: t.field({
        type: Payload,
        description: 'Confirms that this desk has acted on a change of the law.',
        args: { input: t.arg({ type: ConfirmInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .legalBases.confirm(context.viewer, parseInput(confirmLegalBasisInput, input)),
          ),
      }),
    }),
  });
}
