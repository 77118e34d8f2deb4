import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { PublishedGrant } from '@liandong/schema/domains/delegation';
import type { HostDb, SharedTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { DUTIES } from '../tiers/index.ts';
import type { StoredGrant } from './delegation-store.ts';
import { findOwnAccepted } from './delegation-store.ts';

/** Set once the levels above have been told of a node's older grants, from before they were told of grants at all. */
const TOLD = 'grants.told-above';

export interface GrantPublisherParts {
  divisions: Divisions;
  outbox: Outbox;
  appender: FeedAppender;
  /** Every node of the federation. */
  nodes: () => readonly DivisionCode[];
}

/** Publishes a node's own grants to every node that routes by them, or answers for cases under them. */
export class GrantPublisher {
  readonly #parts: GrantPublisherParts;

  constructor(parts: GrantPublisherParts) {
    this.#parts = parts;
  }

  /**
   * States a grant in its grantor's feed, for every node below, and tells the levels above. An unaccepted grant is not
   * published.
   */
  async publish(tx: SharedTx, stored: Pick<StoredGrant, 'grantJws' | 'answerJws' | 'endJws'>): Promise<void> {
    const delegation = publishedOf(stored);
    if (!delegation) return;
    await this.#parts.appender.append(tx, 'CATALOGUE', [{ kind: 'DELEGATION', delegation }]);
    await this.#tellAbove(tx, [delegation]);
  }

  /** Tells the levels above of a node's grants from before they were told; once a node, at its host's start. */
  async tellOlder(db: HostDb, node: DivisionCode): Promise<void> {
    await db.transact(node, async (tx) => {
      const first = await tx.query(
        `INSERT INTO node_settings (node, key, value) VALUES ($1, $2, 'yes') ON CONFLICT DO NOTHING RETURNING key`,
        [TOLD],
      );
      if (first.length === 0) return;
      const published = (await findOwnAccepted(tx)).map(publishedOf);
      await this.#tellAbove(
        tx,
        published.filter((delegation) => delegation !== null),
      );
    });
  }

  async #tellAbove(tx: SharedTx, published: readonly PublishedGrant[]): Promise<void> {
    const { divisions, outbox, nodes } = this.#parts;
    const known = new Set(nodes());
    const above = divisions.ancestors(tx.node).filter((d) => DUTIES[d.tier].collectsFacts && known.has(d.code));
    await outbox.enqueue(
      tx,
      above.flatMap(({ code }) =>
        published.map((grant) => ({
          receiver: code,
          kind: 'DELEGATION' as const,
          caseId: null,
          body: { published: grant },
        })),
      ),
    );
  }
}

function publishedOf({
  grantJws,
  answerJws,
  endJws,
}: Pick<StoredGrant, 'grantJws' | 'answerJws' | 'endJws'>): PublishedGrant | null {
  return answerJws === null ? null : { grant: grantJws, answer: answerJws, end: endJws };
}
