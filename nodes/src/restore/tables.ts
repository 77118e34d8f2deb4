import type { Feed } from '@liandong/schema/wire';
import { bigInteger, generated, instant, jsonOf, nullable, table, text } from '../db/table.ts';

/** Incarnations (任次) of the node's database: one of its first start, and one of each restore. */
export const livesTable = table('lives', ['life'], {
  life: bigInteger,
  /** Cluster, timeline and number of the database. */
  identity: text,
  beganAt: generated(instant),
  /** The last sign of life. */
  seenAt: generated(instant),
  /** The node's own feeds at its begin. */
  heads: nullable(jsonOf<{ feed: Feed; head: number }[]>()),
  /** From when on other nodes are asked; null where nothing was forgotten. */
  askedSince: nullable(instant),
  healedAt: nullable(instant),
});
