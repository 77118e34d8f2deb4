import { Random } from './random.ts';

/** Every kind of fault, with its description. */
export const FAULTS = {
  senderKilled: 'SIGKILL of a host that owes messages',
  receiverKilled: 'SIGKILL of a host that is owed messages',
  hubKilled: 'SIGKILL of the hub broker',
  leafKilled: 'SIGKILL of a county’s leaf broker',
  postgresKilled: 'SIGKILL of a host’s PostgreSQL',
  linkCut: 'the link between a leaf and the hub is cut both ways',
  linkOneWay: 'the link between a leaf and the hub is dead in one direction',
  lineCut: 'the line between a host and its broker is cut',
  hubWiped: 'the hub’s JetStream store is wiped, with messages in it',
  leafWiped: 'a leaf’s JetStream store is wiped, with messages in it',
  hostFrozen: 'a host stops in its tracks (SIGSTOP), longer than every timeout, and goes on',
  clockAhead: 'a host’s clock is 10 minutes ahead',
  clockBehind: 'a host’s clock is 10 minutes behind',
  diskFull: 'the disk of a host’s PostgreSQL is full',
  duplicated: 'messages come twice, and long after they are over',
  reordered: 'messages overtake each other',
  delayed: 'messages are late by up to 3 seconds',
} as const;
export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

export interface ScheduledFault {
  kind: FaultKind;
  /** Number of hand-offs done when it begins. */
  at: number;
  /** Seed of the choices within the fault: which host, which direction, how long. */
  seed: string;
}

/** Part of the hand-offs before the first fault and after the last. */
const CALM = 0.05;

/**
 * The faults and their moments, counted in hand-offs done: the seed decides order and moment.
 * @param times how often each kind happens
 */
export function schedule(
  seed: string,
  handOffs: number,
  times: number,
  kinds: readonly FaultKind[] = FAULT_KINDS,
): ScheduledFault[] {
  const random = new Random(`${seed} schedule`);
  const order = random.shuffled(kinds.flatMap((kind) => Array<FaultKind>(times).fill(kind)));
  const step = (handOffs * (1 - 2 * CALM)) / order.length;
  return order.map((kind, i) => ({
    kind,
    at: Math.floor(handOffs * CALM + step * (i + random.next() * 0.8)),
    seed: `${seed} ${i} ${kind}`,
  }));
}
