/** 一件事: one form for several items. */
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
export type { BundleService, BundleView, DeliverBundleInput, FileBundleInput } from './services.ts';
