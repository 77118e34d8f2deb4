/** The commands of `liandong`: topology, node, keys, case, verify, and those of operation. */
export { readHost, requirePlaced, withNode } from './opening.ts';
export type { OpenedNode, Terminal } from './opening.ts';
export { GROUPS_USAGE, runGroup } from './groups.ts';
