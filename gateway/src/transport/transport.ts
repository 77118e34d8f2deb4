import type { Host, HostReply, HostRequest } from '@liandong/schema';
import { hostReplySchema, problem } from '@liandong/schema';

/**
 * One way to ask a host. NATS and HTTP stand behind it alike.
 * @throws {ProblemError} NODE_UNREACHABLE when nobody answers there, DEADLINE_EXCEEDED when the answer is late,
 * MESSAGE_INVALID when it is none
 */
export interface Transport {
  send(host: Host, request: HostRequest, timeoutMs: number): Promise<HostReply>;
  /** Whether its road is open; left out where each host has a road of its own. */
  isUp?(): boolean;
  close(): Promise<void>;
}

/** @throws {ProblemError} MESSAGE_INVALID for a text that is no answer of a host */
export function readReply(host: Host, text: string): HostReply {
  try {
    return hostReplySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw problem('MESSAGE_INVALID', `Host ${host.id} did not answer by the protocol.`, { cause });
  }
}
