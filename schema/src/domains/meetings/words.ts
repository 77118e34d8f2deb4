import { vocabulary } from '../../kernel/vocabulary.ts';

/** 会议种类. */
export const MEETING_KINDS = ['APPROVAL', 'JOINT_REVIEW', 'JOINT_CONFERENCE', 'WINDOW_HEADS'] as const;
export type MeetingKind = (typeof MEETING_KINDS)[number];
export const MEETING_KIND_LABELS: Record<MeetingKind, string> = {
  APPROVAL: '审批例会',
  JOINT_REVIEW: '联合会审',
  JOINT_CONFERENCE: '联席会议',
  WINDOW_HEADS: '窗口负责人例会',
};
export const MEETING_KIND = vocabulary('MeetingKind', '会议种类', MEETING_KIND_LABELS);

/** 会议状态. */
export const MEETING_STATES = ['PLANNED', 'HELD', 'CANCELLED'] as const;
export type MeetingState = (typeof MEETING_STATES)[number];
export const MEETING_STATE_LABELS: Record<MeetingState, string> = {
  PLANNED: '已安排',
  HELD: '已召开',
  CANCELLED: '已取消',
};
export const MEETING_STATE = vocabulary('MeetingState', '会议状态', MEETING_STATE_LABELS);

/** 议定结果 of one case on the agenda. */
export const MEETING_OUTCOMES = ['AGREED', 'AGREED_WITH_CONDITIONS', 'REFUSED', 'DEFERRED'] as const;
export type MeetingOutcome = (typeof MEETING_OUTCOMES)[number];
export const MEETING_OUTCOME_LABELS: Record<MeetingOutcome, string> = {
  AGREED: '同意',
  AGREED_WITH_CONDITIONS: '附条件同意',
  REFUSED: '不同意',
  DEFERRED: '缓议',
};
export const MEETING_OUTCOME = vocabulary('MeetingOutcome', '议定结果', MEETING_OUTCOME_LABELS);

/** 出席情况. */
export const PRESENCES = ['PRESENT', 'REPRESENTED', 'EXCUSED', 'ABSENT'] as const;
export type Presence = (typeof PRESENCES)[number];
export const PRESENCE_LABELS: Record<Presence, string> = {
  PRESENT: '出席',
  REPRESENTED: '委托代表出席',
  EXCUSED: '请假',
  ABSENT: '缺席',
};
export const PRESENCE = vocabulary('Presence', '出席情况', PRESENCE_LABELS);
