import { z } from 'zod';
import { WINDOW_STAGES } from '../vocabulary.ts';
import { dayInput, idempotencyKey, optionalDay, optionalText, text } from './input-parts.ts';

const windowCode = z
  .string()
  .trim()
  .regex(/^[A-Z0-9]{1,10}$/, 'is no window code such as A01');
const term = { from: dayInput, until: optionalDay };

export const openWindowInput = z.object({
  code: windowCode,
  name: text(100),
  department: optionalText(50),
  ...term,
  idempotencyKey,
});
export type OpenWindowInput = z.infer<typeof openWindowInput>;

export const closeWindowInput = z.object({ code: windowCode, until: dayInput, idempotencyKey });
export type CloseWindowInput = z.infer<typeof closeWindowInput>;

export const authorizeWindowInput = z.object({
  window: windowCode,
  item: text(50),
  department: text(50),
  stages: z
    .array(z.enum(WINDOW_STAGES))
    .min(1)
    .transform((stages) => WINDOW_STAGES.filter((stage) => stages.includes(stage))),
  ...term,
  idempotencyKey,
});
export type AuthorizeWindowInput = z.infer<typeof authorizeWindowInput>;

/** An empty reason reaches the rule, which cites its source. */
export const revokeInput = z.object({
  id: z.uuid(),
  on: dayInput,
  reason: z.string().trim().max(1000),
  idempotencyKey,
});
export type RevokeInput = z.infer<typeof revokeInput>;

export const registerSealInput = z.object({
  name: text(100),
  department: text(50),
  keeper: text(50),
  ...term,
  idempotencyKey,
});
export type RegisterSealInput = z.infer<typeof registerSealInput>;

export const transferPowersInput = z.object({
  bureau: text(50),
  departments: z.array(text(50)).min(1).max(100),
  basis: text(500),
  ...term,
  idempotencyKey,
});
export type TransferPowersInput = z.infer<typeof transferPowersInput>;
