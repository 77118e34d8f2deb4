export { Intake } from './intake.ts';
export { Loop } from './loop.ts';
export type { Answered, Incoming, Receiver, Settler, Verdict } from './messages.ts';
export { Outbox } from './outbox.ts';
export type { Outgoing } from './outbox.ts';
export { Carrier } from './parcels.ts';
export { Relay } from './relay.ts';
export { ParkedRetries, requestRetry } from './parked.ts';
