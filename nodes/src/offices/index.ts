export { officeHandlers } from './handlers.ts';
export { findOffices } from './offices-store.ts';
