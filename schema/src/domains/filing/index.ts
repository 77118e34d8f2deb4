/** 收件: filing, drafts, pre-check, renewals. */
export { deemRenewed } from './renewal-steps.ts';
export { renewalDueAt } from './renewals.ts';
export { draftCase, fileCase, fileDraft, precheckCase, requestPrecheck, supplementCase } from './steps.ts';
export type { Filing } from './steps.ts';
