/** 首问负责: what was asked at a desk, and the duty to report back. */
export { enquiries } from './operations.ts';
export type { OpenEnquiryInput } from './operations.ts';
export {
  answerOf,
  askerFor,
  enquiryStateOf,
  requireEnquiryReader,
  requireFirstAsked,
  requireLinkable,
  requireReportable,
} from './rules.ts';
export type { Asker } from './rules.ts';
export type { EnquiryView } from './views.ts';
