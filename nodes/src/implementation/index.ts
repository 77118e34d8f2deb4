/** 实施清单: how this node carries items out, its revisions, and copies of other nodes'. */
export { implementationHandlers } from './handlers.ts';
export { implementationLookup } from './lookup.ts';
