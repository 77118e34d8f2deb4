import type { Viewer } from '@liandong/schema/operation';

/** What a request to the gateway carries through stitching to the executors. */
export interface GatewayContext {
  /** From the verified token; null for the public. Nodes verify the token again for themselves. */
  viewer: Viewer | null;
  token: string | null;
  /** When the answer must be there, ms of the process's monotonic clock (`performance.now()`). */
  deadline: number;
}
