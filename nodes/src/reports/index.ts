/** 转报 at a node: the outside organ's document, and word that it is late. */
export { reportHandlers } from './handlers.ts';
export { tellLateReports } from './late.ts';
