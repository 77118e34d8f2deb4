import type { ElementChange } from '@liandong/schema/domains/item-life';
import { instant, integer, jsonOf, table, text } from '../db/index.ts';

/** A revision of the node's own implementation, with its author and reason. */
export const implementationChangesTable = table('implementation_changes', ['item', 'version'], {
  item: text,
  version: integer,
  author: text,
  authorName: text,
  reason: text,
  diff: jsonOf<readonly ElementChange[]>(),
  at: instant,
});
