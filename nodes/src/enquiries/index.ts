/** 首问负责: what is asked at the desk, the answer as it was given, and the duty to report back. */
export { enquiryHandlers, linkEnquiry } from './handlers.ts';
