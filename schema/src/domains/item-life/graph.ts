import type { ElementChange } from './item-diff.ts';
import { vagueClauses } from '../catalogue/vague-clauses.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import { elementInputs } from '../catalogue/input-types.ts';
import {
  cancelItemInput,
  itemDraftInput,
  publishItemInput,
  reviewItemDraftInput,
  suspendItemInput,
} from '../catalogue/inputs.ts';
import { parseInput } from '../../graph/inputs.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { ItemChangeView, ItemDraftView, ItemHistoryView, ItemReviewView, ItemView } from './services.ts';
import type { RoleContext } from '../../graph/services.ts';

type ItemRefOf = ReturnType<RoleBuilder['builder']['objectRef']> & { $inferType: ItemView };

/** Drafting, review, publication, suspension and cancellation of items; part of role catalogue. */
export function addItemLife(role: RoleBuilder, Item: ItemRefOf): void {
  const { builder, enums, refs } = role;
  const Problem = addProblem(role);

  const Review = builder.objectRef<ItemReviewView>('ItemReview').implement({
    description: '审核意见 of one desk.',
    fields: (t) => ({
      desk: t.field({ type: enums.ReviewDesk, nullable: false, resolve: (r) => r.desk }),
      opinion: t.field({ type: enums.Opinion, nullable: false, resolve: (r) => r.opinion }),
      remarks: t.exposeString('remarks'),
      reviewer: t.string({ nullable: false, resolve: (r) => r.reviewerName }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
    }),
  });
  const Draft = builder.objectRef<ItemDraftView>('ItemDraft').implement({
    description: '事项草稿',
    fields: (t) => ({
      item: t.field({ type: Item, nullable: false, resolve: (d) => d.item }),
      state: t.field({ type: enums.DraftState, nullable: false, resolve: (d) => d.state }),
      reviews: t.field({
        type: [Review],
        nullable: false,
        description: "All three desks' at once, when they have spoken; before that only the asker's own.",
        resolve: (d) => [...d.reviews],
      }),
      vagueClauses: t.field({
        type: [refs.VagueClause],
        nullable: false,
        resolve: (d) => vagueClauses(d.item.item.standard),
      }),
    }),
  });
  const Element = builder.objectRef<ElementChange>('ElementChange').implement({
    description: 'An element that differs between two versions; values as JSON.',
    fields: (t) => ({
      path: t.exposeString('path', { nullable: false }),
      before: t.exposeString('before'),
      after: t.exposeString('after'),
    }),
  });
  const Change = builder.objectRef<ItemChangeView>('ItemChange').implement({
    description: '事项变更',
    fields: (t) => ({
      seq: t.exposeInt('seq', { nullable: false }),
      version: t.exposeInt('version', { nullable: false }),
      kind: t.field({ type: enums.ItemChangeKind, nullable: false, resolve: (c) => c.kind }),
      author: t.exposeString('author', { nullable: false }),
      reason: t.exposeString('reason', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.at }),
      diff: t.field({ type: [Element], nullable: false, resolve: (c) => c.diff }),
    }),
  });
  const History = builder.objectRef<ItemHistoryView>('ItemHistory').implement({
    description: 'What was done to an item, oldest first, and the draft that is under way.',
    fields: (t) => ({
      changes: t.field({ type: [Change], nullable: false, resolve: (h) => h.changes }),
      draft: t.field({ type: Draft, resolve: (h) => h.draft }),
    }),
  });

  builder.queryFields((t) => ({
    itemHistory: t.field({
      type: History,
      description: '事项变更记录, at the city for its cataloguers, reviewers and supervisors.',
      args: {
        code: t.arg.id({ required: true }),
        division: t.arg.id({ description: "The city; the viewer's own desk when left out." }),
      },
      resolve: (_, { code }, context) => context.services(addressed(context)).itemLife.history(context.viewer, code),
    }),
  }));

  const DraftPayload = builder.objectRef<Outcome<ItemDraftView>>('ItemDraftPayload').implement({
    fields: (t) => ({
      draft: t.field({ type: Draft, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const ItemPayload = builder.objectRef<Outcome<ItemView>>('ItemPayload').implement({
    fields: (t) => ({
      item: t.field({ type: Item, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const DraftInput = draftInputType(role);
  const ReviewInput = builder.inputType('ReviewItemDraftInput', {
    fields: (t) => ({
      code: t.id({ required: true }),
      desk: t.field({ type: enums.ReviewDesk, required: true }),
      opinion: t.field({ type: enums.Opinion, required: true }),
      remarks: t.string({ description: 'Needed for an objection.' }),
      idempotencyKey: t.string(),
    }),
  });
  const PublishInput = builder.inputType('PublishItemInput', {
    fields: (t) => ({
      code: t.id({ required: true }),
      effectiveFrom: t.field({ type: 'Date', required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const SuspendInput = builder.inputType('SuspendItemInput', {
    fields: (t) => ({
      code: t.id({ required: true }),
      reason: t.string({ required: true }),
      from: t.field({ type: 'Date', description: 'Today when left out.' }),
      until: t.field({
        type: 'Date',
        description: 'The first day it is in use again; without it, until a draft says so.',
      }),
      idempotencyKey: t.string(),
    }),
  });
  const CancelInput = builder.inputType('CancelItemInput', {
    fields: (t) => ({
      code: t.id({ required: true }),
      reason: t.string({ required: true }),
      effectiveTo: t.field({ type: 'Date', required: true, description: 'The first day it is not in use any more.' }),
      idempotencyKey: t.string(),
    }),
  });
  const lifeOf = (context: RoleContext) => context.services(addressed(context)).itemLife;

  builder.mutationType({
    fields: (t) => ({
      draftItem: t.field({
        type: DraftPayload,
        description:
          '起草: a new item, or a change of one. What is left out stays as it is; a changed draft is reviewed anew.',
        args: { input: t.arg({ type: DraftInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () => lifeOf(context).draft(context.viewer, parseInput(itemDraftInput, input))),
      }),
      reviewItemDraft: t.field({
        type: DraftPayload,
        description: '审核 of one desk.',
        args: { input: t.arg({ type: ReviewInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () => lifeOf(context).review(context.viewer, parseInput(reviewItemDraftInput, input))),
      }),
      publishItem: t.field({
        type: ItemPayload,
        description: '发布: to every node below, in force from a day on.',
        args: { input: t.arg({ type: PublishInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () => lifeOf(context).publish(context.viewer, parseInput(publishItemInput, input))),
      }),
      suspendItem: t.field({
        type: ItemPayload,
        description: '暂停',
        args: { input: t.arg({ type: SuspendInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () => lifeOf(context).suspend(context.viewer, parseInput(suspendItemInput, input))),
      }),
      cancelItem: t.field({
        type: ItemPayload,
        description: '取消: by a day; until the day before it may be applied for.',
        args: { input: t.arg({ type: CancelInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () => lifeOf(context).cancel(context.viewer, parseInput(cancelItemInput, input))),
      }),
    }),
  });
}

function draftInputType(role: RoleBuilder) {
  const { builder, enums } = role;
  const { Limit, Material, FeeSchedule } = elementInputs(role);
  const Rank = builder.inputType('ItemRankInput', {
    fields: (t) => ({ code: t.string({ required: true }), name: t.string({ required: true }) }),
  });
  const Hierarchy = builder.inputType('ItemHierarchyInput', {
    fields: (t) => ({ main: t.field({ type: Rank, required: true }), sub: t.field({ type: Rank }) }),
  });
  const SignOff = builder.inputType('SignOffInput', {
    fields: (t) => ({
      level: t.field({ type: enums.SignOffLevel, required: true }),
      maxLayers: t.int({ required: true }),
    }),
  });
  const Field = builder.inputType('FormFieldInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      label: t.string({ required: true }),
      required: t.boolean({ required: true }),
      pattern: t.string({ description: 'A regular expression that the whole value matches.' }),
    }),
  });
  const Fill = builder.inputType('BundleFillInput', {
    fields: (t) => ({ item: t.string({ required: true }), field: t.string({ required: true }) }),
  });
  const BundleField = builder.inputType('BundleFieldInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      label: t.string({ required: true }),
      required: t.boolean({ required: true }),
      pattern: t.string(),
      fills: t.field({ type: [Fill], required: true }),
    }),
  });
  const Provides = builder.inputType('BundleProvidesInput', {
    fields: (t) => ({ item: t.string({ required: true }), material: t.string({ required: true }) }),
  });
  const Bundle = builder.inputType('BundleInput', {
    fields: (t) => ({
      lead: t.string({ required: true }),
      members: t.stringList({ required: true }),
      sequence: t.field({ type: t.listRef(t.listRef('String')), required: true }),
      departments: t.stringList({ required: true }),
      mode: t.string(),
      silentApproval: t.boolean({ required: true }),
      absenceDefault: t.boolean({ required: true }),
      form: t.field({ type: [BundleField], description: '一表式' }),
      provides: t.field({ type: [Provides], description: "What a member's result is to those that follow it." }),
    }),
  });
  return builder.inputType('ItemDraftInput', {
    fields: (t) => ({
      code: t.id({ required: true }),
      reason: t.string({ required: true }),
      name: t.string(),
      kind: t.field({ type: enums.ItemKind }),
      processingClass: t.field({ type: enums.ProcessingClass }),
      decidingTier: t.field({ type: enums.Tier }),
      acceptingTiers: t.field({ type: [enums.Tier] }),
      statutory: t.field({ type: Limit }),
      legalBasis: t.string(),
      department: t.string(),
      delegableTo: t.field({ type: [enums.Tier] }),
      proxyAllowed: t.boolean(),
      audiences: t.field({ type: [enums.Audience], description: '服务对象; empty for everybody.' }),
      lifeEvents: t.stringList(),
      feeSchedule: t.field({ type: FeeSchedule }),
      bundle: t.field({ type: Bundle }),
      hierarchy: t.field({ type: Hierarchy }),
      powerSource: t.field({ type: enums.PowerSource }),
      handlingWay: t.field({ type: enums.HandlingWay }),
      window: t.string(),
      crossDistrict: t.field({ type: enums.CrossDistrict }),
      crossDistrictWays: t.field({ type: [enums.CrossDistrictWay] }),
      supervisionWay: t.string(),
      signOff: t.field({ type: SignOff }),
      excludedTime: t.field({
        type: [enums.SpecialProcedure],
        description: "特别程序 that the item's own basis takes out of its limit, beyond those the law does.",
      }),
      hearing: t.field({ type: enums.HearingNeed }),
      substanceCheck: t.boolean(),
      renewalDays: t.int(),
      collectiveDecision: t.boolean(),
      payBeforeDocument: t.boolean(),
      deliverBeforePayment: t.boolean(),
      note: t.string(),
      verified: t.boolean(),
      promised: t.field({ type: Limit }),
      greenChannel: t.field({ type: Limit, description: '绿色通道时限, never longer than the promise.' }),
      urgent: t.field({ type: Limit, description: '特急时限, never longer than the promise.' }),
      materials: t.field({ type: [Material] }),
      maxVisits: t.int(),
      conditions: t.stringList(),
      fields: t.field({ type: [Field], description: '表单字段' }),
      idempotencyKey: t.string(),
    }),
  });
}
