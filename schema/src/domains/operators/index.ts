/** 运维: the health of nodes and their hosts, what waits or was set aside, keys; for operators, over a subtree. */
export { operators } from './operations.ts';
export type {
  FindingView,
  NodeFeedsView,
  NodeHealthView,
  NodeKeyView,
  ParkedMessageView,
  QueueView,
  SubscriberView,
  SubscriptionView,
} from './views.ts';
export type { FindingState, KeyState, ParkedDecision } from './words.ts';
