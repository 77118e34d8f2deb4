/** 一件事: one form for several items. */
export { bundles } from './operations.ts';
export type { DeliverBundleInput, FileBundleInput } from './operations.ts';
export {
  bundleFaults,
  deliverables,
  dueMembers,
  givenBy,
  isSettled,
  memberForm,
  memberMaterials,
  progressOf,
} from './rules.ts';
export type { BundleView } from './views.ts';
