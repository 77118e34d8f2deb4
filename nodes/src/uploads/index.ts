/** 上传: files that come in pieces and wait until an application names them. */
export { HandedIn } from './handed-in.ts';
export { uploadHandlers } from './handlers.ts';
export { removeExpired } from './upload-store.ts';
