/** 首问负责: what was asked at a desk or online, who has it, and the duty to report back. */
export { requireHandOn, requireItsDepartment } from './hand-on.ts';
export type { EnquiryMove } from './hand-on.ts';
export { enquiryAnsweredSchema, enquiryReferredSchema } from './messages.ts';
export type { EnquiryAnswered, EnquiryReferred } from './messages.ts';
export { enquiries } from './operations.ts';
export type { OpenEnquiryInput } from './operations.ts';
export {
  answerOf,
  askerFor,
  enquiryNumber,
  enquiryStateOf,
  requireEnquiryReader,
  requireFirstAsked,
  requireLinkable,
  requireReportable,
  requireSubject,
} from './rules.ts';
export { MOST_REFERRED, referralDueOn, requireAnswerForDesk, requireReferral } from './referrals.ts';
export type { EnquiryReferral } from './referrals.ts';
export type { Asker } from './rules.ts';
export { answerDueOn, answerLight, requireRoomOnline, termsOf } from './terms.ts';
export type { AnswerTerm } from './terms.ts';
export type { EnquiryView } from './views.ts';
export type { EnquiryKind, TimedKind } from './words.ts';
