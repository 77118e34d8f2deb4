export { GATEWAY_NAME, brokerConfig } from './broker-config.ts';
export { ceremonyPaths, holdCeremony } from './ceremony.ts';
export type { BrokerPlace, CeremonyPaths } from './ceremony.ts';
