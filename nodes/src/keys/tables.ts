import type { KeyDocument } from '@liandong/schema/trust';
import { bigInteger, generated, instant, table, text, textOf } from '../db/table.ts';

/** Documents about keys that the node has besides the trust file. */
export const keyDocumentsTable = table('key_documents', ['hash'], {
  hash: text,
  kind: textOf<KeyDocument['kind']>(),
  /** The node it is about. */
  subject: text,
  /** The key it is about; empty where it is about a node as a whole. */
  kid: text,
  jws: text,
  learnedAt: generated(instant),
});

export type KeyAction =
  | 'MADE'
  | 'REQUESTED'
  | 'CERTIFIED'
  | 'REVOKED'
  | 'LEARNED'
  | 'TAKEN_UP'
  // about a node, which its parent closed
  | 'NODE_CLOSED'
  // about data keys
  | 'DATA_KEY_MADE'
  | 'DATA_KEY_RETIRED';

/** The log of keys (密钥日志), append-only. */
export const keyLogTable = table('key_log', ['id'], {
  id: generated(bigInteger),
  at: instant,
  /** The person who gave the command, or `node`. */
  actor: text,
  action: textOf<KeyAction>(),
  subject: text,
  kid: text,
  why: text,
});
