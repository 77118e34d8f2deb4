import { vocabulary } from '../../kernel/vocabulary.ts';

// 数据共享: words for data between nodes.

/** 数据来源 of an offer: certificates a node issued (证照) or a register it keeps (登记簿). */
export const DATA_OFFER_KINDS = ['CERTIFICATE', 'REGISTER'] as const;
export type DataOfferKind = (typeof DATA_OFFER_KINDS)[number];
export const DATA_OFFER_KIND_LABELS: Record<DataOfferKind, string> = { CERTIFICATE: '证照', REGISTER: '登记簿' };

/** The outcome of a request for data. */
export const DATA_OUTCOMES = ['ANSWERED', 'NOT_FOUND', 'REFUSED'] as const;
export type DataOutcome = (typeof DATA_OUTCOMES)[number];

/** 数据共享请求状态: under way (SENT) until the offering node's outcome is here. */
export const DATA_STATES = ['SENT', ...DATA_OUTCOMES] as const;
export type DataState = (typeof DATA_STATES)[number];
export const DATA_STATE_LABELS: Record<DataState, string> = {
  SENT: '已发出',
  ANSWERED: '已提供',
  NOT_FOUND: '查无记录',
  REFUSED: '已拒绝',
};
export const DATA_STATE = vocabulary('DataState', '数据共享请求状态', DATA_STATE_LABELS);
export const DATA_OFFER_KIND = vocabulary('DataOfferKind', '数据来源', DATA_OFFER_KIND_LABELS);
