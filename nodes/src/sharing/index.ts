/** 数据共享: offers, registers, requests proved by their case, answers, both logs. */
export { DataReceiver } from './data-receiver.ts';
export { sharingHandlers } from './handlers.ts';
export { keepOffers } from './offer-store.ts';
export { importRegisters } from './register-import.ts';
export { carriedAnswers, suppliedMaterials } from './request-store.ts';
export { findRecordFaults } from './stored-faults.ts';
export type { RecordFault } from './stored-faults.ts';
