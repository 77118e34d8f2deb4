import type { NodeQueries, NodeTx } from '../db/index.ts';

/** Most cases that one round of the clockwork looks at. */
const BATCH = 200;

/** Keeps when the next silence of a case lapses; null when none can. Called in the transaction that wrote its lines. */
export async function saveDeadline(tx: NodeTx, caseId: string, dueAt: Date | null): Promise<void> {
  if (dueAt === null) {
    await tx.query(`DELETE FROM joint_deadlines WHERE node = $1 AND case_id = $2`, [caseId]);
    return;
  }
  await tx.query(
    `INSERT INTO joint_deadlines (node, case_id, due_at) VALUES ($1, $2, $3)
     ON CONFLICT (node, case_id) DO UPDATE SET due_at = excluded.due_at`,
    [caseId, dueAt],
  );
}

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

/** Forgets the deadlines of cases that ended with somebody still silent. */
export async function dropEnded(queries: NodeQueries, now: Date): Promise<void> {
  await queries.query(
    `DELETE FROM joint_deadlines d USING cases c
     WHERE d.node = $1 AND d.due_at < $2 AND c.node = d.node AND c.id = d.case_id AND c.closed_at IS NOT NULL`,
    [now],
  );
}
