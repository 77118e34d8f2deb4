/** The assembled host: the parts its nodes share, each node's desks, the clockwork, nodes that come and go. */
export type { Foundation } from './foundation.ts';
export { readFoundation, readTrustFile } from './foundation.ts';
export { Host } from './host.ts';
export { NodePlacement, withPlacedNodes } from './node-placement.ts';
