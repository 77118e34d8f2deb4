/** Performs declared operations at a node. */
export { atNode, performer } from './performer.ts';
export type { DomainAtNode } from './performer.ts';
