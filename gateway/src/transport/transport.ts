import type { Host, HostReply, HostRequest } from '@liandong/schema';

/**
 * One way to ask a host. NATS and HTTP stand behind it alike.
 * @throws {ProblemError} NODE_UNREACHABLE when nobody answers there, DEADLINE_EXCEEDED when the answer is late
 */
export interface Transport {
  send(host: Host, request: HostRequest, timeoutMs: number): Promise<HostReply>;
  close(): Promise<void>;
}
