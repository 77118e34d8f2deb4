/** Brokers, hosts and gateways from one file: configurations, credentials, the key ceremony. */
export { brokerConfig } from './broker-config.ts';
export { holdCeremony } from './ceremony.ts';
export { topologyPaths, writeOutputs } from './outputs.ts';
export type { TopologyPaths, Written } from './outputs.ts';
export { bringStreams } from './streams.ts';
export { readTopology } from './topology-file.ts';
