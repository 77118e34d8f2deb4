import { vocabulary } from './vocabulary.ts';

// Words for desks: tiers, posts, windows, the roster of agents.

/** 层级, highest first. */
export const TIERS = ['CITY', 'COUNTY', 'TOWNSHIP', 'VILLAGE'] as const;
export type Tier = (typeof TIERS)[number];
export const TIER_LABELS: Record<Tier, string> = { CITY: '市', COUNTY: '县', TOWNSHIP: '乡镇', VILLAGE: '村' };

/** Whether the first tier is above the second (a city above a village). */
export function isAbove(tier: Tier, other: Tier): boolean {
  return TIERS.indexOf(tier) < TIERS.indexOf(other);
}

/** A node's custody of a case (承办权): it holds the case, has it under way to another node, or only knows of it. */
export const CUSTODIES = ['HELD', 'IN_TRANSIT', 'ELSEWHERE'] as const;
export type Custody = (typeof CUSTODIES)[number];
export const CUSTODY_LABELS: Record<Custody, string> = {
  HELD: '本级承办',
  IN_TRANSIT: '流转中',
  ELSEWHERE: '他级承办',
};
export const CUSTODY = vocabulary('Custody', '承办权', CUSTODY_LABELS);
export const TIER = vocabulary('Tier', '层级', TIER_LABELS);

/** 岗位. */
export const ROLES = [
  'AGENT',
  'CLERK',
  'CHIEF',
  'DEPUTY_HEAD',
  'HEAD',
  'CATALOGUER',
  'REVIEWER',
  'SUPERVISOR',
  'CASHIER',
  'OPERATOR',
  'TERMINAL',
  'ADMINISTRATOR',
] as const;
export type Role = (typeof ROLES)[number];
export const ROLE_LABELS: Record<Role, string> = {
  AGENT: '代办员',
  CLERK: '窗口人员',
  CHIEF: '首席代表',
  DEPUTY_HEAD: '分管领导',
  HEAD: '机关负责人',
  CATALOGUER: '事项管理员',
  REVIEWER: '事项审核员',
  SUPERVISOR: '监督员',
  CASHIER: '收费员',
  OPERATOR: '运维人员',
  TERMINAL: '自助终端',
  ADMINISTRATOR: '账号管理员',
};
export const ROLE = vocabulary('Role', '岗位', ROLE_LABELS);

/** 窗口办理环节: stages a department authorizes its windows to do, in the order of a case. */
export const WINDOW_STAGES = ['ACCEPT', 'REVIEW', 'DECIDE', 'DELIVER'] as const;
export type WindowStage = (typeof WINDOW_STAGES)[number];
export const WINDOW_STAGE_LABELS: Record<WindowStage, string> = {
  ACCEPT: '受理',
  REVIEW: '审查',
  DECIDE: '决定',
  DELIVER: '送达',
};
export const WINDOW_STAGE = vocabulary('WindowStage', '窗口办理环节', WINDOW_STAGE_LABELS);

/** 用工性质 of an agent: staff, or a helper under a contract, with limits. */
export const EMPLOYMENTS = ['STAFF', 'CONTRACTED'] as const;
export type Employment = (typeof EMPLOYMENTS)[number];
export const EMPLOYMENT_LABELS: Record<Employment, string> = { STAFF: '在编在岗', CONTRACTED: '聘用(编外)' };

/** Gaps in a place's roster of agents. */
export const ROSTER_GAPS = ['NO_AGENT', 'NO_STAND_IN', 'TRAINING_LAPSED'] as const;
export type RosterGap = (typeof ROSTER_GAPS)[number];
export const ROSTER_GAP_LABELS: Record<RosterGap, string> = {
  NO_AGENT: '无代办员',
  NO_STAND_IN: '无B角',
  TRAINING_LAPSED: '培训未做或过期',
};
export const ROSTER_GAP = vocabulary('RosterGap', '名册缺口', ROSTER_GAP_LABELS);
export const EMPLOYMENT = vocabulary('Employment', '用工性质', EMPLOYMENT_LABELS);

/** What happened to an absent agent's case. */
export const PASSED_ON = ['STAND_IN', 'TEAM', 'TAKEN_OVER', 'LEFT'] as const;
export type PassedOn = (typeof PASSED_ON)[number];
export const PASSED_ON_LABELS: Record<PassedOn, string> = {
  STAND_IN: 'B角接办',
  TEAM: '帮办队伍跟办',
  TAKEN_OVER: '移交乡镇帮办',
  LEFT: '留本窗口办理',
};
export const PASSED_ON_WORD = vocabulary('PassedOn', '交接去向', PASSED_ON_LABELS);

/** 岗位变动: changes recorded in the register of a desk's posts. */
export const POST_CHANGES = [
  'AGENT_KEPT',
  'AGENT_ENDED',
  'TRAINED',
  'STAND_IN_NAMED',
  'STAND_IN_ENDED',
  'ABSENCE_REPORTED',
  'ABSENCE_ENDED',
  'ACCOUNT_OPENED',
  'CODE_RENEWED',
  'PASSWORD_CHOSEN',
  'POST_GIVEN',
  'POST_ENDED',
  'ACCOUNT_ENDED',
  'STEWARD_NAMED',
  'STEWARD_CHANGED',
  'STEWARD_ENDED',
] as const;
export type PostChange = (typeof POST_CHANGES)[number];
export const POST_CHANGE_LABELS: Record<PostChange, string> = {
  AGENT_KEPT: '代办员登记',
  AGENT_ENDED: '代办员退出',
  TRAINED: '培训登记',
  STAND_IN_NAMED: '指定B角',
  STAND_IN_ENDED: 'B角终止',
  ABSENCE_REPORTED: '请假离岗',
  ABSENCE_ENDED: '销假返岗',
  ACCOUNT_OPENED: '开通账号',
  CODE_RENEWED: '重置密码',
  PASSWORD_CHOSEN: '设定密码',
  POST_GIVEN: '任岗',
  POST_ENDED: '免岗',
  ACCOUNT_ENDED: '停用账号',
  STEWARD_NAMED: '指定企业管家',
  STEWARD_CHANGED: '更换企业管家',
  STEWARD_ENDED: '终止管家服务',
};
export const POST_CHANGE = vocabulary('PostChangeKind', '岗位变动', POST_CHANGE_LABELS);
