import { vocabulary } from '../../kernel/vocabulary.ts';

// Words for powers a node grants to another.

/** 授权环节: stages for which a node may be given the power. */
export const GRANT_STAGES = ['ACCEPT', 'REVIEW', 'DECIDE'] as const;
export type GrantStage = (typeof GRANT_STAGES)[number];
export const GRANT_STAGE_LABELS: Record<GrantStage, string> = { ACCEPT: '受理', REVIEW: '审查', DECIDE: '决定' };

/** 授权方式: lent powers act in the grantor's name, conferred ones in the grantee's own. */
export const GRANT_MODES = ['ENTRUSTED', 'CONFERRED'] as const;
export type GrantMode = (typeof GRANT_MODES)[number];
export const GRANT_MODE_LABELS: Record<GrantMode, string> = { ENTRUSTED: '委托', CONFERRED: '授权(下放)' };

/** 授权状态. */
export const GRANT_STATES = [
  'OFFERED',
  'DECLINED',
  'NOT_YET',
  'IN_EFFECT',
  'EXPIRED',
  'REVOKED',
  'HANDED_BACK',
  'INVALID',
] as const;
export type GrantState = (typeof GRANT_STATES)[number];
export const GRANT_STATE_LABELS: Record<GrantState, string> = {
  OFFERED: '待接受',
  DECLINED: '谢绝',
  NOT_YET: '未到生效日',
  IN_EFFECT: '生效',
  EXPIRED: '到期',
  REVOKED: '撤销',
  HANDED_BACK: '交回',
  INVALID: '无效',
};
export const GRANT_STATE = vocabulary('GrantState', '授权状态', GRANT_STATE_LABELS);
export const GRANT_MODE = vocabulary('GrantMode', '授权方式', GRANT_MODE_LABELS);
export const GRANT_STAGE = vocabulary('GrantStage', '授权环节', GRANT_STAGE_LABELS);
