export type { Foundation } from './foundation.ts';
export { readFoundation } from './foundation.ts';
export { Host } from './host.ts';
