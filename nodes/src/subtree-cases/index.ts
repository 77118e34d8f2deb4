/** 辖区办件: what the nodes of a host have of one list over many nodes. */
export { casesWithinLookup, subtreeCasesHandlers } from './handlers.ts';
export { HostCases } from './host-cases.ts';
