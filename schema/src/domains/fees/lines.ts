import { z } from 'zod';

const fenSchema = z.int().min(0);

/** One line of a bill: base × quantity × percent, in fen. */
export const billLineSchema = z.object({
  item: z.string().min(1),
  category: z.string().min(1),
  unit: z.string().min(1),
  baseFen: fenSchema,
  quantity: z.int().min(1),
  percent: z.int().min(0).max(100),
  amountFen: fenSchema,
  /** How the amount was rounded to whole fen: fractions are dropped. */
  rounding: z.literal('DOWN'),
});
export type BillLine = z.infer<typeof billLineSchema>;

const receiptSchema = z.string().min(1).max(60);

/** The data that lines of fees (缴费) record. */
export const feeDataSchemas = {
  BILLED: z.object({
    /** The fee window it is paid at. */
    window: z.string().min(1),
    lines: z.array(billLineSchema).min(1),
    amountFen: fenSchema,
    /** The versions under which the case was accepted; their fee schedule applies. */
    itemVersion: z.int().min(1),
    implementationVersion: z.int().min(1),
  }),
  PAID: z.object({ amountFen: fenSchema.min(1), receipt: receiptSchema, window: z.string().min(1) }),
  FEE_WAIVER_PROPOSED: z.object({
    /** 1, 2, 3 … within the case. */
    waiver: z.int().min(1),
    amountFen: fenSchema.min(1),
    ground: z.string().min(1),
  }),
  FEE_WAIVED: z.object({ waiver: z.int().min(1), amountFen: fenSchema.min(1), ground: z.string().min(1) }),
  REFUNDED: z.object({
    /** Receipt of the payment that is given back. */
    of: receiptSchema,
    amountFen: fenSchema.min(1),
    reason: z.string().min(1),
    /** The refund's own number. */
    receipt: receiptSchema,
    window: z.string().min(1),
  }),
} as const;
