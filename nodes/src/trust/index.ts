export { sha256 } from './digest.ts';
export { generateNodeKey, importNodeKey, publicOf } from './keys.ts';
export type { NodeKey, StoredKey } from './keys.ts';
export { Trust, payloadOf, signWith, trustFileSchema } from './trust.ts';
export type { TrustFile } from './trust.ts';
