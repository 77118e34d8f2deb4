export { HostDb, together } from './host-db.ts';
export type { HostTx, NodeQueries, NodeReads, NodeSql, NodeTx } from './host-db.ts';
export { MIGRATIONS_DIR, migrate } from './migrate.ts';
