export { officesService } from './offices-service.ts';
export { findOffices } from './offices-store.ts';
