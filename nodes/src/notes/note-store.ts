import type { Note } from '@liandong/schema/domains/notes';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import { payloadOf, sha256 } from '../trust/index.ts';
import type { CaseNoteRow } from './tables.ts';
import { caseNotesTable } from './tables.ts';

const NOTES = `SELECT ${caseNotesTable.selectAll('n')} FROM case_notes n`;

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
  const rows = await queries.query<CaseNoteRow>(`${NOTES} WHERE node = $1 AND case_id = $2 ORDER BY at, id`, [caseId]);
  return signed(queries, rows);
}

/** One note; null if it is not here. */
export async function findNote(queries: NodeQueries, id: string): Promise<SignedNote | null> {
  const rows = await queries.query<CaseNoteRow>(`${NOTES} WHERE node = $1 AND id = $2`, [id]);
  return (await signed(queries, rows))[0] ?? null;
}

/** Notes written since a moment, for a peer whose database has forgotten that time. */
export async function findNotesSince(queries: NodeQueries, since: Date): Promise<SignedNote[]> {
  const rows = await queries.query<CaseNoteRow>(`${NOTES} WHERE node = $1 AND at >= $2 ORDER BY at, id`, [since]);
  return signed(queries, rows);
}

async function signed(queries: NodeQueries, rows: readonly CaseNoteRow[]): Promise<SignedNote[]> {
  // checked when it came in
  return (await opened(queries, caseNotesTable, rows)).map(({ jws }) => ({ note: payloadOf(jws) as Note, jws }));
}
