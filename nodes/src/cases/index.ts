/** A case at its desk: the stored log, the writer, the step runner, lists, echoes, materials. */
export type { Application } from './application.ts';
export { applicationOf } from './application.ts';
export {
  countDigests,
  digestAnew,
  digestBatch,
  findByApplicant,
  keepApplicant,
  numberDigest,
  numberDigests,
  replaceApplicant,
} from './applicant-digests.ts';
export { caseElements } from './case-elements.ts';
export { CaseDesk } from './case-desk.ts';
export type { CaseReadings, ListedCase } from './case-readings.ts';
export { lockReadableCase, readableCase, unknownCase } from './readable-case.ts';
export { filterOf, handlingHandlers, listFilter } from './handling-handlers.ts';
export { StepRunner } from './run-step.ts';
export type { Projection, Reader, Take } from './run-step.ts';
export { CaseReceiver } from './case-receiver.ts';
export type { BrokenCase, FoundCases } from './case-store.ts';
export { findCase, findCases, lockCase, lockCases, readableCases, readLines } from './case-store.ts';
export type { StoredCase } from './case-store.ts';
export { CaseWriter } from './case-writer.ts';
export { askProtocol, askProtocols } from './protocol-asks.ts';
export { recountDates } from './recompute.ts';
export { leftToHandOver, settleSuccessions } from './successions.ts';
export { WAITING_JOB } from './line-intake.ts';
export type { PostsOf, StandingsOf } from './posts.ts';
