import { BUNDLE_MEMBER_STATUS, BUNDLE_STATE, CASE_STATE } from '../../case/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem } from '../../graph/problems.ts';
import { addOperations } from '../../operation/graph.ts';
import { bundles } from './operations.ts';
import type { BundleMemberView, BundleView, FiledBundleView } from './views.ts';

/** Role bundles (一件事): one form for several items. Owner: the desk that took the form in. */
export function addBundles(role: RoleBuilder): void {
  const { builder } = role;
  const Problem = addProblem(role);
  const Bundle = bundleType(role);
  const FileBundlePayload = builder.objectRef<Outcome<FiledBundleView>>('FileBundlePayload').implement({
    fields: (t) => ({
      bundle: t.field({ type: Bundle, resolve: (o) => o.done?.bundle ?? null }),
      trackingCode: t.string({
        description: 'One for all members, with the number of each; shown this once.',
        resolve: (o) => o.done?.trackingCode ?? null,
      }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  builder.queryType();
  builder.mutationType();
  addOperations(role, bundles, { Bundle, FileBundlePayload });
}

function bundleType({ builder, enumOf, refs }: RoleBuilder) {
  const { Division, ItemStub } = refs;
  const Member = builder.objectRef<BundleMemberView & { via: string }>('BundleMember').implement({
    description: '一件事成员事项 and its case.',
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (m) => ({ code: m.item, via: m.via }) }),
      status: t.field({ type: enumOf(BUNDLE_MEMBER_STATUS), nullable: false, resolve: (m) => m.status }),
      caseId: t.id({ resolve: (m) => m.case?.id ?? null }),
      number: t.string({ description: '办件编号', resolve: (m) => m.case?.number ?? null }),
      state: t.field({ type: enumOf(CASE_STATE), resolve: (m) => m.case?.state ?? null }),
      custodian: t.field({ type: Division, resolve: (m) => m.case?.custodian ?? null }),
      fault: t.exposeString('fault', { description: 'Why it could not be filed yet; tried again by itself.' }),
    }),
  });
  return builder.objectRef<BundleView>('Bundle').implement({
    description: '一件事进度',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (b) => ({ code: b.item, via: b.node }) }),
      node: t.field({ type: Division, resolve: (b) => b.node }),
      place: t.field({ type: Division, resolve: (b) => b.place }),
      filedAt: t.field({ type: 'DateTime', nullable: false, resolve: (b) => b.filedAt }),
      state: t.field({ type: enumOf(BUNDLE_STATE), nullable: false, resolve: (b) => b.state }),
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
}
