import { ARTICLES } from '../../kernel/articles.ts';
import { problem } from '../../kernel/errors.ts';
import type { CitedMeeting } from '../../case/log-line.ts';
import type { Outcome } from '../../case/words.ts';
import { MEETING_OUTCOME_LABELS } from './words.ts';
import type { MeetingOutcome } from './words.ts';

/** A closed meeting of the deciding desk, with what it found on the case that is decided. */
export interface CitableMeeting extends CitedMeeting {
  outcome: MeetingOutcome;
}

/** The outcomes of a meeting that support each decision. */
const SUPPORTS: Record<Outcome, readonly MeetingOutcome[]> = {
  GRANTED: ['AGREED', 'AGREED_WITH_CONDITIONS'],
  REFUSED: ['REFUSED'],
};

/**
 * The meeting as the decision's line cites it.
 * @throws {ProblemError} MEETING_CONTRADICTED where the meeting found otherwise or put the case off
 */
export function citedBy(decided: Outcome, { outcome, ...cited }: CitableMeeting): CitedMeeting {
  if (SUPPORTS[decided].includes(outcome)) return cited;
  const found = `${outcome} ${MEETING_OUTCOME_LABELS[outcome]}`;
  throw problem('MEETING_CONTRADICTED', `${cited.number} found ${found} on this case: ${decided} contradicts it.`, {
    article: ARTICLES.collectiveDecision,
    field: 'meeting',
  });
}
