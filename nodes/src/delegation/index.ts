/** 委托: grants between nodes: offered, accepted, published, ended. */
export { endGrantsOfClosed } from './closing.ts';
export { delegatedStages, openGrants, powersOn } from './delegated.ts';
export { DelegationReceiver } from './delegation-receiver.ts';
export { delegationHandlers } from './handlers.ts';
export { GrantPublisher } from './grant-publisher.ts';
export { PublishedGrants } from './published-grants.ts';
export { findGrantFaults, findWaitingGrants, mendGrants } from './stored-faults.ts';
export type { GrantFault } from './stored-faults.ts';
export { findGrants, findGrantsOver } from './delegation-store.ts';
export type { StoredGrant } from './delegation-store.ts';
