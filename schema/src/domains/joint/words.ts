import { vocabulary } from '../../kernel/vocabulary.ts';

// 联合办理: words for departments asked together.

/** 征询方式: an opinion, where silence may count as consent, or a statutory decision, where it never does. */
export const PARTY_ASKS = ['OPINION', 'STATUTORY'] as const;
export type PartyAsk = (typeof PARTY_ASKS)[number];
export const PARTY_ASK_LABELS: Record<PartyAsk, string> = { OPINION: '征求意见', STATUTORY: '法定审批' };

/** 部门意见 of a party to joint handling. */
export const PARTY_OPINIONS = ['AGREE', 'OBJECT'] as const;
export type PartyOpinion = (typeof PARTY_OPINIONS)[number];
export const PARTY_OPINION_LABELS: Record<PartyOpinion, string> = { AGREE: '同意', OBJECT: '有异议' };

/** The effect of silence past the deadline. */
export const LAPSE_EFFECTS = ['CONSENT', 'OVERDUE'] as const;
export type LapseEffect = (typeof LAPSE_EFFECTS)[number];
export const LAPSE_EFFECT_LABELS: Record<LapseEffect, string> = { CONSENT: '视为同意', OVERDUE: '逾期未答' };

/** 征询办理状态 at the asked desk: waiting, answered, lapsed with an effect, or withdrawn. */
export const REQUEST_STATES = ['WAITING', 'ANSWERED', 'LAPSED', 'WITHDRAWN', 'ENDED'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];
export const REQUEST_STATE_LABELS: Record<RequestState, string> = {
  WAITING: '待答复',
  ANSWERED: '已答复',
  LAPSED: '视为无异议',
  WITHDRAWN: '征询已撤回',
  ENDED: '无需答复',
};
export const REQUEST_STATE = vocabulary('RequestState', '征询办理状态', REQUEST_STATE_LABELS);
export const LAPSE_EFFECT = vocabulary('LapseEffect', '逾期未答复的后果', LAPSE_EFFECT_LABELS);
export const PARTY_OPINION = vocabulary('PartyOpinion', '部门意见', PARTY_OPINION_LABELS);
export const PARTY_ASK = vocabulary('PartyAsk', '征询方式', PARTY_ASK_LABELS);

/** 答复送达情况: signed and under way to the lead, accepted by it, or refused by it. */
export const ANSWER_STATES = ['SENT', 'TAKEN', 'REFUSED'] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];
export const ANSWER_STATE_LABELS: Record<AnswerState, string> = { SENT: '已发出', TAKEN: '已送达', REFUSED: '未采纳' };

/** 踏勘到场情况. */
export const ATTENDANCES = ['PRESENT', 'ABSENT', 'EXCUSED'] as const;
export type Attendance = (typeof ATTENDANCES)[number];
export const ATTENDANCE_LABELS: Record<Attendance, string> = { PRESENT: '到场', ABSENT: '缺席', EXCUSED: '请假' };

/** 异议处理结果: settled with the party, or upheld, so that the case can only be refused. */
export const OBJECTION_ENDS = ['SETTLED', 'UPHELD'] as const;
export type ObjectionEnd = (typeof OBJECTION_ENDS)[number];
export const OBJECTION_END_LABELS: Record<ObjectionEnd, string> = { SETTLED: '协调一致', UPHELD: '异议成立' };

/** 审批阶段 of a construction project. */
export const PROJECT_STAGES = ['LAND_PLANNING', 'CONSTRUCTION_PLANNING', 'CONSTRUCTION', 'COMPLETION'] as const;
export type ProjectStage = (typeof PROJECT_STAGES)[number];
export const PROJECT_STAGE_LABELS: Record<ProjectStage, string> = {
  LAND_PLANNING: '立项用地规划许可',
  CONSTRUCTION_PLANNING: '工程建设许可',
  CONSTRUCTION: '施工许可',
  COMPLETION: '竣工验收',
};
export const PROJECT_STAGE = vocabulary('ProjectStage', '审批阶段', PROJECT_STAGE_LABELS);
export const OBJECTION_END = vocabulary('ObjectionEnd', '异议处理结果', OBJECTION_END_LABELS);
export const ANSWER_STATE = vocabulary('AnswerState', '答复送达情况', ANSWER_STATE_LABELS);
export const ATTENDANCE = vocabulary('Attendance', '踏勘到场情况', ATTENDANCE_LABELS);
