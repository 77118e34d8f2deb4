export { DelegationReceiver } from './delegation-receiver.ts';
export { delegationService } from './delegation-service.ts';
export { delegatedStages, grantsTouching, powersOn } from './powers.ts';
export { findGrants, findGrantsOver } from './delegation-store.ts';
export type { StoredGrant } from './delegation-store.ts';
