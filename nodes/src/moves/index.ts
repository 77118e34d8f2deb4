/** Nodes that move between hosts: their rows carried whole. */
export { beginMove, findAway, findMoves, forgetNode, requireHere, setMove } from './moves.ts';
export type { Move } from './moves.ts';
export { readNodeFileHead, takeNodeIn, writeNodeFile } from './node-file.ts';
export { findNodeTables } from './node-rows.ts';
