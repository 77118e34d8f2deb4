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
