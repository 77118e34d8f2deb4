import { vocabulary } from '../kernel/vocabulary.ts';

// Words for one application, from filing to closing and rating.

/** 办件状态, folded from the case's log. */
export const CASE_STATES = [
  'DRAFT',
  'PRECHECKED',
  'FILED',
  'AWAITING_SUPPLEMENT',
  'ACCEPTED',
  'REVIEWED',
  'GRANTED',
  'REFUSED',
  'ANSWERED',
  'REPORTED',
  'REPORT_DECIDED',
  'DELIVERED',
  'CLOSED',
  'NOT_ACCEPTED',
  'WITHDRAWN',
  'TERMINATED',
  'VOIDED',
] as const;
export type CaseState = (typeof CASE_STATES)[number];
export const CASE_STATE_LABELS: Record<CaseState, string> = {
  DRAFT: '预审草稿',
  PRECHECKED: '已预审',
  FILED: '已收件',
  AWAITING_SUPPLEMENT: '待补正',
  ACCEPTED: '已受理',
  REVIEWED: '已审查',
  GRANTED: '准予',
  REFUSED: '不予许可',
  ANSWERED: '已答复',
  REPORTED: '已转报',
  REPORT_DECIDED: '转报已有结果',
  DELIVERED: '已送达',
  CLOSED: '办结归档',
  NOT_ACCEPTED: '不予受理',
  WITHDRAWN: '撤回',
  TERMINATED: '终止办理',
  VOIDED: '作废',
};
export const CASE_STATE = vocabulary('CaseState', '办件状态', CASE_STATE_LABELS);

/** States that end a case (办结): nothing follows but its rating. */
export const CLOSED_STATES = [
  'CLOSED',
  'NOT_ACCEPTED',
  'WITHDRAWN',
  'TERMINATED',
  'VOIDED',
] as const satisfies CaseState[];
export type ClosedState = (typeof CLOSED_STATES)[number];
export function isClosed(state: CaseState): state is ClosedState {
  return (CLOSED_STATES as readonly CaseState[]).includes(state);
}

/** States in which a filed case waits for its decision. */
export const UNDECIDED_STATES = ['FILED', 'AWAITING_SUPPLEMENT', 'ACCEPTED', 'REVIEWED'] as const satisfies CaseState[];
/** Also of a case that an organ outside has before it. */
export function isUndecided(state: CaseState): boolean {
  return ([...UNFILED_STATES, ...UNDECIDED_STATES, 'REPORTED'] as readonly CaseState[]).includes(state);
}

/** States in which the result is there and not delivered yet: decided, answered, or decided by an organ outside. */
export const CONCLUDED_STATES = ['GRANTED', 'REFUSED', 'ANSWERED', 'REPORT_DECIDED'] as const satisfies CaseState[];
export function isConcluded(state: CaseState): boolean {
  return (CONCLUDED_STATES as readonly CaseState[]).includes(state);
}

/** States before filing: no clock runs and no figure counts the case. */
export const UNFILED_STATES = ['DRAFT', 'PRECHECKED'] as const satisfies CaseState[];
export function isDraft(state: CaseState): boolean {
  return (UNFILED_STATES as readonly CaseState[]).includes(state);
}

/**
 * 特别程序: procedures whose time the law excludes from the limit (Art. 45), and two that only an item's own basis may
 * exclude.
 */
export const SPECIAL_PROCEDURES = [
  'HEARING',
  'TENDER',
  'AUCTION',
  'INSPECTION',
  'TESTING',
  'QUARANTINE',
  'APPRAISAL',
  'EXPERT_REVIEW',
  'SITE_SURVEY',
  'PUBLIC_NOTICE',
] as const;
export type SpecialProcedure = (typeof SPECIAL_PROCEDURES)[number];
export const SPECIAL_PROCEDURE_LABELS: Record<SpecialProcedure, string> = {
  HEARING: '听证',
  TENDER: '招标',
  AUCTION: '拍卖',
  INSPECTION: '检验',
  TESTING: '检测',
  QUARANTINE: '检疫',
  APPRAISAL: '鉴定',
  EXPERT_REVIEW: '专家评审',
  SITE_SURVEY: '现场勘验',
  PUBLIC_NOTICE: '公示公告',
};
export const SPECIAL_PROCEDURE = vocabulary('SpecialProcedure', '特别程序', SPECIAL_PROCEDURE_LABELS);

/** 送达方式. */
export const DELIVERY_WAYS = ['WINDOW', 'MAIL', 'ONLINE', 'AGENT'] as const;
export type DeliveryWay = (typeof DELIVERY_WAYS)[number];
export const DELIVERY_WAY_LABELS: Record<DeliveryWay, string> = {
  WINDOW: '窗口领取',
  MAIL: '邮寄送达',
  ONLINE: '网上送达',
  AGENT: '代办员送达',
};
export const DELIVERY_WAY = vocabulary('DeliveryWay', '送达方式', DELIVERY_WAY_LABELS);

/** 评价人: the applicant alone, or a desk that wrote the applicant's grade down. */
export const RATERS = ['APPLICANT', 'DESK'] as const;
export type Rater = (typeof RATERS)[number];
export const RATER = vocabulary('Rater', '评价人', {
  APPLICANT: '申请人自评',
  DESK: '窗口代录',
} satisfies Record<Rater, string>);

/** 办结结果 of a closed case. */
export const CASE_RESULTS = [
  'ISSUED',
  'REFUSED',
  'ANSWERED',
  'FORWARDED_CLOSED',
  'NOT_ACCEPTED',
  'WITHDRAWN',
  'TERMINATED',
  'VOIDED',
] as const;
export type CaseResult = (typeof CASE_RESULTS)[number];
export const CASE_RESULT_LABELS: Record<CaseResult, string> = {
  ISSUED: '出证办结',
  REFUSED: '不予许可',
  ANSWERED: '答复办结',
  FORWARDED_CLOSED: '转报办结',
  NOT_ACCEPTED: '不予受理',
  WITHDRAWN: '退件',
  TERMINATED: '终止',
  VOIDED: '作废',
};
export const CASE_RESULT = vocabulary('CaseResult', '办结结果', CASE_RESULT_LABELS);

/** 好差评: five grades, 5 the best. */
export const RATING_LABELS: Readonly<Record<1 | 2 | 3 | 4 | 5, string>> = {
  1: '非常不满意',
  2: '不满意',
  3: '基本满意',
  4: '满意',
  5: '非常满意',
};
export type Grade = keyof typeof RATING_LABELS;

/** 决定 of the deciding node. */
export const OUTCOMES = ['GRANTED', 'REFUSED'] as const satisfies CaseState[];
export type Outcome = (typeof OUTCOMES)[number];
export const OUTCOME_LABELS: Record<Outcome, string> = { GRANTED: '准予', REFUSED: '不予' };

/** 审查意见. */
export const OPINIONS = ['APPROVE', 'REJECT'] as const;
export type Opinion = (typeof OPINIONS)[number];
export const OPINION_LABELS: Record<Opinion, string> = { APPROVE: '拟同意', REJECT: '拟不同意' };

/** 办件排序. */
export const CASE_ORDERS = ['NEWEST', 'REMAINING_DAYS'] as const;
export type CaseOrder = (typeof CASE_ORDERS)[number];
export const CASE_ORDER_LABELS: Record<CaseOrder, string> = {
  NEWEST: '最新收件在前',
  REMAINING_DAYS: '剩余时限短在前',
};
export const CASE_ORDER = vocabulary('CaseOrder', '办件排序', CASE_ORDER_LABELS);
export const OPINION = vocabulary('Opinion', '审查意见', OPINION_LABELS);
export const OUTCOME = vocabulary('Outcome', '决定结果', OUTCOME_LABELS);

/** Events a case waits for at its desk (待办事由). */
export const CASE_WAITS = ['SUPPLEMENT', 'DELIVERY'] as const;
export type CaseWait = (typeof CASE_WAITS)[number];
export const CASE_WAIT_LABELS: Record<CaseWait, string> = { SUPPLEMENT: '待补正', DELIVERY: '待送达' };

/** 证件类型 of an applicant. */
export const ID_TYPES = ['RESIDENT_ID', 'SOCIAL_CREDIT_CODE'] as const;
export type IdType = (typeof ID_TYPES)[number];
export const ID_TYPE_LABELS: Record<IdType, string> = {
  RESIDENT_ID: '居民身份证',
  SOCIAL_CREDIT_CODE: '统一社会信用代码',
};
export const ID_TYPE = vocabulary('IdType', '证件类型', ID_TYPE_LABELS);
export const CASE_WAIT = vocabulary('CaseWait', '待办事由', CASE_WAIT_LABELS);

/** 一件事成员事项状态: due once all ahead of it succeeded, blocked once one of them failed. */
export const BUNDLE_MEMBER_STATUSES = ['WAITING', 'DUE', 'UNDER_WAY', 'SUCCEEDED', 'FAILED', 'BLOCKED'] as const;
export type BundleMemberStatus = (typeof BUNDLE_MEMBER_STATUSES)[number];
export const BUNDLE_MEMBER_STATUS_LABELS: Record<BundleMemberStatus, string> = {
  WAITING: '等待前置事项',
  DUE: '待提交',
  UNDER_WAY: '办理中',
  SUCCEEDED: '已办成',
  FAILED: '未办成',
  BLOCKED: '前置事项未办成',
};
export const BUNDLE_MEMBER_STATUS = vocabulary('BundleMemberStatus', '一件事成员事项状态', BUNDLE_MEMBER_STATUS_LABELS);

/** 一件事进度. */
export const BUNDLE_STATES = ['UNDER_WAY', 'DELIVERY_DUE', 'DELIVERED', 'FAILED'] as const;
export type BundleState = (typeof BUNDLE_STATES)[number];
export const BUNDLE_STATE_LABELS: Record<BundleState, string> = {
  UNDER_WAY: '办理中',
  DELIVERY_DUE: '待统一出件',
  DELIVERED: '已统一出件',
  FAILED: '全部未办成',
};
export const BUNDLE_STATE = vocabulary('BundleState', '一件事进度', BUNDLE_STATE_LABELS);

/** 首问责任: open, its case ended and the report due, or reported back. */
export const ENQUIRY_STATES = ['WAITING', 'OPEN', 'REPORTED'] as const;
export type EnquiryState = (typeof ENQUIRY_STATES)[number];
export const ENQUIRY_STATE_LABELS: Record<EnquiryState, string> = {
  WAITING: '待反馈',
  OPEN: '未了结',
  REPORTED: '已反馈',
};
export const ENQUIRY_STATE = vocabulary('EnquiryState', '首问责任', ENQUIRY_STATE_LABELS);

/** 加快办理: limits of a case's own, shorter than the promise. */
export const EXPEDITED_WAYS = ['GREEN_CHANNEL', 'URGENT'] as const;
export type ExpeditedWay = (typeof EXPEDITED_WAYS)[number];
export const EXPEDITED_WAY_LABELS: Record<ExpeditedWay, string> = { GREEN_CHANNEL: '绿色通道', URGENT: '特急件' };
export const EXPEDITED_WAY = vocabulary('ExpeditedWay', '加快办理', EXPEDITED_WAY_LABELS);
