/** 听证: interested parties told and heard, hearings held, papers kept apart from the log. */
export { hearingHandlers, hearingViews } from './handlers.ts';
