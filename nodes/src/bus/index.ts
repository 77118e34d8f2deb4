export { Bus, ROADS, findStream, inboxPrefix, roadConfig } from './bus.ts';
export type { BusOptions, Road } from './bus.ts';
