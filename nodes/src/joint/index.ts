/** 联办: parties here and at other nodes, opinions, one visit, corrections, objections. */
export { jointService, lapseSilentParties } from './joint-service.ts';
export { OpinionReceiver } from './opinion-receiver.ts';
export { removeShown } from './shown-materials.ts';
export { askAgain, requestLogs, tellParties } from './party-messages.ts';
