/** PostgreSQL and brokers of a federation on one machine, and free ports: for demos, tests and benchmarks alone. */
export { findNatsServer, freePort, requireFreePort } from './ports.ts';
export type { BrokerPlan, ServicesOptions } from './services.ts';
export { Services, readRows } from './services.ts';
