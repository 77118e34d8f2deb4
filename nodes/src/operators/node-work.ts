import type {
  NodeFeedsView,
  NodeHealthView,
  QueueView,
  SubscriberView,
  SubscriptionView,
} from '@liandong/schema/domains/operators';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { NodeQueries } from '../db/index.ts';

/** Most lines of one answer. */
const MOST = 500;

type Work = Pick<NodeHealthView, 'waiting' | 'oldestWaitingAt' | 'unsendable' | 'parked' | 'feedsBehind' | 'watermark'>;

/**
 * What waits at a node, counted. The statements read open rows through partial indexes, as those of the metrics do.
 * @param gone closed nodes whose keys have ended: nothing comes from them any more
 */
export async function workAt(queries: NodeQueries, gone: readonly DivisionCode[]): Promise<Work> {
  const [row] = await queries.query<Work>(
    `SELECT o.waiting, o.oldest AS "oldestWaitingAt", s.unsendable, p.parked,
       f.behind AS "feedsBehind", f.watermark
     FROM (SELECT count(*)::int AS waiting, min(created_at) AS oldest FROM outbox
           WHERE node = $1 AND settled_at IS NULL) o,
       (SELECT count(*)::int AS unsendable FROM send_faults
        WHERE node = $1 AND last_at > now() - interval '10 minutes') s,
       (SELECT count(*)::int AS parked FROM parked WHERE node = $1 AND resolved_at IS NULL) p,
       (SELECT coalesce(sum(greatest(0, known_head - head)), 0)::int AS behind,
          min(as_of) FILTER (WHERE as_of > 'epoch') AS watermark
        FROM feeds WHERE node = $1 AND publisher <> $1 AND publisher <> ALL ($2)) f`,
    [gone],
  );
  if (!row) throw new Error('the counts gave no row');
  return row;
}

/** Messages without a receipt by receiver and kind, the oldest first. */
export async function findQueues(queries: NodeQueries): Promise<QueueView[]> {
  return queries.query<QueueView>(
    `SELECT receiver, kind, count(*)::int AS waiting, min(created_at) AS "oldestAt",
       coalesce(outcome = 'WAITS', false) AS "forUpgrade"
     FROM outbox WHERE node = $1 AND settled_at IS NULL
     GROUP BY receiver, kind, coalesce(outcome = 'WAITS', false) ORDER BY min(created_at) LIMIT ${MOST}`,
  );
}

/**
 * The node's subscribers and subscriptions, those furthest behind first.
 * @param gone closed nodes whose keys have ended, which are left out
 */
export async function findFeeds(queries: NodeQueries, gone: readonly DivisionCode[]): Promise<NodeFeedsView> {
  const subscribers = await queries.query<SubscriberView>(
    `SELECT c.feed, c.subscriber, c.acked, f.head
     FROM feed_cursors c JOIN feeds f USING (node, feed, publisher)
     WHERE c.node = $1 AND c.subscriber <> ALL ($2) ORDER BY f.head - c.acked DESC, c.feed, c.subscriber LIMIT ${MOST}`,
    [gone],
  );
  const subscriptions = await queries.query<SubscriptionView>(
    `SELECT feed, publisher, head AS held, known_head AS known, nullif(as_of, 'epoch') AS "asOf"
     FROM feeds WHERE node = $1 AND publisher <> $1 AND publisher <> ALL ($2)
     ORDER BY known_head - head DESC, as_of, feed, publisher LIMIT ${MOST}`,
    [gone],
  );
  return { subscribers, subscriptions };
}
