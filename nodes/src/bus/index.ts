/** The connection to the broker: streams, publishing, consumers, the broker's clock. */
export { Bus, ROADS, ROADS_NEED, findStream, roadConfig } from './bus.ts';
export type { BusOptions, Road } from './bus.ts';
