export { Intake } from './intake.ts';
export { Loop } from './loop.ts';
export type { Answered, Incoming, Receiver, Settler, Verdict } from './messages.ts';
export { Outbox } from './outbox.ts';
export type { Outgoing } from './outbox.ts';
export { ParkedDesk, decideParked, getParked, listParked } from './parked.ts';
export type { ParkedMessage } from './parked.ts';
export { Carrier } from './parcels.ts';
export { Relay } from './relay.ts';
