/** 常用列表: lists of cases as people of the desk arranged them. */
export { savedListHandlers } from './handlers.ts';
