/** Keys made, certified, rotated and ended; nodes closed; and how all nodes learn of it. */
export { closeNode } from './closing.ts';
export { describeKey } from './describe-key.ts';
export type { DescribedKey } from './describe-key.ts';
export { certifyKey, endKey, readKeyRequest, requestOf, stateKeys } from './issuing.ts';
export type { Issuing } from './issuing.ts';
export { KeyDesk } from './key-desk.ts';
export { logKey, readKeyDocuments, readKeyLog } from './key-store.ts';
export type { KeyLogLine } from './key-store.ts';
export { OwnKeys } from './own-keys.ts';
export type { KeyAction } from './tables.ts';
