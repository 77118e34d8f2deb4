import { endOfDay } from '../../kernel/calendar.ts';
import type { Meeting, MeetingTask } from '../meetings/meeting.ts';
import type { Recipient, SignalDraft } from './rules.ts';
import type { SignalKind } from './words.ts';

type MeetingKindOfSignal = Extract<SignalKind, 'MEETING_CALLED' | 'MEETING_CANCELLED' | 'TASK_GIVEN' | 'TASK_DUE'>;

/**
 * The signals of a meeting to all who are invited.
 * @param by subject of the person who planned or cancelled it
 */
export function meetingSignals(
  meeting: Meeting,
  kind: 'MEETING_CALLED' | 'MEETING_CANCELLED',
  by: string,
  at: Date,
): SignalDraft[] {
  return meeting.seats.flatMap(({ person, department }) =>
    draft(meeting.id, kind, recipient(person, department), by, at, null),
  );
}

/** The signal of a task to who has it. @param by subject of the person who gave it */
export function taskSignals({ meeting, person, department, givenAt }: MeetingTask, by: string): SignalDraft[] {
  return draft(meeting, 'TASK_GIVEN', recipient(person, department), by, givenAt, null);
}

/** The signal that a task is due. */
export function taskDueSignals({ meeting, person, department, due }: MeetingTask, now: Date): SignalDraft[] {
  return draft(meeting, 'TASK_DUE', recipient(person, department), null, now, endOfDay(due));
}

function recipient(person: { sub: string; issuer: string } | null, department: string | null): Recipient {
  return person === null ? { sub: null, department } : { sub: person.sub, issuer: person.issuer };
}

function draft(
  meeting: string,
  kind: MeetingKindOfSignal,
  to: Recipient,
  by: string | null,
  at: Date,
  dueAt: Date | null,
): SignalDraft[] {
  if (to.sub !== null && to.sub === by) return [];
  return [{ kind, at, caseId: null, number: null, item: null, meeting, to, by, dueAt }];
}
