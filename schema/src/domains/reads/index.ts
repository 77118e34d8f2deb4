/** 查阅记录: who read personal data, and why. */
export { reads } from './operations.ts';
export { requirePurpose } from './rules.ts';
export type { PersonalDataRead, PersonalDataReadView, ReadsLog } from './views.ts';
