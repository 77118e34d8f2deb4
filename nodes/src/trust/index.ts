/** Node keys and their files, certificates, signatures. */
export { sha256 } from './digest.ts';
export {
  DATA_KEY_FILE,
  KEY_SET_FILE,
  findKeys,
  openPrivate,
  protectKeys,
  readKeys,
  readPassphrase,
  requireKeys,
  sealPrivate,
  writeKey,
  writeKeys,
  writePrivate,
} from './key-files.ts';
export { generateNodeKey, importNodeKey, publicOf } from './keys.ts';
export type { NodeKey, StoredKey } from './keys.ts';
export { nativeCheck, payloadOf, signWith } from './signatures.ts';
export { Trust, kidOf, trustFileSchema } from './trust.ts';
export type { TrustFile } from './trust.ts';
