import { deemAccepted as deemAcceptedStep } from '@liandong/schema/domains/handling';
import { deemRenewed as deemRenewedStep } from '@liandong/schema/domains/filing';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { Step } from '@liandong/schema/case';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';
import { inBatches } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { StoredCase } from './case-store.ts';
import { lockCase } from './case-store.ts';
import type { CaseWriter } from './case-writer.ts';
import type { DeskElements } from './desk-elements.ts';

const BATCH = 200;

export interface DeemedParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  writer: CaseWriter;
  elements: DeskElements;
  failures: Failures;
  now: () => Date;
}

/** Accepts every case whose five days for the notice have run out (Art. 32). @returns how many */
export function deemAccepted(parts: DeemedParts): Promise<number> {
  const { node, divisions, calendar, elements, now } = parts;
  return deem(parts, 'deemed acceptance', 'acceptance_due_at', async (tx, { file }) => {
    const desk = { node, now: now(), divisions, calendar: calendar(), ...(await elements.ofCase(tx, file)) };
    return deemAcceptedStep(desk, file);
  });
}

/**
 * Writes into the cases held here that a renewal counts as granted, if there was no decision by the licence's expiry
 * (Art. 50). A case that was between nodes that day is found when it has arrived.
 * @returns how many
 */
export function deemRenewed(parts: Omit<DeemedParts, 'elements'>): Promise<number> {
  const { node, now } = parts;
  return deem(parts, 'deemed renewal', 'renewal_due_at', (_tx, { file }) =>
    deemRenewedStep({ node, now: now() }, file),
  );
}

type DueColumn = 'acceptance_due_at' | 'renewal_due_at';

/** Writes the effect of the law into each due case; a failure at one case does not stop the others. */
async function deem(
  { node, db, writer, failures, now }: Pick<DeemedParts, 'node' | 'db' | 'writer' | 'failures' | 'now'>,
  job: string,
  column: DueColumn,
  stepOf: (tx: SharedTx, stored: StoredCase) => Promise<Step | null> | Step | null,
): Promise<number> {
  let written = 0;
  const due = casesDue(db.queries(node), column, now());
  const subjectOf = ({ id }: Due) => ({ node, case: id });
  await failures.each(job, due, subjectOf, async ({ id }) => {
    const done = await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, id);
      const step = stored && (await stepOf(tx, stored));
      if (!step) return false;
      await writer.append(tx, stored, step, now());
      return true;
    });
    if (done) written++;
  });
  return written;
}

interface Due {
  id: string;
  due: Date;
}

/** The cases held here whose day has passed, the earliest first. */
function casesDue(queries: NodeQueries, column: DueColumn, now: Date): AsyncGenerator<Due> {
  return inBatches(BATCH, (after: Due | null) =>
    queries.query<Due>(
      `SELECT id, ${column} AS due FROM cases WHERE node = $1 AND ${column} < $2 AND custody = 'HELD'
         AND ($3::timestamptz IS NULL OR (${column}, id) > ($3, $4)) ORDER BY ${column}, id LIMIT ${BATCH}`,
      [now, after?.due ?? null, after?.id ?? null],
    ),
  );
}
