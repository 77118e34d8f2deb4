export type { Foundation } from './foundation.ts';
export { readFoundation } from './foundation.ts';
export { Host } from './host.ts';
export { readJson } from './json-file.ts';
export { withPlacedNodes } from './place.ts';
