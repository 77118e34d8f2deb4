import type { AgendaItem } from '@liandong/schema/domains/meetings';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { requireOwnAgenda } from '@liandong/schema/domains/meetings';
import { ARTICLES, problem } from '@liandong/schema/kernel';
import { findCase, lockReadableCase } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import { findQuestionAsked } from '../joint/index.ts';
import type { SignalBook } from '../signals/index.ts';
import { findDeferred } from './meeting-store.ts';

export interface MeetingParts {
  node: DivisionCode;
  divisions: Divisions;
  signals: SignalBook;
  now: () => Date;
}

type About = Pick<AgendaItem, 'caseId' | 'caseNumber' | 'item'>;

/**
 * A case that this desk may discuss: one it holds, one whose joint handling a department of it is a party of, and one on
 * which another node asked a department of it.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, NOT_CUSTODIAN, CASE_IN_TRANSIT, ILLEGAL_STEP
 */
export async function discussed(
  { node, divisions }: MeetingParts,
  tx: SharedTx,
  viewer: Viewer,
  id: string,
): Promise<About> {
  const asked = (await findCase(tx, id)) ? null : await findQuestionAsked(tx, id);
  if (asked) return { caseId: id, caseNumber: asked.number, item: asked.item };
  const { file } = await lockReadableCase({ node, divisions }, tx, viewer, id, 'case');
  requireOwnAgenda(node, file);
  return { caseId: file.id, caseNumber: file.number, item: file.item };
}

/**
 * The question a case is put on the agenda with: the one given, or the one it had when it was put off.
 * @throws {ProblemError} BAD_INPUT without either
 */
export async function questionOf(tx: SharedTx, { caseId, caseNumber }: About, given: string | null): Promise<string> {
  if (given !== null) return given;
  const [deferred] = await findDeferred(tx, { caseId, department: null, limit: 1 });
  if (deferred) return deferred.question;
  throw problem('BAD_INPUT', `Say what the meeting is to answer on case ${caseNumber}.`, {
    article: ARTICLES.meetings,
    field: 'question',
  });
}
