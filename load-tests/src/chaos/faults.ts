import { setTimeout as pause } from 'node:timers/promises';
import type { BrokenFederation } from './broken-federation.ts';
import type { HostId } from './places.ts';
import { HOSTS, LEAFS, OWN_POSTGRES, SMALL_DISK } from './places.ts';
import { Random } from './random.ts';
import type { Disturbance } from './road-proxy.ts';
import type { FaultKind, ScheduledFault } from './schedule.ts';

/**
 * Longer than all timeouts for a host: the broker's ack wait (10 s), JetStream's answers (5 s), a desk's patience (10
 * s).
 */
const FROZEN_MS = 13_000;
/** The city's broker. */
const HUB = 'hub';
/** The city's messages lie in the hub's store until these hosts take them. */
const COUNTY_HOSTS = ['sanmen', 'tiantai'] as const satisfies HostId[];
const CLOCK_MS = 10 * 60_000;
/**
 * How long messages pile up in the broker's store before it is wiped, ms; counted from the first one, if one comes that
 * soon.
 */
const PILE_MS = 700;
const FIRST_WITHIN_MS = 10_000;
/** Messages a disturbance should meet, and its longest wait for them, ms: on a slow machine few pass in a while. */
const DISTURBED = 100;
const DISTURBED_WITHIN_MS = 30_000;

const SENT = `SELECT EXISTS (
  SELECT 1 FROM outbox WHERE node = ANY ($1) AND receiver = ANY ($2) AND created_at > $3) AS sent`;
const OWED = `SELECT node, receiver FROM outbox WHERE settled_at IS NULL LIMIT 200`;

/** Breaks something, waits, and repairs it. @returns what was broken, in words */
export type Inflict = (broken: BrokenFederation, random: Random) => Promise<string>;

/** The reason why a fault can't be made here, or null. */
export function impossible(broken: BrokenFederation, kind: FaultKind): string | null {
  return kind === 'diskFull' && typeof broken.disk === 'string' ? broken.disk : null;
}

export function inflict(broken: BrokenFederation, fault: ScheduledFault): Promise<string> {
  return INFLICT[fault.kind](broken, new Random(fault.seed));
}

const INFLICT: Readonly<Record<FaultKind, Inflict>> = {
  senderKilled: async (broken, random) => killed(broken, random, await busy(broken, random, 'senders')),
  receiverKilled: async (broken, random) => killed(broken, random, await busy(broken, random, 'receivers')),

  hubKilled: async (broken, random) => brokerKilled(broken, random, HUB),
  leafKilled: async (broken, random) => brokerKilled(broken, random, random.pick(LEAFS).id),

  postgresKilled: async (broken, random) => {
    const host = random.pick<HostId>([...OWN_POSTGRES, 'city']);
    const server = broken.postgresOf(host);
    await server.killPostgres();
    await pause(random.between(200, 2_000));
    await server.startPostgres();
    return host;
  },

  linkCut: async ({ links }, random) => {
    const { id } = random.pick(LEAFS);
    links.get(id)?.cut();
    await pause(random.between(1_000, 6_000));
    links.get(id)?.heal();
    return id;
  },

  linkOneWay: async ({ links }, random) => {
    const { id } = random.pick(LEAFS);
    const direction = random.pick(['up', 'down'] as const);
    links.get(id)?.hold(direction);
    await pause(random.between(1_000, 6_000));
    links.get(id)?.heal();
    return `${id}, ${direction}`;
  },

  lineCut: async ({ lines }, random) => {
    const host = anyHost(random);
    lines.get(host)?.cut();
    await pause(random.between(1_000, 5_000));
    lines.get(host)?.heal();
    return host;
  },

  hubWiped: async (broken) => wiped(broken, HUB, COUNTY_HOSTS),
  leafWiped: async (broken, random) => {
    const { id, hosts } = random.pick(LEAFS);
    return wiped(broken, id, hosts.slice(0, 2));
  },

  hostFrozen: async ({ federation }, random) => {
    const host = federation.host(anyHost(random));
    host.freeze();
    await pause(FROZEN_MS);
    host.thaw();
    return host.name;
  },

  clockAhead: (broken, random) => clock(broken, random, CLOCK_MS),
  clockBehind: (broken, random) => clock(broken, random, -CLOCK_MS),

  diskFull: async (broken, random) => {
    const { disk } = broken;
    if (typeof disk === 'string') throw new Error(disk);
    try {
      await disk.fill();
      await pause(random.between(2_000, 4_000));
    } finally {
      await disk.empty();
    }
    // the server ends if it could not write its log
    await broken.postgresOf(SMALL_DISK).startPostgres();
    await broken.restart(SMALL_DISK);
    return SMALL_DISK;
  },

  duplicated: (broken, random) => disturb(broken, random, 'duplicated'),
  reordered: (broken, random) => disturb(broken, random, 'reordered'),
  delayed: (broken, random) => disturb(broken, random, 'delayed'),
};

async function killed(broken: BrokenFederation, random: Random, host: HostId): Promise<string> {
  await broken.federation.host(host).kill();
  await pause(random.between(100, 2_000));
  await broken.restart(host);
  return host;
}

async function brokerKilled({ federation }: BrokenFederation, random: Random, id: string): Promise<string> {
  federation.services.killBroker(id);
  await pause(random.between(200, 2_000));
  await federation.services.startBroker(id);
  return id;
}

/** @param idle hosts that take no messages meanwhile, so that messages lie in the store when it is wiped */
async function wiped(broken: BrokenFederation, id: string, idle: readonly HostId[]): Promise<string> {
  const { federation } = broken;
  for (const host of idle) federation.host(host).freeze();
  try {
    await sent(broken, sendersAt(id), idle, new Date());
    await pause(PILE_MS);
    await federation.services.wipeBroker(id);
  } finally {
    for (const host of idle) federation.host(host).thaw();
  }
  return id;
}

/** Hosts whose messages lie in a broker's store until they are taken. */
function sendersAt(broker: string): readonly HostId[] {
  const leaf = LEAFS.find(({ id }) => id === broker);
  return leaf?.hosts ?? HOSTS.map(({ id }) => id).filter((id) => !LEAFS.some(({ hosts }) => isAmong(hosts, id)));
}

const isAmong = (hosts: readonly HostId[], id: HostId) => hosts.includes(id);
const nodesOf = (hosts: readonly HostId[]) =>
  HOSTS.filter(({ id }) => isAmong(hosts, id)).flatMap(({ nodes }) => nodes);

/** Waits until messages are sent, or the time is over: on a slow machine few are sent in a moment. */
async function sent(
  { databases }: BrokenFederation,
  senders: readonly HostId[],
  receivers: readonly HostId[],
  since: Date,
): Promise<void> {
  const ends = [nodesOf(senders), nodesOf(receivers), since];
  const longest = performance.now() + FIRST_WITHIN_MS;
  while (performance.now() < longest) {
    const answers = await databases.everywhere<{ sent: boolean }>(SENT, ends).catch(() => []);
    if (answers.some((answer) => answer.sent)) return;
    await pause(50);
  }
}

function anyHost(random: Random): HostId {
  return random.pick(HOSTS).id;
}

async function clock({ federation }: BrokenFederation, random: Random, ms: number): Promise<string> {
  const host = federation.host(anyHost(random));
  host.tell({ clockMs: ms });
  await pause(random.between(3_000, 6_000));
  host.tell({ clockMs: 0 });
  return host.name;
}

async function disturb(broken: BrokenFederation, random: Random, kind: Disturbance): Promise<string> {
  const hosts = random.shuffled(HOSTS).slice(0, 3);
  for (const { id } of hosts) broken.lines.get(id)?.disturb(kind, random);
  await pause(random.between(3_000, 5_000));
  const met = () => hosts.reduce((sum, { id }) => sum + (broken.lines.get(id)?.met ?? 0), 0);
  const longest = performance.now() + DISTURBED_WITHIN_MS;
  while (met() < DISTURBED && performance.now() < longest) await pause(100);
  for (const { id } of hosts) broken.lines.get(id)?.heal();
  return hosts.map((host) => host.id).join(', ');
}

/** A host that owes messages at this moment, or that others owe some; any other host if no messages are owed. */
async function busy(broken: BrokenFederation, random: Random, whose: 'senders' | 'receivers'): Promise<HostId> {
  const owed = await broken.databases.everywhere<{ node: string; receiver: string }>(OWED).catch(() => []);
  const nodes = owed.map((row) => (whose === 'senders' ? row.node : row.receiver));
  const hosts = HOSTS.filter((host) => host.nodes.some((node) => nodes.includes(node)));
  return random.pick(hosts.length > 0 ? hosts : HOSTS).id;
}
