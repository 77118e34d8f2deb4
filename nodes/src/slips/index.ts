/** Codes on slips: what opens a case, an appointment or an enquiry for the person it is about, beside its number. */
export { signsOf, trackingCodeOf, trackingHash } from './codes.ts';
