/** 运维: the health of this node and its host, its queues and feeds, parked messages and keys, for operators. */
export { operatorHandlers } from './handlers.ts';
