import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';
import type { Finding } from './doctor-check.ts';
import { ok, warn } from './doctor-check.ts';

/** Claims of subscribers to hold more than the host's nodes have published, without proof. */
export async function examineClaims({
  config,
  db,
}: {
  config: { nodes: readonly DivisionCode[] };
  db: HostDb;
}): Promise<Finding[]> {
  type Claim = { node: DivisionCode; feed: string; subscriber: DivisionCode; claimed: number; head: number };
  const claims = await db.queryHost<Claim>(
    `SELECT c.node, c.feed, c.subscriber, c.claimed, f.head FROM feed_cursors c JOIN feeds f USING (node, feed, publisher)
     WHERE c.claimed IS NOT NULL AND c.node = ANY ($1) ORDER BY c.node, c.feed, c.subscriber`,
    [config.nodes],
  );
  if (claims.length === 0) return [ok('claims', 'No subscriber says that it holds more of a feed than was published.')];
  const each = claims.map(
    ({ node, feed, subscriber, claimed, head }) =>
      `${subscriber} says it holds ${feed} of ${node} up to ${claimed}, which ends at ${head}`,
  );
  const remedy =
    'It brought no proof. If the database was put back without a word, or by an older copy, run liandong restore begin --node <code> and restart; else ask the subscriber’s people what its host runs.';
  return [warn('claims', `${each.join('; ')}. ${remedy}`)];
}
