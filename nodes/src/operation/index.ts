/** Does at a node what is declared as operations. */
export { atNode, performer } from './performer.ts';
export type { DomainAtNode } from './performer.ts';
