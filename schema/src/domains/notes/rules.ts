import { ARTICLES } from '../../kernel/articles.ts';
import type { Divisions } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { hasPart } from '../../case/case-file.ts';
import { actAs } from '../../case/step-rules.ts';
import type { StepContext } from '../../case/step-context.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { requireOwnCase, requirePermission } from '../../operation/permissions.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';
import type { Note } from './messages.ts';

const article = ARTICLES.postDuties;

/**
 * Writes a note, by a person of a desk that handles the case or handled it; also on a case that has ended.
 * @param id random UUID
 * @throws {ProblemError} FORBIDDEN, REASON_MISSING, BAD_INPUT
 */
export function writeNote(context: StepContext, file: CaseFile, text: string, id: string): Note {
  const { node, viewer, now } = context;
  requireStaff(viewer);
  const { issuer } = viewer;
  const { sub, name, role, for: absent } = actAs(context, 'WRITE_NOTE', file);
  if (!hasPart(node, file)) throw problem('FORBIDDEN', `${node} never handled case ${file.number}.`, { article, node });
  if (text.trim() === '') throw problem('REASON_MISSING', 'Write what is to be noted.', { article, field: 'text' });
  requireNoPersonalData(text, 'text');
  const insteadOf = absent && absent.name !== null ? { for: { sub: absent.sub, name: absent.name } } : {};
  return { id, case: file.id, node, at: now.toISOString(), author: { issuer, sub, name, role, ...insteadOf }, text };
}

/**
 * Notes are read by the desks that handle a case and by their supervisors. A token acting for an applicant, which an
 * agent gets for the applicant's slip, never reads them.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireNoteReader(viewer: Viewer, divisions: Divisions): void {
  requireStaff(viewer);
  requirePermission(viewer, 'READ_NOTES', divisions.get(viewer.division).tier);
}

function requireStaff(viewer: Viewer): void {
  requireOwnCase(viewer, null);
  if (viewer.actsFor === undefined) return;
  throw problem('FORBIDDEN', 'Notes are the desks’ own: a token that acts for an applicant does not open them.', {
    article,
  });
}
