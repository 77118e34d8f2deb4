export type { Foundation } from './foundation.ts';
export { readFoundation, readTrustFile } from './foundation.ts';
export { Host } from './host.ts';
export { Place, withPlacedNodes } from './place.ts';
