/** 会议 at a node: its meetings with agenda, attendance, outcomes, minutes and tasks. */
export { tellDueTasks } from './due-tasks.ts';
export { meetingHandlers } from './handlers.ts';
export { meetingLookup } from './lookup.ts';
export { getCitable } from './meeting-store.ts';
