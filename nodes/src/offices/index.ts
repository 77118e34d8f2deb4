/** 窗口、印章: windows and their authorizations, seals, bureaus that hold several departments' powers. */
export { officeHandlers } from './handlers.ts';
export { findOffices } from './offices-store.ts';
