export { enquiryHandlers, linkEnquiry } from './handlers.ts';
