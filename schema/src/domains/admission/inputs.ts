import { z } from 'zod';
import { FEE_CHANGES } from '../catalogue/words.ts';
import { dayInput, idempotencyKey, text } from '../../operation/input-parts.ts';

export const admitItemInput = z.object({ item: text(50), from: dayInput, idempotencyKey });
export type AdmitItemInput = z.infer<typeof admitItemInput>;

/** An empty reason reaches the rule, which cites its source. */
export const exemptItemInput = z.object({
  item: text(50),
  reason: z.string().trim().max(1000),
  approver: text(100),
  until: dayInput,
  idempotencyKey,
});
export type ExemptItemInput = z.infer<typeof exemptItemInput>;

export const changeFeeInput = z
  .object({
    item: text(50),
    name: text(100),
    change: z.enum(FEE_CHANGES),
    /** Whole fen; no more than a hundred million yuan. */
    amountFen: z
      .int()
      .min(0)
      .max(10_000_000_000)
      .nullish()
      .transform((v) => v ?? null),
    basis: text(500),
    effectiveFrom: dayInput,
    idempotencyKey,
  })
  .refine((input) => input.change !== 'DROPPED' || input.amountFen === null, {
    path: ['amountFen'],
    message: 'has no place where a fee is dropped',
  });
export type ChangeFeeInput = z.infer<typeof changeFeeInput>;
