/** 窗口、印章: windows, what they are authorized for, seals, bureaus that hold several departments' powers. */
export { officeHandlers } from './handlers.ts';
export { findOffices } from './offices-store.ts';
