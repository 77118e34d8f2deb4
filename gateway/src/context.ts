import type { Viewer } from '@liandong/schema/operation';

/** The part of a request that goes through stitching to the executors. */
export interface GatewayContext {
  /** From the verified token; null for the public. Nodes verify the token again for themselves. */
  viewer: Viewer | null;
  token: string | null;
  /** Deadline of the answer, ms of the process's monotonic clock (`performance.now()`). */
  deadline: number;
  /** Aborted when the client has gone: what only it waited for is cancelled. Null where no client waits. */
  signal: AbortSignal | null;
}
