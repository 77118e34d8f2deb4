/** 实施清单: how a node carries an item out. */
export { followItem, implementationFaults } from './faults.ts';
