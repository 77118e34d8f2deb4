/** Data keys at start, older rows sealed, keys changed. */
export { findDataKeys, openVault, readyDataKeys, rememberDataKey, writeKeysOf } from './data-key-store.ts';
export type { KnownDataKey } from './data-key-store.ts';
export { countByKey, reseal } from './reseal.ts';
