/** 查找: cases of an applicant by keyed digests, and lost tracking codes issued anew. */
export { findingHandlers } from './handlers.ts';
