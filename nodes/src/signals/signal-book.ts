import { randomUUID } from 'node:crypto';
import type { Note } from '@liandong/schema/domains/notes';
import type { CaseAt, SignalDraft, StewardDraft } from '@liandong/schema/domains/signals';
import {
  handlerSignal,
  noteSignals,
  opinionSignal,
  reminderSignal,
  signalsOf,
  stewardSignals,
} from '@liandong/schema/domains/signals';
import type { CaseFile, LogLine } from '@liandong/schema/case';
import type { StoredCase } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import { coalesced } from '../db/index.ts';

/** A case before new lines. */
export type CaseBefore = Pick<StoredCase, 'lines' | 'handler'> & { file: CaseFile | null };

/** Writes signals in the transaction of what they tell of; wakes the numbering when they are durable. */
export class SignalBook {
  #wake: () => void = () => undefined;

  onWritten(wake: () => void): void {
    this.#wake = wake;
  }

  /** What follows at this desk from new lines of a case, written here or received. */
  readonly ofLines = async (
    tx: SharedTx,
    { file, lines, handler }: CaseBefore,
    steps: readonly (readonly [LogLine, CaseFile])[],
  ): Promise<void> => {
    let before = file;
    let previous = lines.at(-1)?.line ?? null;
    const drafts: SignalDraft[] = [];
    const toStewards: StewardDraft[] = [];
    for (const [line, after] of steps) {
      const at = { node: tx.node, file: after, handler };
      const made = signalsOf(at, line, before, previous);
      drafts.push(...made);
      toStewards.push(...stewardSignals(at, line, made));
      [before, previous] = [after, line];
    }
    await this.write(tx, drafts, toStewards);
  };

  /** A note on a case, written here or received. */
  async ofNote(tx: SharedTx, { file, handler }: StoredCase, note: Note): Promise<void> {
    await this.write(tx, noteSignals({ node: tx.node, file, handler }, note));
  }

  /** A case that was given to its handler. @param by subject of who gave it */
  async ofHandler(tx: SharedTx, at: CaseAt, by: string, now: Date): Promise<void> {
    await this.write(tx, handlerSignal(at, by, now));
  }

  /** Another node's question for a department of this one. */
  async ofQuestion(tx: SharedTx, file: CaseFile, department: string, at: Date): Promise<void> {
    await this.write(tx, opinionSignal(file, department, at));
  }

  /** Another node's reminder to a department of this one. */
  async ofReminder(
    tx: SharedTx,
    asked: { case: string; number: string; item: string },
    department: string,
    at: Date,
  ): Promise<void> {
    const { case: caseId, number, item } = asked;
    await this.write(tx, reminderSignal({ caseId, number, item, at }, department));
  }

  /** Stores signals; a limit that was told of already is not told of again. */
  async write(tx: SharedTx, drafts: readonly SignalDraft[], toStewards: readonly StewardDraft[] = []): Promise<void> {
    if (drafts.length + toStewards.length === 0) return;
    tx.afterCommit(() => this.#wake());
    // at once: neither may come behind the commit of a transaction that is sent as a whole
    await Promise.all([
      drafts.length > 0 && insertAll(tx, drafts),
      toStewards.length > 0 && insertToStewards(tx, toStewards),
    ]);
  }
}

const insertAll = coalesced(async (tx: SharedTx, given: readonly (readonly SignalDraft[])[]) => {
  const rows = given.flat().map(({ to, caseId, by, dueAt, ...rest }) => ({
    ...rest,
    ...to,
    id: randomUUID(),
    case_id: caseId,
    by_sub: by,
    due_at: dueAt,
  }));
  // a signal to everyone goes to the department in charge of the item, as the lists of cases do
  await tx.query(
    `INSERT INTO signals (node, id, kind, at, case_id, number, item, meeting, sub, issuer, department, by_sub, due_at)
     SELECT $1, id, kind, at, case_id, number, item, meeting, sub, issuer, CASE WHEN sub IS NOT NULL THEN '' ELSE coalesce(
         department,
         (SELECT split_part(split_part(i.department, ';', 1), '(', 1) FROM items i
          WHERE i.node = $1 AND i.code = s.item ORDER BY i.version DESC LIMIT 1), '') END, by_sub, due_at
     FROM json_to_recordset($2) AS s (id uuid, kind text, at timestamptz, case_id text, number text, item text,
       meeting uuid, sub text, issuer text, department text, by_sub text, due_at timestamptz)
     ON CONFLICT (node, case_id, due_at, department) WHERE kind = 'DUE_TOMORROW' DO NOTHING`,
    [JSON.stringify(rows)],
  );
  return given.map(() => undefined);
});

/** Signals to stewards (管家): the statement finds the enterprise by the digest that the case's applicant has as well. */
const insertToStewards = coalesced(async (tx: SharedTx, given: readonly (readonly StewardDraft[])[]) => {
  const rows = given.flat().map(({ caseId, by, kind, at, number, item, told }) => ({
    kind,
    at,
    number,
    item,
    told,
    id: randomUUID(),
    case_id: caseId,
    by_sub: by,
  }));
  await tx.query(
    `INSERT INTO signals (node, id, kind, at, case_id, number, item, sub, issuer, department, by_sub)
     SELECT $1, s.id, s.kind, s.at, s.case_id, s.number, s.item, e.steward_sub, e.steward_issuer, '', s.by_sub
     FROM json_to_recordset($2) AS s (id uuid, kind text, at timestamptz, case_id text, number text, item text,
       by_sub text, told json)
     JOIN applicant_digests d ON d.node = $1 AND d.case_id = s.case_id AND d.by = 'ID_NUMBER'
     JOIN stewarded_enterprises e ON e.node = $1 AND e.digest = d.digest AND e.ended_at IS NULL
     WHERE e.steward_sub IS DISTINCT FROM s.by_sub
       AND NOT EXISTS (SELECT 1 FROM json_array_elements_text(s.told) AS t (sub) WHERE t.sub = e.steward_sub)`,
    [JSON.stringify(rows)],
  );
  return given.map(() => undefined);
});
