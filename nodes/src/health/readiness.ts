import type { Bus } from '../bus/index.ts';
import type { HostDb } from '../db/index.ts';
import { knownMigrations } from '../db/index.ts';
import { clockOffset } from '../observability/index.ts';

/** A host's report on itself: each part and whether it works. */
export interface Readiness {
  database: boolean;
  broker: boolean;
  /** Whether the broker has the streams of this host's nodes, and lets the host read them. */
  roads: boolean;
  /** What the broker lacks for that, and what to do; empty if it lacks nothing. */
  lacking: readonly string[];
  /** Whether every migration this program knows is applied, and no other. */
  migrations: boolean;
  /** Whether the host's clock agrees with the database's and the broker's. */
  clock: boolean;
  /** How far the host's clock is proved ahead, ms; null where it was not measured. */
  offsetMs: { database: number | null; broker: number | null };
}

/** Beyond this difference the host's clock is wrong, ms: limits, tokens and logs depend on it. */
export const CLOCK_LIMIT_MS = 5_000;

export function isReady({ database, broker, roads, migrations, clock }: Readiness): boolean {
  return database && broker && roads && migrations && clock;
}

/**
 * Asks every part of a host whether it works.
 * @param bus null while the broker was never reached
 */
export async function readinessOf(db: HostDb, bus: Bus | null, now: () => Date): Promise<Readiness> {
  let database: number | null = null;
  let migrations = false;
  let reached = false;
  try {
    const asked = now().getTime();
    const rows = await db.queryHost<{ theirs: number; applied: string[] }>(
      `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS theirs,
         (SELECT coalesce(array_agg(name::text ORDER BY name), '{}') FROM migrations) AS applied`,
    );
    const [row] = rows;
    if (row) {
      reached = true;
      database = clockOffset({ theirs: row.theirs, asked, answered: now().getTime() });
      migrations = row.applied.join() === (await knownMigrations()).join();
    }
  } catch {
    // a part that is away shows so by its error
  }
  const broker = bus?.clockOffset(now) ?? null;
  const clock = [database, broker].every((ms) => ms === null || Math.abs(ms) <= CLOCK_LIMIT_MS);
  const lacking = bus?.lacking() ?? [];
  return {
    database: reached,
    broker: bus?.connected ?? false,
    roads: bus !== null && lacking.length === 0,
    lacking,
    migrations,
    clock,
    offsetMs: { database, broker },
  };
}
