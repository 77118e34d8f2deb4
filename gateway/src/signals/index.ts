/** 提醒 pushed to readers: what is new is asked of the node behind the reader's last cursor. */
export type { NewSignals, StreamEvent } from './signal-stream.ts';
export { MOST_STREAMS, STREAM_TIMING, SignalStreams } from './signal-streams.ts';
export type { OpenSignals } from './subscription.ts';
export { signalSubscription } from './subscription.ts';
