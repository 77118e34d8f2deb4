/** 办理: acceptance, review, decision, delivery, hand-off, and the papers of a case. */
export { acceptCase, deemAccepted, refuseCase, requestSupplement } from './acceptance.ts';
export { decideCase, decideOnTheSpot, reviewCase } from './decision.ts';
export { closeCase, deliverCase, documentSeal, issueDocument, rateByApplicant, rateCase } from './delivery.ts';
export { documentNumberOf, noticeOf, resultDocument } from './documents.ts';
export { terminateCase, voidCase, withdrawCase } from './endings.ts';
export { assignCase, forwardCase, mayTransfer, recallCase, returnCase, transferCase } from './hand-off.ts';
export { endProcedure, extendCase, startProcedure } from './procedures.ts';
export type {
  ApplicantView,
  CaseFilter,
  ConsentView,
  FilingService,
  FilingView,
  HandlingKey,
  HandlingService,
  HandlingView,
  LogEntryView,
  TrackedCaseView,
  TrackedStepView,
} from './services.ts';
