import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import type { BundleMemberView, BundleView } from './services.ts';
import { bundleAskedInput, bundleFilterInput, deliverBundleInput, fileBundleInput } from './services.ts';
import { parseInput } from '../../graph/inputs.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { RoleContext } from '../../graph/services.ts';

/** Role bundles (一件事): one form for several items. Owner: the desk that took the form in. */
export function addBundles(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);
  const serviceOf = (context: RoleContext) => context.services(addressed(context)).bundles;

  const Member = builder.objectRef<BundleMemberView & { via: string }>('BundleMember').implement({
    description: '一件事成员事项 and its case.',
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (m) => ({ code: m.item, via: m.via }) }),
      status: t.field({ type: enums.BundleMemberStatus, nullable: false, resolve: (m) => m.status }),
      caseId: t.id({ resolve: (m) => m.case?.id ?? null }),
      number: t.string({ description: '办件编号', resolve: (m) => m.case?.number ?? null }),
      state: t.field({ type: enums.CaseState, resolve: (m) => m.case?.state ?? null }),
      custodian: t.field({ type: Division, resolve: (m) => m.case?.custodian ?? null }),
      fault: t.exposeString('fault', { description: 'Why it could not be filed yet; tried again by itself.' }),
    }),
  });
  const Bundle = builder.objectRef<BundleView>('Bundle').implement({
    description: '一件事进度',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (b) => ({ code: b.item, via: b.node }) }),
      node: t.field({ type: Division, resolve: (b) => b.node }),
      place: t.field({ type: Division, resolve: (b) => b.place }),
      filedAt: t.field({ type: 'DateTime', nullable: false, resolve: (b) => b.filedAt }),
      state: t.field({ type: enums.BundleState, nullable: false, resolve: (b) => b.state }),
      total: t.exposeInt('total', { nullable: false }),
      succeeded: t.exposeInt('succeeded', { nullable: false }),
      failed: t.exposeInt('failed', { nullable: false, description: 'Failed, or blocked by one that failed.' }),
      members: t.field({
        type: [Member],
        nullable: false,
        resolve: (b) => b.members.map((member) => ({ ...member, via: b.node })),
      }),
    }),
  });

  builder.queryType({
    fields: (t) => ({
      bundle: t.field({
        type: Bundle,
        description: '一件事进度, at the desk that took it in.',
        args: {
          id: t.arg.id({ required: true }),
          division: t.arg.id({ description: "That desk; the viewer's own when left out." }),
        },
        resolve: (_, asked, context) =>
          serviceOf(context).get(context.viewer, parseInput(bundleAskedInput, { id: asked.id }).id),
      }),
      bundles: t.field({
        type: [Bundle],
        nullable: { list: true, items: false },
        description: 'The newest first, at most 200.',
        args: {
          division: t.arg.id({ description: "The desk; the viewer's own when left out." }),
          item: t.arg.id(),
          state: t.arg({ type: enums.BundleState }),
        },
        resolve: (_, { item, state }, context) =>
          serviceOf(context).list(context.viewer, parseInput(bundleFilterInput, { item, state })),
      }),
    }),
  });

  const Material = builder.inputType('BundleMaterialInput', {
    fields: (t) => ({
      name: t.string({ required: true, description: 'Goes to every member that asks for a material of this name.' }),
      fileName: t.string({ required: true }),
      mediaType: t.string({ required: true }),
      content: t.field({ type: 'Base64', required: true, description: 'The bytes, at most 10 MiB.' }),
    }),
  });
  const Applicant = builder.inputType('BundleApplicantInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      idType: t.field({ type: enums.IdType, required: true }),
      idNumber: t.string({ required: true }),
      phone: t.string({ required: true }),
    }),
  });
  const Consent = builder.inputType('BundleConsentInput', {
    fields: (t) => ({
      givenBy: t.string({ required: true }),
      way: t.field({ type: enums.ConsentWay, required: true }),
      scope: t.string({ required: true }),
      givenAt: t.field({ type: 'DateTime', required: true }),
    }),
  });
  const Entry = builder.inputType('BundleEntryInput', {
    fields: (t) => ({ field: t.string({ required: true }), value: t.string({ required: true }) }),
  });
  const FileInput = builder.inputType('FileBundleInput', {
    fields: (t) => ({
      item: t.id({ required: true }),
      place: t.id(),
      applicant: t.field({ type: Applicant, required: true }),
      consent: t.field({ type: Consent }),
      form: t.field({ type: [Entry], required: true }),
      materials: t.field({ type: [Material], required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const DeliverInput = builder.inputType('DeliverBundleInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      way: t.field({ type: enums.DeliveryWay, required: true }),
      note: t.string(),
      idempotencyKey: t.string(),
    }),
  });
  const FilePayload = builder
    .objectRef<Outcome<{ bundle: BundleView; trackingCode: string }>>('FileBundlePayload')
    .implement({
      fields: (t) => ({
        bundle: t.field({ type: Bundle, resolve: (o) => o.done?.bundle ?? null }),
        trackingCode: t.string({
          description: 'One for all members, with the number of each; shown this once.',
          resolve: (o) => o.done?.trackingCode ?? null,
        }),
        errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
      }),
    });
  const DeliverPayload = builder.objectRef<Outcome<BundleView>>('DeliverBundlePayload').implement({
    fields: (t) => ({
      bundle: t.field({ type: Bundle, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  builder.mutationType({
    fields: (t) => ({
      fileBundle: t.field({
        type: FilePayload,
        description: '一表申请: one form for all members; the first are filed now, the others when they are due.',
        args: { input: t.arg({ type: FileInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () => serviceOf(context).file(context.viewer, parseInput(fileBundleInput, input))),
      }),
      deliverBundle: t.field({
        type: DeliverPayload,
        description: "统一出件: all members' documents together.",
        args: { input: t.arg({ type: DeliverInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () => serviceOf(context).deliver(context.viewer, parseInput(deliverBundleInput, input))),
      }),
    }),
  });
}
