import type { Vocabulary } from '../../kernel/vocabulary.ts';

/** What cases of an applicant are found by. */
export type ApplicantKey = 'ID_NUMBER' | 'PHONE' | 'NAME';
export const APPLICANT_KEY: Vocabulary<ApplicantKey> = {
  name: 'ApplicantKey',
  zh: '查找依据',
  labels: { ID_NUMBER: '证件号码', PHONE: '联系电话', NAME: '姓名或名称' },
};
