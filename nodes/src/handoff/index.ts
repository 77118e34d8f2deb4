/** Hand-offs that lose nothing: outbox, relay, intake, receipts, parked messages. */
export { storedInbox } from './inbox.ts';
export type { Inbox } from './inbox.ts';
export { Intake } from './intake.ts';
export { Loop } from './loop.ts';
export type { Answered, Incoming, Receiver, Receivers, Settler, SharedReceiver, Verdict } from './messages.ts';
export { Outbox } from './outbox.ts';
export type { Outgoing } from './outbox.ts';
export { Carrier, tooLarge } from './parcels.ts';
export { HAND_OFF_PORTS } from './ports.ts';
export type { HandOffPorts } from './ports.ts';
export { Protocols, findUnasked } from './protocols.ts';
export type { RelayParts } from './relay.ts';
export { Relay } from './relay.ts';
export { inPatience } from './roads.ts';
export { SendFaults } from './send-faults.ts';
export type { Sending } from './send-faults.ts';
export { ParkedRetries, parkMessage, requestRetry } from './parked.ts';
export {
  bodyOfParked,
  decideParked,
  getParked,
  listParked,
  parkedIn,
  parkedPage,
  subjectOfParked,
} from './parked-decisions.ts';
export type { ParkedCase } from './parked-decisions.ts';
