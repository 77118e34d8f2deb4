import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema';
import { caseSteps } from '@liandong/schema';
import type { HostDb } from '../db/index.ts';
import { lockCase } from './case-store.ts';
import type { CaseWriter } from './case-writer.ts';
import type { DeskElements } from './desk-elements.ts';

export interface DeemedParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  writer: CaseWriter;
  elements: DeskElements;
  now: () => Date;
}

/** Accepts every case whose five days for the notice have run out (Art. 32). @returns how many */
export async function deemAccepted({
  node,
  db,
  divisions,
  calendar,
  writer,
  elements,
  now,
}: DeemedParts): Promise<number> {
  const due = await db
    .queries(node)
    .query<{ id: string }>(
      `SELECT id FROM cases WHERE node = $1 AND acceptance_due_at < $2 AND custody = 'HELD' ORDER BY acceptance_due_at LIMIT 200`,
      [now()],
    );
  let accepted = 0;
  for (const { id } of due) {
    await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, id);
      if (!stored) return;
      const step = caseSteps.deemAccepted(
        { node, now: now(), divisions, calendar: calendar(), ...(await elements.ofCase(tx, stored.file)) },
        stored.file,
      );
      if (!step) return;
      await writer.append(tx, stored, step, now());
      accepted++;
    });
  }
  return accepted;
}

/**
 * Writes into the cases held here that a renewal counts as granted, where nothing was decided by the licence's expiry
 * (Art. 50). A case that was under way that day is found when it has arrived.
 * @returns how many
 */
export async function deemRenewed({ node, db, writer, now }: Omit<DeemedParts, 'elements'>): Promise<number> {
  const due = await db
    .queries(node)
    .query<{ id: string }>(
      `SELECT id FROM cases WHERE node = $1 AND renewal_due_at < $2 AND custody = 'HELD' ORDER BY renewal_due_at LIMIT 200`,
      [now()],
    );
  let renewed = 0;
  for (const { id } of due) {
    await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, id);
      const step = stored && caseSteps.deemRenewed({ node, now: now() }, stored.file);
      if (!step) return;
      await writer.append(tx, stored, step, now());
      renewed++;
    });
  }
  return renewed;
}
