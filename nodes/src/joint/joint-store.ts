import type { NodeQueries } from '../db/index.ts';
import { inBatches } from '../db/index.ts';

const BATCH = 200;

/** A case and the day its next silence lapses. */
export interface Lapsing {
  id: string;
  due: Date;
}

/** Cases at rest here with a party that is silent past its deadline; the longest silent first. */
export function findLapsed(queries: NodeQueries, now: Date): AsyncGenerator<Lapsing> {
  return inBatches(BATCH, (after: Lapsing | null) =>
    queries.query<Lapsing>(
      `SELECT d.case_id AS id, d.due_at AS due
       FROM joint_deadlines d JOIN cases c ON c.node = d.node AND c.id = d.case_id
       WHERE d.node = $1 AND d.due_at < $2 AND c.custody = 'HELD' AND c.state = 'ACCEPTED'
         AND ($3::timestamptz IS NULL OR (d.due_at, d.case_id) > ($3, $4))
       ORDER BY d.due_at, d.case_id LIMIT ${BATCH}`,
      [now, after?.due ?? null, after?.id ?? null],
    ),
  );
}
