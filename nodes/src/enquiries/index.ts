/** 首问负责: the questions at the desk, the answers as given, and the duty to report back. */
export { ReferralReceiver } from './referral-receiver.ts';
export { enquiryHandlers, linkEnquiry } from './handlers.ts';
