import type { DivisionCode } from '@liandong/schema/kernel';
import { PROTOCOL } from '@liandong/schema/wire';
import type { HostDb } from '../db/index.ts';
import type { Inbox } from './inbox.ts';
import { storedInbox } from './inbox.ts';
import type { Receivers } from './messages.ts';

/**
 * The parts that the hand-off's guarantees rest on. No setting changes them: every host has these. Only another program
 * that composes a host can replace them, as the fault suite does to see that it would find the fault.
 */
export interface HandOffPorts {
  inbox: Inbox;
  /** Called once the broker has taken messages. Does nothing, since only a receipt settles them (G1). */
  onRoad: (db: HostDb, node: DivisionCode, ids: readonly string[]) => Promise<void>;
  /** The newest protocol this host states. */
  protocol: number;
  /** The receivers messages go to. */
  receivers: (own: Receivers) => Receivers;
}

export const HAND_OFF_PORTS: HandOffPorts = {
  inbox: storedInbox,
  onRoad: async () => undefined,
  protocol: PROTOCOL,
  receivers: (own) => own,
};
