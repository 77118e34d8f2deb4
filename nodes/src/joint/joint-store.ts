import type { NodeQueries } from '../db/index.ts';

/** Most cases that one round of the clockwork looks at. */
const BATCH = 200;

/** Cases at rest here with a party that is silent past its deadline; the longest silent first. */
export async function findLapsed(queries: NodeQueries, now: Date): Promise<string[]> {
  const rows = await queries.query<{ case_id: string }>(
    `SELECT d.case_id FROM joint_deadlines d JOIN cases c ON c.node = d.node AND c.id = d.case_id
     WHERE d.node = $1 AND d.due_at < $2 AND c.custody = 'HELD' AND c.state = 'ACCEPTED'
     ORDER BY d.due_at LIMIT ${BATCH}`,
    [now],
  );
  return rows.map((row) => row.case_id);
}
