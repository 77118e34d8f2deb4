import { vocabulary } from '../../kernel/vocabulary.ts';

// 代办: words for agents who act for applicants.

/** How an applicant's consent to proxy handling was given (委托方式). */
export const CONSENT_WAYS = ['SIGNATURE', 'FINGERPRINT', 'RECORDED_VOICE', 'ONLINE'] as const;
export type ConsentWay = (typeof CONSENT_WAYS)[number];
export const CONSENT_WAY_LABELS: Record<ConsentWay, string> = {
  SIGNATURE: '签字',
  FINGERPRINT: '按手印',
  RECORDED_VOICE: '录音',
  ONLINE: '线上确认',
};
export const CONSENT_WAY = vocabulary('ConsentWay', '委托方式', CONSENT_WAY_LABELS);

/** 联系对象: whom an agent contacted about a case. */
export const CONTACT_PARTIES = ['APPLICANT', 'DESK'] as const;
export type ContactParty = (typeof CONTACT_PARTIES)[number];
export const CONTACT_PARTY_LABELS: Record<ContactParty, string> = {
  APPLICANT: '申请人',
  DESK: '承办单位',
};
export const CONTACT_PARTY = vocabulary('ContactParty', '联系对象', CONTACT_PARTY_LABELS);

/** 联系方式. */
export const CONTACT_WAYS = ['VISIT', 'AT_DESK', 'PHONE', 'ONLINE'] as const;
export type ContactWay = (typeof CONTACT_WAYS)[number];
export const CONTACT_WAY_LABELS: Record<ContactWay, string> = {
  VISIT: '上门',
  AT_DESK: '到窗口',
  PHONE: '电话',
  ONLINE: '线上',
};
export const CONTACT_WAY = vocabulary('ContactWay', '联系方式', CONTACT_WAY_LABELS);

/** 代办交接: reasons for a change of agent. */
export const AGENT_CHANGE_REASONS = ['ABSENCE', 'RETURN'] as const;
export type AgentChangeReason = (typeof AGENT_CHANGE_REASONS)[number];
export const AGENT_CHANGE_REASON = vocabulary('AgentChangeReason', '代办交接事由', {
  ABSENCE: '代办员请假',
  RETURN: '代办员销假',
} satisfies Record<AgentChangeReason, string>);

/** 待代办事项: tasks that wait for the agent of a case. */
export const AGENT_WAIT_KINDS = [
  'FILE_DRAFT',
  'FORWARD',
  'BRING_SUPPLEMENT',
  'MAKE_CORRECTION',
  'PAY_FEE',
  'DELIVER',
  'CLOSE',
  'RENEW_CONSENT',
  'REPORT_RESULT',
] as const;
export type AgentWaitKind = (typeof AGENT_WAIT_KINDS)[number];
export const AGENT_WAIT_LABELS: Record<AgentWaitKind, string> = {
  FILE_DRAFT: '待提交',
  FORWARD: '待上报',
  BRING_SUPPLEMENT: '待补正',
  MAKE_CORRECTION: '待整改',
  PAY_FEE: '待缴费',
  DELIVER: '待送达',
  CLOSE: '待归档',
  RENEW_CONSENT: '委托将到期',
  REPORT_RESULT: '首问结果待反馈',
};
export const AGENT_WAIT = vocabulary('AgentWaitKind', '待代办事项', AGENT_WAIT_LABELS);
