import { vocabulary } from '../../kernel/vocabulary.ts';

// 项目: words for projects with cases of several tiers.

/** 项目阶段, in order: a project moves one phase at a time. */
export const PROJECT_PHASES = ['INITIATION', 'DECISION', 'APPROVAL', 'CONSTRUCTION'] as const;
export type ProjectPhase = (typeof PROJECT_PHASES)[number];
export const PROJECT_PHASE_LABELS: Record<ProjectPhase, string> = {
  INITIATION: '立项',
  DECISION: '决策',
  APPROVAL: '审批',
  CONSTRUCTION: '开工',
};
export const PROJECT_PHASE = vocabulary('ProjectPhase', '项目阶段', PROJECT_PHASE_LABELS);

/** 办件所待: what an approval waits for. */
export const APPROVAL_WAITS = [
  'FILING',
  'FORWARDING',
  'ARRIVAL',
  'ACCEPTANCE',
  'SUPPLEMENT',
  'PROCEDURE',
  'OPINIONS',
  'REVIEW',
  'DECISION',
  'DOCUMENT',
  'DELIVERY',
  'CLOSING',
] as const;
export type ApprovalWaitKind = (typeof APPROVAL_WAITS)[number];
export const APPROVAL_WAIT = vocabulary('ApprovalWaitKind', '办件所待', {
  FILING: '待提交',
  FORWARDING: '待上报',
  ARRIVAL: '在途',
  ACCEPTANCE: '待受理',
  SUPPLEMENT: '待补正',
  PROCEDURE: '特别程序中',
  OPINIONS: '待部门意见',
  REVIEW: '待审查',
  DECISION: '待决定',
  DOCUMENT: '待制发文书',
  DELIVERY: '待送达',
  CLOSING: '待办结',
} satisfies Record<ApprovalWaitKind, string>);

/** 项目日志: actions of a project's log. */
export const PROJECT_ACTIONS = [
  'REGISTERED',
  'AMENDED',
  'PHASE_REACHED',
  'KEY_FLAGGED',
  'KEY_UNFLAGGED',
  'DISPATCHED',
  'ORDERED',
  'ORDER_ANSWERED',
  'NOTICE_REFUSED',
  'CASE_LINKED',
  'CASE_LEFT',
  'SUCCEEDED',
  'ENDED',
] as const;
export type ProjectAction = (typeof PROJECT_ACTIONS)[number];
export const PROJECT_ACTION_LABELS: Record<ProjectAction, string> = {
  REGISTERED: '项目登记',
  AMENDED: '变更',
  PHASE_REACHED: '阶段推进',
  KEY_FLAGGED: '列为重点项目',
  KEY_UNFLAGGED: '移出重点项目',
  DISPATCHED: '派单',
  ORDERED: '交办',
  ORDER_ANSWERED: '交办答复',
  NOTICE_REFUSED: '告知被拒',
  CASE_LINKED: '关联办件',
  CASE_LEFT: '办件移出',
  SUCCEEDED: '撤并承接',
  ENDED: '项目终止',
};
