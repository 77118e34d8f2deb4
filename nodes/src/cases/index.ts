export { CaseDesk } from './case-services.ts';
export { CaseReceiver } from './case-receiver.ts';
export { CaseWriter } from './case-writer.ts';
export { once } from './idempotency.ts';
export { readPart } from './materials.ts';
export { recountDates } from './recompute.ts';
