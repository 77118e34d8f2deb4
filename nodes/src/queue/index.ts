/** 排队叫号: the numbers of today, called at the windows, and the board of the hall. */
export { queueHandlers } from './handlers.ts';
