import { z } from 'zod';
import { CONSENT_WAYS, CONTACT_PARTIES, CONTACT_WAYS } from './words.ts';
import { idempotencyKey, optionalText, text } from '../../operation/input-parts.ts';

/** Most cases taken over at once: an agent's whole list. */
const MOST_CASES = 200;

export const logContactInput = z.object({
  id: text(100),
  with: z.enum(CONTACT_PARTIES),
  way: z.enum(CONTACT_WAYS),
  /** What it was about; no numbers of a person. */
  what: text(500),
  idempotencyKey,
});
export type LogContactInput = z.infer<typeof logContactInput>;

export const revokeConsentInput = z.object({
  id: text(100),
  /** How the applicant said so. */
  way: z.enum(CONSENT_WAYS),
  reason: optionalText(500),
  idempotencyKey,
});
export type RevokeConsentInput = z.infer<typeof revokeConsentInput>;

/** An empty reason reaches the rule, which cites its source. */
export const takeOverCasesInput = z.object({
  ids: z
    .array(text(100))
    .min(1)
    .max(MOST_CASES)
    .refine((ids) => new Set(ids).size === ids.length, 'name each case once'),
  reason: z.string().trim().max(1000),
  idempotencyKey,
});
export type TakeOverCasesInput = z.infer<typeof takeOverCasesInput>;
