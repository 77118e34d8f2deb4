/** 收件: filing, drafts, pre-check, renewals. */
export { MAX_MATERIAL_BYTES, MAX_PICTURE_PIXELS, MAX_REQUEST_BYTES } from './material-input.ts';
export type { ArrangedMaterial, InlineMaterial, MaterialInput } from './material-input.ts';
export type { MaterialMediaType } from './media-types.ts';
export { filing } from './operations.ts';
export { mayArrangeMaterials, mayCorrectApplication } from './corrections.ts';
export type { Correction } from './corrections.ts';
export type { ApplicationNumber, ApplicationPart } from './words.ts';
export type { FileCaseInput, FileNextInput } from './operations.ts';
export { deemRenewed } from './renewal-steps.ts';
export { renewalDueAt } from './renewals.ts';
export { draftCase, fileCase } from './steps.ts';
export type { Filing } from './steps.ts';
export type {
  ApplicantView,
  ConsentView,
  EarlierApplicationView,
  FiledCaseView,
  FilingLookup,
  FilingView,
  NextApplicationView,
  TrackedCaseView,
  TrackedStepView,
} from './views.ts';
