/** 进驻: what is handled at the centre, registered fees, published lists. */
export type { ChangeFeeInput, ExemptItemInput } from './inputs.ts';
export { publishedList } from './published-lists.ts';
export {
  admissionState,
  dueForAdmission,
  feesOn,
  requireExemption,
  requireFeeChange,
  requireHandled,
} from './rules.ts';
export type { AdmissionEntry, Exemption, FeeChange } from './rules.ts';
