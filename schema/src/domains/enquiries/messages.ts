import { z } from 'zod';
import { isDay } from '../../kernel/calendar.ts';

/** The body of ENQUIRY_REFERRED: what the desk that was asked first asks another node. It names no asker. */
export const enquiryReferredSchema = z.object({
  /** The enquiry at the sender. */
  enquiry: z.string().min(1).max(100),
  question: z.string().min(1).max(2000),
  item: z.string().min(1).max(50).nullable(),
  reason: z.string().min(1).max(500),
  /** The last day for the answer to the asker; null for an enquiry at the desk. */
  dueOn: z.string().refine(isDay).nullable(),
});
export type EnquiryReferred = z.infer<typeof enquiryReferredSchema>;

/** The body of ENQUIRY_ANSWERED: the answer to it. */
export const enquiryAnsweredSchema = z.object({
  /** The enquiry at the receiver. */
  enquiry: z.string().min(1).max(100),
  answer: z.string().min(1).max(2000),
  at: z.iso.datetime(),
});
export type EnquiryAnswered = z.infer<typeof enquiryAnsweredSchema>;
