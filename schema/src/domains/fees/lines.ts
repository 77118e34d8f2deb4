import { z } from 'zod';
import { fenSchema, said } from '../../case/line-parts.ts';

/** One line of a bill: base × quantity × percent, in fen. */
export const billLineSchema = z.object({
  item: said(),
  category: said(),
  unit: said(),
  baseFen: fenSchema,
  quantity: z.int().min(1),
  percent: z.int().min(0).max(100),
  amountFen: fenSchema,
  /** How the amount was rounded to whole fen: fractions are dropped. */
  rounding: z.literal('DOWN').meta({ withheld: 'the same for every bill' }),
});
export type BillLine = z.infer<typeof billLineSchema>;

const receiptSchema = said(60);
const paidFen = z.int().min(1).meta({ scalar: 'Fen' });

/** The data that lines of fees (缴费) record. */
export const feeDataSchemas = {
  BILLED: z.object({
    /** The fee window it is paid at. */
    window: said(),
    lines: z.array(billLineSchema).min(1),
    amountFen: fenSchema,
    /** The versions under which the case was accepted; their fee schedule applies. */
    itemVersion: z.int().min(1),
    implementationVersion: z.int().min(1),
  }),
  PAID: z.object({ amountFen: paidFen, receipt: receiptSchema, window: said() }),
  FEE_WAIVER_PROPOSED: z.object({
    /** 1, 2, 3 … within the case. */
    waiver: z.int().min(1),
    amountFen: paidFen,
    ground: said(),
  }),
  FEE_WAIVED: z.object({ waiver: z.int().min(1), amountFen: paidFen, ground: said() }),
  REFUNDED: z.object({
    /** Receipt of the payment that is given back. */
    of: receiptSchema,
    amountFen: paidFen,
    reason: said(),
    /** The refund's own number. */
    receipt: receiptSchema,
    window: said(),
  }),
} as const;
