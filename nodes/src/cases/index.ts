export { CaseDesk } from './case-services.ts';
export { CaseReceiver } from './case-receiver.ts';
export { findCases, lockCase } from './case-store.ts';
export type { StoredCase } from './case-store.ts';
export { CaseWriter } from './case-writer.ts';
export { once } from './idempotency.ts';
export { readPart } from './materials.ts';
export { recountDates } from './recompute.ts';
export { findTracked } from './tracking.ts';
