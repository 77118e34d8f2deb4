import { vocabulary } from '../../kernel/vocabulary.ts';

/** 报送方式: how a case goes to an organ outside. */
export const REPORT_WAYS = ['ONLINE', 'EXCHANGE', 'MAIL', 'BY_HAND'] as const;
export type ReportWay = (typeof REPORT_WAYS)[number];
export const REPORT_WAY_LABELS: Record<ReportWay, string> = {
  ONLINE: '网上报送',
  EXCHANGE: '公文交换',
  MAIL: '邮寄',
  BY_HAND: '专人送达',
};
export const REPORT_WAY = vocabulary('ReportWay', '报送方式', REPORT_WAY_LABELS);

/** 转报进展: what the organ outside lets the desk know before its result, and what the desk sends after. */
export const REPORT_EVENTS = ['RECEIVED', 'SUPPLEMENT_ASKED', 'SUPPLEMENT_SENT'] as const;
export type ReportEventKind = (typeof REPORT_EVENTS)[number];
export const REPORT_EVENT_LABELS: Record<ReportEventKind, string> = {
  RECEIVED: '上级收件',
  SUPPLEMENT_ASKED: '上级要求补正',
  SUPPLEMENT_SENT: '补正已报送',
};
export const REPORT_EVENT = vocabulary('ReportEventKind', '转报进展', REPORT_EVENT_LABELS);

/** 转报结果: what became of the case at the organ outside. */
export const REPORT_RESULTS = ['GRANTED', 'REFUSED', 'RETURNED'] as const;
export type ReportResult = (typeof REPORT_RESULTS)[number];
export const REPORT_RESULT_LABELS: Record<ReportResult, string> = {
  GRANTED: '准予',
  REFUSED: '不予',
  RETURNED: '退回',
};
export const REPORT_RESULT = vocabulary('ReportResult', '转报结果', REPORT_RESULT_LABELS);
