/** PostgreSQL: pools, transactions of one node, statements that share one, tables, migrations. */
export { cursorOf, noCursor, placeOf, placesOf } from './cursor.ts';
export { inBatches } from './batches.ts';
export { HostDb, pipelined } from './host-db.ts';
export type { HostTx, NodeQueries, NodeReader, NodeReads, NodeSql, NodeTx, SharedTx } from './host-db.ts';
export { insert, opened, openedRow } from './rows.ts';
export type { OnKnown } from './rows.ts';
export {
  bigInteger,
  boolean,
  day,
  generated,
  instant,
  integer,
  jsonOf,
  nullable,
  sealed,
  sealedColumns,
  table,
  text,
  textOf,
  texts,
  textsOf,
  uuid,
} from './table.ts';
export type { Columns, NewRowOf, RowOf, Table } from './table.ts';
export { MIGRATIONS_DIR, knownMigrations, migrate } from './migrate.ts';
export { askedOnce, coalesced, shareTransaction } from './coalesced.ts';
export { StepQueue } from './step-queue.ts';
export { refusePooler } from './pooler.ts';
export { isAway } from './unavailable.ts';
export type { NodeHandlers } from './node-handlers.ts';
