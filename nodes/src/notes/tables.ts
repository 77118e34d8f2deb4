import type { RowOf } from '../db/table.ts';
import { instant, sealed, table, text, uuid } from '../db/table.ts';

/** Signed notes on cases, append-only; also those of other nodes, if the case is or was here. */
export const caseNotesTable = table('case_notes', ['id'], {
  id: uuid,
  caseId: text,
  at: instant,
  /** SHA-256 of the JWS: another note under this id is refused. */
  digest: text,
  jws: sealed(text),
});
export type CaseNoteRow = RowOf<typeof caseNotesTable>;
