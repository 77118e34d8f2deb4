/** 实施清单: this node's implementations, their revisions, and copies of other nodes'. */
export { implementationHandlers } from './handlers.ts';
export { implementationLookup } from './lookup.ts';
