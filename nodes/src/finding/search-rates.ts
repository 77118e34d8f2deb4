import { MOST_SEARCHES, SEARCH_HOUR_MS, tooManySearches } from '@liandong/schema/domains/finding';
import type { Viewer } from '@liandong/schema/operation';
import type { SharedTx } from '../db/index.ts';

/**
 * Counts a person's search. The count is in the database, so that a restart of the host does not reset it.
 * @throws {ProblemError} RATE_LIMITED
 */
export async function countSearch(tx: SharedTx, { issuer, sub }: Viewer, now: Date): Promise<void> {
  const ended = new Date(now.getTime() - SEARCH_HOUR_MS);
  const [row] = await tx.query<{ since: Date; searches: number }>(
    `INSERT INTO search_rates AS r (node, issuer, person, since, searches) VALUES ($1, $2, $3, $4, 1)
     ON CONFLICT (node, issuer, person) DO UPDATE SET
       since = CASE WHEN r.since <= $5 THEN excluded.since ELSE r.since END,
       searches = CASE WHEN r.since <= $5 THEN 1 ELSE r.searches + 1 END
     RETURNING since, searches`,
    [issuer, sub, now, ended],
  );
  if (!row || row.searches <= MOST_SEARCHES) return;
  const left = row.since.getTime() + SEARCH_HOUR_MS - now.getTime();
  throw tooManySearches(Math.max(1, Math.ceil(left / 1000)));
}
