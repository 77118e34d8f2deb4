import { ERROR_CODE } from '../../kernel/errors.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { operators } from './operations.ts';
import type {
  FindingView,
  NodeFeedsView,
  NodeHealthView,
  NodeKeyView,
  ParkedMessageView,
  QueueView,
  SubscriberView,
  SubscriptionView,
} from './views.ts';
import { FINDING_STATE, KEY_STATE, PARKED_DECISION } from './words.ts';

/** Role operators (运维): the health of nodes and hosts, what waits, what was set aside, keys. Owner: each node. */
export function addOperators(role: RoleBuilder): void {
  role.builder.queryType();
  role.builder.mutationType();
  addOperations(role, operators, {
    NodeHealth: healthType(role),
    ParkedMessage: parkedType(role),
    NodeKey: keyType(role),
    NodeFeeds: feedsType(role),
    ...partTypes(role),
  });
}

function healthType({ builder, refs: { Division } }: RoleBuilder) {
  return builder.objectRef<NodeHealthView>('NodeHealth').implement({
    description: '节点健康: a node and the host that serves it, at a glance.',
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (h) => h.node }),
      host: t.exposeID('host', { nullable: false, description: 'Name of the host in the topology.' }),
      protocol: t.exposeInt('protocol', { nullable: false, description: 'Newest protocol its program knows.' }),
      ready: t.exposeBoolean('ready', { nullable: false, description: 'Whether every part of the host works.' }),
      database: t.exposeBoolean('database', { nullable: false }),
      broker: t.exposeBoolean('broker', { nullable: false }),
      streams: t.exposeBoolean('streams', {
        nullable: false,
        description: 'Whether the broker has the streams of the nodes there, and lets the host read them.',
      }),
      lacking: t.field({ type: ['String'], nullable: false, resolve: (h) => [...h.lacking] }),
      migrations: t.exposeBoolean('migrations', { nullable: false }),
      clock: t.exposeBoolean('clock', { nullable: false, description: 'Whether its clock agrees with others.' }),
      clockOffsetMs: t.exposeFloat('clockOffsetMs', { description: 'How far it is proved ahead of the database, ms.' }),
      healing: t.exposeBoolean('healing', {
        nullable: false,
        description: 'Whether the node was restored and takes no steps yet.',
      }),
      waiting: t.exposeInt('waiting', { nullable: false, description: 'Messages that have no receipt yet.' }),
      oldestWaitingAt: t.field({ type: 'DateTime', resolve: (h) => h.oldestWaitingAt }),
      unsendable: t.exposeInt('unsendable', { nullable: false, description: "Those that can't be sent at all." }),
      parked: t.exposeInt('parked', { nullable: false, description: 'Messages that wait for people.' }),
      feedsBehind: t.exposeInt('feedsBehind', {
        nullable: false,
        description: "Entries of others' feeds that are known of and not held.",
      }),
      watermark: t.field({
        type: 'DateTime',
        description: 'Up to when the feed heard of least lately is held without a gap.',
        resolve: (h) => h.watermark,
      }),
    }),
  });
}

function parkedType({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  return builder.objectRef<ParkedMessageView>('ParkedMessage').implement({
    description: '搁置报文: a message that could not be processed and waits for people, without what it says.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      sender: t.field({ type: Division, resolve: (p) => p.sender }),
      kind: t.exposeString('kind', { nullable: false }),
      code: t.field({ type: enumOf(ERROR_CODE), resolve: (p) => p.code as ErrorCode }),
      reason: t.exposeString('reason', { nullable: false }),
      parkedAt: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.parkedAt }),
      retryAt: t.field({ type: 'DateTime', description: 'Null while it waits for people.', resolve: (p) => p.retryAt }),
      decision: t.field({ type: enumOf(PARKED_DECISION), resolve: (p) => p.decision }),
      resolvedAt: t.field({ type: 'DateTime', resolve: (p) => p.resolvedAt }),
    }),
  });
}

function keyType({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  const End = builder.objectRef<NonNullable<NodeKeyView['end']>>('NodeKeyEnd').implement({
    fields: (t) => ({
      from: t.field({ type: 'DateTime', nullable: false, resolve: (e) => e.from }),
      reason: t.exposeString('reason', { nullable: false }),
      by: t.field({ type: Division, resolve: (e) => e.by }),
      why: t.exposeString('why', { nullable: false }),
    }),
  });
  return builder.objectRef<NodeKeyView>('NodeKey').implement({
    description: '节点密钥: a key of a node with its certificate; no private key.',
    fields: (t) => ({
      kid: t.exposeID('kid', { nullable: false }),
      state: t.field({ type: enumOf(KEY_STATE), nullable: false, resolve: (k) => k.state }),
      issuer: t.field({ type: Division, description: 'The node that certified it.', resolve: (k) => k.issuer }),
      issuedAt: t.field({ type: 'DateTime', nullable: false, resolve: (k) => k.issuedAt }),
      notBefore: t.field({ type: 'DateTime', resolve: (k) => k.notBefore }),
      notAfter: t.field({ type: 'DateTime', resolve: (k) => k.notAfter }),
      end: t.field({ type: End, description: 'Its revocation.', resolve: (k) => k.end }),
    }),
  });
}

function feedsType({ builder, refs: { Division } }: RoleBuilder) {
  const Subscriber = builder.objectRef<SubscriberView>('FeedSubscriber').implement({
    description: 'How far a subscriber is with a feed of the node.',
    fields: (t) => ({
      feed: t.exposeString('feed', { nullable: false }),
      subscriber: t.field({ type: Division, resolve: (s) => s.subscriber }),
      acked: t.exposeInt('acked', { nullable: false, description: 'Number of the last entry it acknowledged.' }),
      head: t.exposeInt('head', { nullable: false, description: 'Number of the last entry.' }),
    }),
  });
  const Subscription = builder.objectRef<SubscriptionView>('FeedSubscription').implement({
    description: 'How far the node is with a feed of another.',
    fields: (t) => ({
      feed: t.exposeString('feed', { nullable: false }),
      publisher: t.field({ type: Division, resolve: (s) => s.publisher }),
      held: t.exposeInt('held', { nullable: false, description: 'Number of the last entry held.' }),
      known: t.exposeInt('known', { nullable: false, description: 'Number of the last entry known of.' }),
      asOf: t.field({ type: 'DateTime', description: 'Complete up to then.', resolve: (s) => s.asOf }),
    }),
  });
  return builder.objectRef<NodeFeedsView>('NodeFeeds').implement({
    description: '订阅进度: the feeds of a node and those it subscribes to.',
    fields: (t) => ({
      subscribers: t.field({
        type: [Subscriber],
        nullable: false,
        description: 'Those furthest behind first, at most 500.',
        resolve: (f) => f.subscribers,
      }),
      subscriptions: t.field({
        type: [Subscription],
        nullable: false,
        description: 'Those furthest behind first, at most 500.',
        resolve: (f) => f.subscriptions,
      }),
    }),
  });
}

function partTypes({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  const Finding = builder.objectRef<FindingView>('Finding').implement({
    description: 'What the doctor finds on one part of a host.',
    fields: (t) => ({
      part: t.exposeString('part', { nullable: false }),
      state: t.field({ type: enumOf(FINDING_STATE), nullable: false, resolve: (f) => f.state }),
      text: t.exposeString('text', { nullable: false, description: 'The state and what to do, in plain words.' }),
    }),
  });
  const Queue = builder.objectRef<QueueView>('Queue').implement({
    description: '待发队列: messages of one kind that wait for their receiver.',
    fields: (t) => ({
      receiver: t.field({ type: Division, resolve: (q) => q.receiver }),
      kind: t.exposeString('kind', { nullable: false }),
      waiting: t.exposeInt('waiting', { nullable: false }),
      oldestAt: t.field({ type: 'DateTime', nullable: false, resolve: (q) => q.oldestAt }),
      forUpgrade: t.exposeBoolean('forUpgrade', {
        nullable: false,
        description: "Whether they wait until the receiver's host is upgraded.",
      }),
    }),
  });
  return { Finding, Queue };
}
