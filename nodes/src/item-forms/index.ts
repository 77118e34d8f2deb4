/** 表格下载: blank forms and samples that items name, kept by every node and passed on from level to level. */
export { FormCarrier } from './form-carrier.ts';
export { findArrived, getFormPart, readFormPart, removeUnnamed, storeForm } from './form-store.ts';
export { checkedForm } from './checked-form.ts';
export type { GivenForm } from './checked-form.ts';
