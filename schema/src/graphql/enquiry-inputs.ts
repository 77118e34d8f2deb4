import { z } from 'zod';
import { isDivisionCode } from '../divisions.ts';
import { idempotencyKey, optionalText, text } from './input-parts.ts';

export const openEnquiryInput = z.object({
  item: text(50),
  /** Where the matter lies; the desk's own division when left out. */
  place: z
    .string()
    .refine(isDivisionCode, 'is no division code')
    .nullish()
    .transform((v) => v ?? null),
  asker: z
    .object({ name: optionalText(100), phone: optionalText(30) })
    .nullish()
    .transform((v) => (v && (v.name !== null || v.phone !== null) ? v : null)),
  idempotencyKey,
});
export type OpenEnquiryInput = z.infer<typeof openEnquiryInput>;

/** An empty result reaches the rule, which cites its source. */
export const reportEnquiryInput = z.object({
  id: text(100),
  result: z.string().trim().max(2000),
  idempotencyKey,
});
export type ReportEnquiryInput = z.infer<typeof reportEnquiryInput>;
