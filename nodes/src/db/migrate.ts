import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { refusePooler } from './pooler.ts';

/**
 * The migrations, forward only, beside the Prisma schema they are checked against; in the package's folder, wherever its
 * code was bundled to.
 */
export const MIGRATIONS_DIR = join(
  dirname(createRequire(import.meta.url).resolve('@liandong/nodes/package.json')),
  'prisma',
  'migrations',
);

/** Any number that no other program locks: hosts that share a server migrate one after the other. */
const CHECKSUM_LOCK = 7_310_220_331;

/**
 * Brings a database to the present schema. Applied files must not change: the database keeps their checksums.
 * @returns names of the migrations that were applied now
 * @throws {ProblemError} DATABASE_UNAVAILABLE, or BAD_CONFIG when an applied file was edited or behind a pooler that
 *   lends connections by the transaction
 */
export async function migrate(databaseUrl: string, dir = MIGRATIONS_DIR): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  try {
    await refusePooler(databaseUrl);
    await client.connect();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw problem('DATABASE_UNAVAILABLE', `The database cannot be reached: ${reasonOf(error)}.`, { cause: error });
  }
  try {
    await client.query('SELECT pg_advisory_lock($1)', [CHECKSUM_LOCK]);
    await client.query('CREATE TABLE IF NOT EXISTS migration_checksums (name text PRIMARY KEY, sha256 text NOT NULL)');
    const known = await client.query<{ name: string; sha256: string }>('SELECT name, sha256 FROM migration_checksums');
    const files = (await readdir(dir)).filter((f) => f.endsWith('.sql')).sort();
    const checksums = new Map<string, string>();
    for (const file of files) {
      checksums.set(
        file,
        createHash('sha256')
          .update(await readFile(join(dir, file)))
          .digest('hex'),
      );
    }
    for (const { name, sha256 } of known.rows) {
      if (checksums.get(name) !== sha256) {
        throw problem(
          'BAD_CONFIG',
          `Migration ${name} was changed after it had been applied; write a new one instead.`,
        );
      }
    }
    const applied = await runner({
      dbClient: client,
      dir,
      direction: 'up',
      migrationsTable: 'migrations',
      checkOrder: true,
      noLock: true,
      log: () => undefined,
    });
    for (const [name, sha256] of checksums) {
      await client.query('INSERT INTO migration_checksums VALUES ($1, $2) ON CONFLICT DO NOTHING', [name, sha256]);
    }
    return applied.map((m) => m.name);
  } finally {
    await client.end();
  }
}

/** Names of the migrations this program knows, in their order. */
export async function knownMigrations(dir = MIGRATIONS_DIR): Promise<string[]> {
  const files = await readdir(dir);
  return files
    .filter((f) => f.endsWith('.sql'))
    .map((f) => f.replace(/\.sql$/, ''))
    .sort();
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no connection';
}
