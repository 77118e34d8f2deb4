import type { Note } from '@liandong/schema/domains/notes';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import { payloadOf, sha256 } from '../trust/index.ts';
import type { CaseNoteRow } from './tables.ts';
import { caseNotesTable } from './tables.ts';

/** A note with the text its node signed. */
export interface SignedNote {
  note: Note;
  jws: string;
}

/**
 * Stores a note; a second copy changes nothing.
 * @returns FRESH, KNOWN, or ANOTHER where another note is kept under its id
 */
export async function keepNote(tx: SharedTx, { note, jws }: SignedNote): Promise<'FRESH' | 'KNOWN' | 'ANOTHER'> {
  const digest = sha256(jws);
  const [kept] = await tx.query<{ digest: string }>(`SELECT digest FROM case_notes WHERE node = $1 AND id = $2`, [
    note.id,
  ]);
  if (kept) return kept.digest === digest ? 'KNOWN' : 'ANOTHER';
  await insert(tx, caseNotesTable, [{ id: note.id, caseId: note.case, at: new Date(note.at), digest, jws }]);
  return 'FRESH';
}

/** The notes on a case, oldest first. */
export async function findNotes(queries: NodeQueries, caseId: string): Promise<SignedNote[]> {
  return opened(
    queries,
    await queries.query<CaseNoteRow>(
      `SELECT id, case_id AS "caseId", at, digest, jws FROM case_notes WHERE node = $1 AND case_id = $2 ORDER BY at, id`,
      [caseId],
    ),
  );
}

/** One note; null if it is not here. */
export async function findNote(queries: NodeQueries, id: string): Promise<SignedNote | null> {
  const rows = await queries.query<CaseNoteRow>(
    `SELECT id, case_id AS "caseId", at, digest, jws FROM case_notes WHERE node = $1 AND id = $2`,
    [id],
  );
  return (await opened(queries, rows))[0] ?? null;
}

/** Notes written since a moment, for a peer whose database has forgotten that time. */
export async function findNotesSince(queries: NodeQueries, since: Date): Promise<SignedNote[]> {
  return opened(
    queries,
    await queries.query<CaseNoteRow>(
      `SELECT id, case_id AS "caseId", at, digest, jws FROM case_notes WHERE node = $1 AND at >= $2 ORDER BY at, id`,
      [since],
    ),
  );
}

function opened({ vault }: NodeQueries, rows: readonly CaseNoteRow[]): Promise<SignedNote[]> {
  return Promise.all(
    rows.map(async ({ id, jws: sealed }) => {
      const jws = await vault.open('case_notes.jws', id, sealed);
      // checked when it came in
      return { note: payloadOf(jws) as Note, jws };
    }),
  );
}
