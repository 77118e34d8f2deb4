/** 查找: cases of an applicant by keyed digests, and new tracking codes for lost ones. */
export { findingHandlers } from './handlers.ts';
