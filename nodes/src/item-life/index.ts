/** 事项动态管理: drafts of items at the city, their review, publication, suspension and end. */
export { itemLifeHandlers } from './handlers.ts';
export { attachFolder } from './attach-folder.ts';
