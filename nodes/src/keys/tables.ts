import { bigInteger, generated, instant, table, text, textOf } from '../db/table.ts';

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
