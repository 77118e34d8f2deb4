import { listOf, view } from '../../operation/operation.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { FindingState, KeyState, ParkedDecision } from './words.ts';

/** A node and the host that serves it, at a glance. */
export interface NodeHealthView {
  node: DivisionCode;
  /** Name of the host in the topology. */
  host: string;
  /** Newest protocol between hosts that its program knows. */
  protocol: number;
  /** Whether every part of the host works. */
  ready: boolean;
  database: boolean;
  broker: boolean;
  /** Whether the broker has the streams of the host's nodes, and lets the host read them. */
  streams: boolean;
  /** What the broker lacks for that. */
  lacking: readonly string[];
  migrations: boolean;
  clock: boolean;
  /** How far the host's clock is proved ahead of the database's, ms; null where it was not measured. */
  clockOffsetMs: number | null;
  /** Whether it was restored and takes no steps yet. */
  healing: boolean;
  /** Messages that have no receipt yet. */
  waiting: number;
  oldestWaitingAt: Date | null;
  /** Those that can't be sent at all. */
  unsendable: number;
  /** Messages that wait for people. */
  parked: number;
  /** Entries of others' feeds that are known of and not held. */
  feedsBehind: number;
  /** Up to when the feed heard of least lately is held without a gap; null if nothing was heard yet. */
  watermark: Date | null;
}

/** The doctor's finding on one part of a host. */
export interface FindingView {
  part: string;
  state: FindingState;
  text: string;
}

/** A message that was set aside (搁置), without what it says. */
export interface ParkedMessageView {
  id: string;
  sender: DivisionCode;
  kind: string;
  /** Why it could not be processed. */
  code: string;
  reason: string;
  parkedAt: Date;
  /** When it is tried again, or the refusal is sent; null while it waits for people. */
  retryAt: Date | null;
  decision: ParkedDecision | null;
  resolvedAt: Date | null;
}

/** A key of the node, with its certificate. */
export interface NodeKeyView {
  kid: string;
  state: KeyState;
  /** The node that certified it. */
  issuer: DivisionCode;
  issuedAt: Date;
  notBefore: Date | null;
  notAfter: Date | null;
  end: { from: Date; reason: string; by: DivisionCode; why: string } | null;
}

/** Messages of one kind that wait for their receiver. */
export interface QueueView {
  receiver: DivisionCode;
  kind: string;
  waiting: number;
  oldestAt: Date;
  /** Whether they wait until the receiver's host is upgraded. */
  forUpgrade: boolean;
}

/** A feed the node publishes, and how far one subscriber is. */
export interface SubscriberView {
  feed: string;
  subscriber: DivisionCode;
  /** Number of the last entry the subscriber has acknowledged. */
  acked: number;
  /** Number of the last entry. */
  head: number;
}

/** A feed the node subscribes to. */
export interface SubscriptionView {
  feed: string;
  publisher: DivisionCode;
  /** Number of the last entry held. */
  held: number;
  /** Number of the last entry known of. */
  known: number;
  /** The publisher had no more at this time; null if it was not heard of yet. */
  asOf: Date | null;
}

export interface NodeFeedsView {
  /** Those behind first. */
  subscribers: SubscriberView[];
  subscriptions: SubscriptionView[];
}

export const NodeHealth = view<NodeHealthView>('NodeHealth', { type: 'NodeHealthPayload', field: 'health' });
export const Findings = listOf(view<FindingView>('Finding', { type: 'FindingsPayload', field: 'findings' }));
export const ParkedMessage = view<ParkedMessageView>('ParkedMessage');
export const ParkedText = view<string>('String', { type: 'ParkedTextPayload', field: 'text' });
export const NodeKeys = listOf(view<NodeKeyView>('NodeKey', { type: 'NodeKeysPayload', field: 'keys' }));
export const Queues = listOf(view<QueueView>('Queue', { type: 'QueuesPayload', field: 'queues' }));
export const NodeFeeds = view<NodeFeedsView>('NodeFeeds', { type: 'NodeFeedsPayload', field: 'feeds' });
