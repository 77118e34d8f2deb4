export { sha256 } from './digest.ts';
export { KEY_SET_FILE, protectKeys, readKeys, readPassphrase, writeKey, writeKeys } from './key-files.ts';
export { generateNodeKey, importNodeKey, publicOf } from './keys.ts';
export type { NodeKey, StoredKey } from './keys.ts';
export { Trust, kidOf, payloadOf, signWith, trustFileSchema } from './trust.ts';
export type { TrustFile } from './trust.ts';
