/** 进驻: what is handled at the centre, registered fees, published lists. */
export { admission } from './operations.ts';
export type { ChangeFeeInput, ExemptItemInput } from './operations.ts';
export { publishedList } from './published-lists.ts';
export type { ListEntry } from './published-lists.ts';
export {
  admissionState,
  dueForAdmission,
  feesOn,
  requireExemption,
  requireFeeChange,
  requireHandled,
} from './rules.ts';
export type { AdmissionEntry, Exemption, FeeChange } from './rules.ts';
export type { AdmissionView } from './views.ts';
