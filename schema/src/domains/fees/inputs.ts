import { z } from 'zod';
import { MAX_FEN } from './rules.ts';
import { idempotencyKey, optionalText, text } from '../../operation/input-parts.ts';

const id = z.string().min(1).max(100);
const amountFen = z.int('is no whole number of fen').min(1).max(MAX_FEN);
const receipt = text(60);
/** An empty reason reaches the rule, which cites its source. */
const reason = z.string().trim().max(1000);

export const billFeesInput = z.object({
  id,
  window: optionalText(10),
  charges: z
    .array(
      z.object({
        /** The case's own item when left out. */
        item: optionalText(50),
        category: text(100),
        quantity: z.int().min(1).max(1_000_000).default(1),
      }),
    )
    .min(1)
    .max(50),
  idempotencyKey,
});
export type BillFeesInput = z.infer<typeof billFeesInput>;

export const payFeesInput = z.object({
  receipt,
  payments: z
    .array(z.object({ id, amountFen }))
    .min(1)
    .max(50)
    .refine((list) => new Set(list.map((p) => p.id)).size === list.length, 'names a case twice'),
  idempotencyKey,
});
export type PayFeesInput = z.infer<typeof payFeesInput>;

export const proposeWaiverInput = z.object({ id, amountFen, ground: reason, idempotencyKey });
export type ProposeWaiverInput = z.infer<typeof proposeWaiverInput>;

export const grantWaiverInput = z.object({ id, waiver: z.int().min(1), idempotencyKey });
export type GrantWaiverInput = z.infer<typeof grantWaiverInput>;

export const refundFeesInput = z.object({ id, of: text(60), amountFen, reason, receipt, idempotencyKey });
export type RefundFeesInput = z.infer<typeof refundFeesInput>;
