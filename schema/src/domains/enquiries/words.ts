import { vocabulary } from '../../kernel/vocabulary.ts';

/** 咨询类别: asked at the desk, asked online, or a suggestion, online or from the box in the hall. */
export const ENQUIRY_KINDS = ['ENQUIRY', 'QUESTION', 'SUGGESTION'] as const;
export type EnquiryKind = (typeof ENQUIRY_KINDS)[number];
export const ENQUIRY_KIND = vocabulary('EnquiryKind', '咨询类别', {
  ENQUIRY: '窗口咨询',
  QUESTION: '网上咨询',
  SUGGESTION: '意见建议',
} satisfies Record<EnquiryKind, string>);

/** Those with a term for the answer (件件有回音). */
export const TIMED_KINDS = ['QUESTION', 'SUGGESTION'] as const satisfies EnquiryKind[];
export type TimedKind = (typeof TIMED_KINDS)[number];
