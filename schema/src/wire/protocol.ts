import type { LogAction } from '../case/log-words.ts';
import type { MessageKind } from './envelope.ts';

/**
 * 协议版本 of what hosts send each other. A host states the newest it knows in each envelope and receipt; one that states
 * none is of the first. During an upgrade old and new hosts work side by side: what an old one can't read waits for it.
 */
export const PROTOCOL = 2;
/** Before hosts said which they know. */
export const FIRST_PROTOCOL = 1;

/** The version that brought a kind of message or of line; what is not named is as old as the protocol. */
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
 * @param lines actions of the lines a body holds; asked only where some line is newer than the protocol
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
