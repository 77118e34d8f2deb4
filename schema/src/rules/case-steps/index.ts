export type { Desk, LineDraft, Step } from '../desk.ts';
export * from './acceptance.ts';
export * from './decision.ts';
export * from './delivery.ts';
export * from './endings.ts';
export * from './filing.ts';
export * from './hand-off.ts';
export * from './procedures.ts';
export { REMEDIES } from './shared.ts';
