export type { Foundation } from './foundation.ts';
export { readFoundation, readJson } from './foundation.ts';
export { Host } from './host.ts';
