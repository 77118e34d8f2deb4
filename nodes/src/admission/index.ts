/** 进驻: what is handled at the centre, fees and their changes, published lists. */
export { admissionHandlers } from './handlers.ts';
