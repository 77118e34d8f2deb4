/** 办理: acceptance, review, decision, delivery, hand-off, and the papers of a case. */
export { deemAccepted } from './acceptance.ts';
export { deliverCase, documentSeal, rateByApplicant } from './delivery.ts';
export type { DocumentDraft } from './delivery.ts';
export { documentNumberOf, noticeOf, resultDocument } from './documents.ts';
export { forwardCase, mayTransfer, recallCase } from './hand-off.ts';
export { handling } from './operations.ts';
export { verificationUrlIn } from './document-parts.ts';
export { caseNumberIn, verificationOf, verificationUrl } from './verification.ts';
export type { HandlingKey, HandlingLookup, HandlingView, LogEntryView, VerifiedDocument } from './views.ts';
