import type { Vocabulary } from '../../kernel/vocabulary.ts';

/** A column of a list of cases. */
export type CaseColumn =
  | 'NUMBER'
  | 'ITEM'
  | 'APPLICANT'
  | 'DEPARTMENT'
  | 'STATE'
  | 'CUSTODIAN'
  | 'HANDLER'
  | 'FILED_AT'
  | 'LATE'
  | 'DUE_AT'
  | 'URGENT'
  | 'CLOSED_AT'
  | 'RESULT';
export const CASE_COLUMN: Vocabulary<CaseColumn> = {
  name: 'CaseColumn',
  zh: '列表栏目',
  labels: {
    NUMBER: '办件编号',
    ITEM: '事项',
    APPLICANT: '申请人',
    DEPARTMENT: '主管部门',
    STATE: '办理状态',
    CUSTODIAN: '承办单位',
    HANDLER: '承办人',
    FILED_AT: '收件时间',
    LATE: '补录',
    DUE_AT: '到期时间',
    URGENT: '特急',
    CLOSED_AT: '办结时间',
    RESULT: '办结结果',
  },
};
