import type { Day } from '../../kernel/calendar.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { view } from '../../operation/operation.ts';
import type { AgendaItem, Meeting, MeetingTask } from './meeting.ts';
import type { MeetingKind, MeetingOutcome, MeetingState } from './words.ts';

/** 会议 for display. */
export interface MeetingView extends Omit<Meeting, 'agenda' | 'tasks'> {
  division: DivisionCode;
  agenda: AgendaItemView[];
  tasks: MeetingTaskView[];
}

/** 议题 for display. */
export interface AgendaItemView extends AgendaItem {
  division: DivisionCode;
}

/** 会议任务 for display. */
export interface MeetingTaskView extends MeetingTask {
  division: DivisionCode;
  overdue: boolean;
}

/** 缓议: a case that a meeting put off and that stands on no later agenda. */
export interface DeferredItemView extends AgendaItem {
  /** The meeting that put it off. */
  meeting: string;
  minutes: string;
  day: Day;
  division: DivisionCode;
}

/** A meeting whose agenda a case stands on, without its texts. */
export interface CaseMeetingView {
  id: string;
  kind: MeetingKind;
  day: Day;
  state: MeetingState;
  /** Number of its minutes; null until it is closed. */
  number: string | null;
  /** Null until it is recorded. */
  outcome: MeetingOutcome | null;
}

/** A meeting as its desk shows it on a day. */
export function meetingView(meeting: Meeting, division: DivisionCode, today: Day): MeetingView {
  return {
    ...meeting,
    division,
    agenda: meeting.agenda.map((item) => ({ ...item, division })),
    tasks: meeting.tasks.map((task) => taskView(task, division, today)),
  };
}

/** A task as its desk shows it on a day. */
export function taskView(task: MeetingTask, division: DivisionCode, today: Day): MeetingTaskView {
  return { ...task, division, overdue: task.done === null && task.due < today };
}

/** The meetings of cases, for the field of a case. */
export interface MeetingLookup {
  /** Null for those who don't see the desk's meetings: other desks, agents, applicants. */
  ofCase(viewer: Viewer | null, id: string): Promise<CaseMeetingView[] | null>;
}

export const MeetingAnswer = view<MeetingView>('Meeting');
export const MeetingTaskAnswer = view<MeetingTaskView>('MeetingTask', { type: 'MeetingTaskPayload', field: 'task' });
export const DeferredItem = view<DeferredItemView>('DeferredItem');
