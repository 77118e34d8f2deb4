import type { LogAction } from '../case/log-words.ts';
import type { MessageKind } from './envelope.ts';

/**
 * 协议版本 of messages between hosts. A host states its newest version in each envelope and receipt; without a statement it
 * is the first version. During an upgrade old and new hosts work side by side: a message that an old host can't read
 * waits for its upgrade.
 */
export const PROTOCOL = 2;
/** Before hosts said which they know. */
export const FIRST_PROTOCOL = 1;

/** The version that introduced a kind of message or of line; kinds not listed are in the first version. */
export interface Since {
  messages: Readonly<Partial<Record<MessageKind, number>>>;
  lines: Readonly<Partial<Record<LogAction, number>>>;
}
/** A new kind is named here in the change that brings it, with {@link PROTOCOL} one higher. */
export const SINCE: Since = { messages: { CASE_NOTE: 2 }, lines: {} };

/** Kinds of messages that carry lines of a log. */
const WITH_LINES: readonly MessageKind[] = ['DOSSIER', 'ECHO'];

/**
 * The version a receiver must know to take a message.
 * @param lines actions of the lines in a body; called only if some action is newer than the first version
 */
export function protocolOf(
  kind: MessageKind,
  lines: () => readonly LogAction[],
  { messages, lines: sinceLines }: Since = SINCE,
): number {
  const own = messages[kind] ?? FIRST_PROTOCOL;
  if (!WITH_LINES.includes(kind) || Object.keys(sinceLines).length === 0) return own;
  return Math.max(own, ...lines().map((action) => sinceLines[action] ?? FIRST_PROTOCOL));
}
