import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { problem } from '../../kernel/errors.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { Handler } from '../caseload/rules.ts';
import { isHandler } from '../caseload/rules.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';
import type { Meeting, MeetingTask } from './meeting.ts';
import { requireOfMeeting, requirePlanned } from './rules.ts';

const article = ARTICLES.meetings;
/** Most tasks of one meeting. */
export const MOST_TASKS = 100;

export interface TaskAsked {
  text: string;
  person: Handler | null;
  department: string | null;
  due: Day;
}

/**
 * Gives a task, before the meeting is closed: the minutes list it.
 * @param id random UUID
 * @throws {ProblemError} ILLEGAL_STEP; BAD_INPUT unless one person or one department has it, by a day from the meeting on
 */
export function givenTask(meeting: Meeting, asked: TaskAsked, by: Viewer, now: Date, id: string): MeetingTask {
  requirePlanned(meeting);
  const { text, person, department, due } = asked;
  if ((person === null) === (department === null)) throw badInput('person', 'Name the person or the department.');
  if (due < meeting.day) throw badInput('due', `${due} lies before the meeting of ${meeting.day}.`);
  if (meeting.tasks.length >= MOST_TASKS) throw badInput('text', `A meeting gives at most ${MOST_TASKS} tasks.`);
  requireNoPersonalData(text, 'text');
  return { id, meeting: meeting.id, text, person, department, due, givenAt: now, givenBy: by.name, done: null };
}

/**
 * Finishes a task, by the one who has it, a person of the department that has it, or a person of the meeting; also after
 * the meeting was closed, whose minutes list the task and not its end.
 * @throws {ProblemError} ILLEGAL_STEP for a task that is done or whose meeting was cancelled; WRONG_DEPARTMENT, BAD_INPUT
 */
export function finishedTask(
  meeting: Meeting,
  task: MeetingTask,
  by: Viewer,
  result: string | null,
  now: Date,
): MeetingTask {
  const { person, department } = task;
  const own = person === null ? department === by.department : isHandler(person, by);
  if (!own) requireOfMeeting(by, meeting);
  if (task.done) throw problem('ILLEGAL_STEP', 'The task was finished before.', { article, field: 'task' });
  if (meeting.state === 'CANCELLED') throw problem('ILLEGAL_STEP', 'Its meeting was cancelled.', { article });
  if (result !== null) requireNoPersonalData(result, 'result');
  return { ...task, done: { at: now, by: by.name, result } };
}

const badInput = (field: string, why: string) => problem('BAD_INPUT', why, { article, field });
