import { vocabulary } from '../../kernel/vocabulary.ts';

/** 申请人信息: numbers of an application that are masked unless they are asked for. */
export const APPLICATION_NUMBERS = ['ID_NUMBER', 'PHONE', 'FORM_ENTRY'] as const;
export type ApplicationNumber = (typeof APPLICATION_NUMBERS)[number];
export const APPLICATION_NUMBER = vocabulary('ApplicationNumber', '申请人信息', {
  ID_NUMBER: '证件号码',
  PHONE: '联系电话',
  FORM_ENTRY: '表单内容',
} satisfies Record<ApplicationNumber, string>);
