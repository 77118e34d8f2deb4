import type { Implementation, Item } from '@liandong/schema/domains/catalogue';
import { day, instant, integer, jsonOf, nullable, table, text } from '../db/table.ts';

/** Versions of the catalogue's items (基本目录), and drafts, which are not published. */
export const itemsTable = table('items', ['code', 'version'], {
  code: text,
  version: integer,
  name: text,
  department: text,
  effectiveFrom: day,
  publishedAt: nullable(instant),
  body: jsonOf<Item>(),
  /** As `ItemIndex`. */
  searchText: nullable(text),
  searchPinyin: nullable(text),
  competenceKey: nullable(text),
  digest: nullable(text),
  /** Of the program that computed the index; null for one without these columns. */
  indexForm: nullable(integer),
});

/** Versions of the deciding nodes' implementations (实施清单). */
export const implementationsTable = table('implementations', ['item', 'decider', 'version'], {
  item: text,
  decider: text,
  version: integer,
  itemVersion: integer,
  body: jsonOf<Implementation>(),
});
