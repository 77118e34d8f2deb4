/** 实施清单: how a node carries an item out. */
export { followItem, implementationFaults } from './faults.ts';
export { implementation } from './operations.ts';
export type { ImplementationLookup, ImplementationView } from './views.ts';
