import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import { lapseOpinions } from '@liandong/schema/domains/joint';
import type { CaseWriter } from '../cases/index.ts';
import { caseElements, lockCase } from '../cases/index.ts';
import type { HostDb } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { findLapsed } from './joint-store.ts';

/** The parts of a node that the clockwork needs. */
interface LapseParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  writer: CaseWriter;
  failures: Failures;
  now: () => Date;
}

/**
 * Writes the effect of silence past a deadline into the node's cases (超时默许).
 * @returns how many cases got such lines
 */
export async function lapseSilentParties(parts: LapseParts): Promise<number> {
  const { node, db, divisions, calendar, writer, failures, now } = parts;
  let lapsed = 0;
  const due = findLapsed(db.queries(node), now());
  const subjectOf = ({ id }: { id: string }) => ({ node, case: id });
  await failures.each('counting silent departments', due, subjectOf, async ({ id }) => {
    const done = await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, id);
      if (!stored) return false;
      const at = now();
      const desk = { node, now: at, divisions, calendar: calendar() };
      const step = lapseOpinions(
        { ...desk, ...(await caseElements(tx, { node, divisions }, stored.file, at)) },
        stored.file,
      );
      if (!step) return false;
      await writer.append(tx, stored, step, at);
      return true;
    });
    if (done) lapsed++;
  });
  return lapsed;
}
