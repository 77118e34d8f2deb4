import type { Host, HostReply, HostRequest, RoleResult } from '@liandong/schema/wire';
import { hostReplyShape, roleResultSchema } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';

/**
 * One way to ask a host; NATS and HTTP both implement it.
 * @throws {ProblemError} NODE_UNREACHABLE when no host answers, DEADLINE_EXCEEDED when the answer is late,
 *   MESSAGE_INVALID when the answer is malformed
 */
export interface Transport {
  /** @param signal aborted when nobody waits for the answer any more; null if it is waited for in any case */
  send(host: Host, request: HostRequest, timeoutMs: number, signal?: AbortSignal | null): Promise<HostReply>;
  /** Whether its connection is up; left out where each host has a connection of its own. */
  isUp?(): boolean;
  close(): Promise<void>;
}

/** Messages that hosts send unasked, over the broker. Some may be lost. */
export interface HintSource {
  /** Hears messages on a subject. @returns how to stop */
  hear(subject: string, take: (payload: Uint8Array) => void): () => void;
  /** Called each time the broker is back: messages may have been lost meanwhile. */
  onBack(work: () => void): void;
}

/**
 * Parses a host's answer. Each operation's result is parsed by itself, so that an unreadable one does not affect the
 * others.
 * @throws {ProblemError} MESSAGE_INVALID for a text that is not a host's answer
 */
export function readReply(host: Host, text: string): HostReply {
  try {
    const reply = hostReplyShape.parse(JSON.parse(text));
    return 'problem' in reply ? reply : { results: reply.results.map((result) => readResult(host, result)) };
  } catch (cause) {
    throw problem('MESSAGE_INVALID', notByProtocol(host), { cause });
  }
}

function readResult(host: Host, content: unknown): RoleResult {
  const parsed = roleResultSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  return { data: null, errors: [{ message: notByProtocol(host), extensions: { code: 'MESSAGE_INVALID' } }] };
}

const notByProtocol = ({ id }: Host) => `Host ${id} did not answer by the protocol.`;
