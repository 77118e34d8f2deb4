import type { HostDb } from '../db/index.ts';
import type { Finding, Subject } from './doctor-check.ts';
import { ok, warn } from './doctor-check.ts';

/** Rules for sorting text that have changed since an index was made. */
interface Changed {
  before: string;
  now: string;
  /** The statement that makes PostgreSQL record its present rules as those of the indexes, once these were rebuilt. */
  refresh: string;
}

/**
 * Checks whether a newer ICU or C library sorts text in another way than when the indexes were made. Such an index
 * misses existing rows, and lets a unique value in twice.
 */
export async function examineCollation({ db }: Subject): Promise<Finding[]> {
  const changed = [...(await changedDefault(db)), ...(await changedCollations(db))];
  if (changed.length === 0) return [ok('collation', 'Indexes are sorted by the rules the server goes by.')];
  const [row] = await db.queryHost<{ database: string }>('SELECT quote_ident(current_database()) AS database');
  const versions = changed.map(({ before, now }) => `${before} to ${now}`).join(', ');
  const commands = [`REINDEX DATABASE ${row?.database};`, ...changed.map(({ refresh }) => `${refresh};`)].join(' ');
  const text = `The rules for sorting text changed (ICU or C library from ${versions}), and indexes were made by the old ones: rows may not be found. Stop the host and run ${commands}`;
  return [warn('collation', text)];
}

/** The rules of the database itself; PostgreSQL keeps their version since 15. */
async function changedDefault(db: HostDb): Promise<Changed[]> {
  const [column] = await db.queryHost(
    `SELECT 1 FROM pg_attribute WHERE attrelid = 'pg_database'::regclass AND attname = 'datcollversion'`,
  );
  if (!column) return [];
  return db.queryHost<Changed>(
    `SELECT datcollversion AS before, coalesce(pg_database_collation_actual_version(oid), 'none') AS now,
       'ALTER DATABASE ' || quote_ident(datname) || ' REFRESH COLLATION VERSION' AS refresh
     FROM pg_database
     WHERE datname = current_database() AND datcollversion <> coalesce(pg_database_collation_actual_version(oid), 'none')`,
  );
}

/** The rules that columns of an index name themselves. */
function changedCollations(db: HostDb): Promise<Changed[]> {
  return db.queryHost<Changed>(
    `SELECT c.collversion AS before, coalesce(pg_collation_actual_version(c.oid), 'none') AS now,
       'ALTER COLLATION ' || c.oid::regcollation || ' REFRESH VERSION' AS refresh
     FROM pg_collation c
     WHERE c.collversion <> coalesce(pg_collation_actual_version(c.oid), 'none')
       AND EXISTS (SELECT 1 FROM pg_index i WHERE c.oid = ANY (i.indcollation))
     ORDER BY c.collname`,
  );
}
