import { vocabulary } from '../../kernel/vocabulary.ts';

/** 更正内容: parts of an application that can be corrected before it is accepted. */
export const APPLICATION_PARTS = ['APPLICANT', 'CONSENT', 'FORM', 'AMOUNT'] as const;
export type ApplicationPart = (typeof APPLICATION_PARTS)[number];
export const APPLICATION_PART = vocabulary('ApplicationPart', '更正内容', {
  APPLICANT: '申请人信息',
  CONSENT: '委托同意',
  FORM: '表单内容',
  AMOUNT: '申请金额',
} satisfies Record<ApplicationPart, string>);

/** 申请人信息: numbers of an application that are masked unless they are asked for. */
export const APPLICATION_NUMBERS = ['ID_NUMBER', 'PHONE', 'FORM_ENTRY'] as const;
export type ApplicationNumber = (typeof APPLICATION_NUMBERS)[number];
export const APPLICATION_NUMBER = vocabulary('ApplicationNumber', '申请人信息', {
  ID_NUMBER: '证件号码',
  PHONE: '联系电话',
  FORM_ENTRY: '表单内容',
} satisfies Record<ApplicationNumber, string>);
