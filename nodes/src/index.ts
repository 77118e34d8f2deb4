/** The parts of the nodes that other programs of the project may use: to set nodes up, not to reach into them. */
export { migrate } from './db/index.ts';
export { holdCeremony, topologyPaths } from './topology/index.ts';
export type { TopologyPaths } from './topology/index.ts';
// and to measure one part alone: npm run bench
export { SEARCH_SQL, findBasis, findDrifts, insertItems, searchParameters } from './catalogue/index.ts';
export { HostDb } from './db/index.ts';
export { queuePage } from './work-queue/index.ts';
export type { CaseFilter } from './work-queue/index.ts';
export { builtInCalendar } from './calendar/index.ts';
export { Host } from './host/index.ts';
export { readConfig } from './config.ts';
export { processRegistry } from './observability/index.ts';
// and to break it on purpose, and examine the rest: npm run chaos
export { withNode } from './commands/index.ts';
export { exportCase } from './exports/index.ts';
export { storedInbox } from './handoff/index.ts';
export type { HandOffPorts, Receivers } from './handoff/index.ts';
export { runHost } from './program.ts';
