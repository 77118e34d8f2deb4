/** Personal data sealed with the node's data keys: files, ciphertext, the list of sealed columns. */
export { SEALED_COLUMNS } from './columns.ts';
export type { SealedColumn, SealedName } from './columns.ts';
export { generateDataKey, protectDataKeys, readDataKeys, writeDataKeys } from './data-keys.ts';
export type { DataKey } from './data-keys.ts';
export {
  BYTES_OVERHEAD,
  HEADER_BYTES,
  PIECE_BYTES,
  Vault,
  bytesPrefix,
  isSealedBytes,
  isSealedText,
  piecesOver,
  textPrefix,
} from './vault.ts';
export type { NodeVault } from './vault.ts';
