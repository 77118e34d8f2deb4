import { z } from 'zod';
import { LEGAL_BASIS_CHANGES, LEGAL_BASIS_KINDS } from '../catalogue/words.ts';
import { dayInput, idempotencyKey, optionalText, text } from '../../operation/input-parts.ts';

/** An empty reason reaches the rule, which cites its source. */
export const changeLegalBasisInput = z.object({
  change: z.enum(LEGAL_BASIS_CHANGES),
  title: text(200),
  article: z
    .string()
    .trim()
    .regex(/^第[〇零一二三四五六七八九十百千\d]+条(之[一二三四五六七八九十]+)?$/, 'is no article such as 第十一条')
    .nullish()
    .transform((v) => v ?? null),
  kind: z
    .enum(LEGAL_BASIS_KINDS)
    .nullish()
    .transform((v) => v ?? null),
  issuedBy: optionalText(100),
  effectiveOn: dayInput,
  supersededBy: optionalText(300),
  textDigest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal')
    .nullish()
    .transform((v) => v ?? null),
  reason: z.string().trim().max(1000),
  confirmBy: dayInput,
  idempotencyKey,
});
export type ChangeLegalBasisInput = z.infer<typeof changeLegalBasisInput>;

export const confirmLegalBasisInput = z.object({ change: z.uuid(), note: optionalText(1000), idempotencyKey });
export type ConfirmLegalBasisInput = z.infer<typeof confirmLegalBasisInput>;
