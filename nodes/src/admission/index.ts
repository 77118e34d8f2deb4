/** 进驻: the items handled at the centre, fees and their changes, published lists. */
export { admissionHandlers } from './handlers.ts';
