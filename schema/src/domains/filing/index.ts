/** 收件: filing, drafts, pre-check, renewals. */
export { deemRenewed } from './renewal-steps.ts';
export { renewalDueAt } from './renewals.ts';
export type {
  ApplicantView,
  ConsentView,
  FilingService,
  FilingView,
  TrackedCaseView,
  TrackedStepView,
} from './services.ts';
export { draftCase, fileCase, fileDraft, supplementCase } from './steps.ts';
export type { Filing } from './steps.ts';
