export { Bus, ROADS, inboxPrefix } from './bus.ts';
export type { BusOptions, Road } from './bus.ts';
