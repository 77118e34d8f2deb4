import type { Tier } from '@liandong/schema/kernel';

/** The duties of a node of a tier, besides answering queries: every tier's file reads like a job description. */
export interface TierDuties {
  tier: Tier;
  /** Publishes the basic catalogue (基本目录). */
  publishesCatalogue: boolean;
  /** Follows the items it decides with an implementation of its own (实施清单). */
  implementsItems: boolean;
  /** Accepts, and so must name missing materials in five working days, or the case counts as accepted (Art. 32). */
  accepts: boolean;
  /** Collects the facts of the nodes below and answers with figures. */
  collectsFacts: boolean;
}
