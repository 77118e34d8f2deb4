export type { Foundation } from './foundation.ts';
export { readFoundation, readTrustFile } from './foundation.ts';
export { Host } from './host.ts';
export { readJson, readText } from './json-file.ts';
export { Place, withPlacedNodes } from './place.ts';
