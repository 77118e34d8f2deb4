/** 查阅记录: who read personal data, and why. */
export type { PersonalDataRead, PersonalDataReadView, ReadsService } from './services.ts';
