import { vocabulary } from '../../kernel/vocabulary.ts';

/** What a signal tells of. */
export const SIGNAL_KINDS = [
  'ASSIGNED',
  'CASE_CAME',
  'DOCUMENT_CAME',
  'SUPPLEMENT_ASKED',
  'SUPPLEMENT_CAME',
  'DUE_TOMORROW',
  'RETURNED',
  'DECIDED',
  'OPINION_ASKED',
  'OPINION_REMINDED',
  'OPINION_CAME',
  'RECALLED',
  'NOTE_ADDED',
  'REPORT_MOVED',
  'REPORT_LATE',
  'MEETING_CALLED',
  'MEETING_CANCELLED',
  'TASK_GIVEN',
  'TASK_DUE',
] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];
export const SIGNAL_KIND_LABELS: Record<SignalKind, string> = {
  ASSIGNED: '指派给你',
  CASE_CAME: '来件',
  DOCUMENT_CAME: '文书已制发',
  SUPPLEMENT_ASKED: '要求补正',
  SUPPLEMENT_CAME: '补正到件',
  DUE_TOMORROW: '明日到期',
  RETURNED: '退回',
  DECIDED: '已有结果',
  OPINION_ASKED: '征询意见',
  OPINION_REMINDED: '催办答复',
  OPINION_CAME: '意见已答复',
  RECALLED: '收回或撤回',
  NOTE_ADDED: '新增内部备注',
  REPORT_MOVED: '转报进展',
  REPORT_LATE: '上级逾期未复',
  MEETING_CALLED: '会议通知',
  MEETING_CANCELLED: '会议取消',
  TASK_GIVEN: '交办会议任务',
  TASK_DUE: '会议任务即将到期',
};
export const SIGNAL_KIND = vocabulary('SignalKind', '提醒种类', SIGNAL_KIND_LABELS);
