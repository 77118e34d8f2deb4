/** 联办: parties here and at other nodes, opinions, one visit, corrections, objections. */
export { jointHandlers } from './handlers.ts';
export { getShownMaterial } from './request-desk.ts';
export { jointOf } from './joint-view.ts';
export { lapseSilentParties } from './lapse.ts';
export { OpinionReceiver } from './opinion-receiver.ts';
export { removeShown } from './shown-materials.ts';
export { findQuestionAsked } from './request-store.ts';
export { askAgain, requestLogs, tellParties } from './party-messages.ts';
