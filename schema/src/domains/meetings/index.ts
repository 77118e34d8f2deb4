/** 会议: approval meetings and joint reviews, their agenda of cases, attendance, outcomes, minutes and tasks. */
export { citedBy } from './citation.ts';
export type { CitableMeeting } from './citation.ts';
export type { AgendaItem, ItemResult, Meeting, MeetingTask, Minutes, Seat } from './meeting.ts';
export { minutesNumber, minutesText } from './minutes.ts';
export { meetings } from './operations.ts';
export {
  attended,
  cancelled,
  departmentSeen,
  isMeetingReader,
  openItem,
  planned,
  putOn,
  requireClosable,
  requireMeetingReader,
  requireOfMeeting,
  requireOwnAgenda,
  resolved,
  seesMeeting,
} from './rules.ts';
export { finishedTask, givenTask } from './tasks.ts';
export { meetingView, taskView } from './views.ts';
export type { CaseMeetingView, DeferredItemView, MeetingLookup, MeetingTaskView, MeetingView } from './views.ts';
export type { MeetingKind, MeetingOutcome, MeetingState } from './words.ts';
