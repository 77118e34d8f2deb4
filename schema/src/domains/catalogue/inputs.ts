import { z } from 'zod';
import { isDay } from '../../kernel/calendar.ts';
import { implementationSchema, itemSchema } from './catalogue.ts';
import { OPINIONS } from '../../case/words.ts';
import { REVIEW_DESKS } from './words.ts';
import { idempotencyKey } from '../../operation/input-parts.ts';

const code = z.string().trim().min(1).max(50);
/** An empty reason reaches the rule, which cites its article. */
const reason = z.string().trim().max(1000);
const day = z.string().refine(isDay, 'is no day');
const optionalDay = day.nullish().transform((v) => v ?? null);

/** What a draft or a revision leaves out stays as it is; null empties what may be empty. */
function given(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
}

const { standard, ...elements } = itemSchema.omit({
  code: true,
  version: true,
  status: true,
  effectiveFrom: true,
  effectiveTo: true,
}).shape;

/** Without the schema's defaults, which would undo what an element was. */
const unset = <T extends z.ZodRawShape>(shape: T): { [K in keyof T]: z.ZodOptional<z.ZodUnknown> } =>
  Object.fromEntries(Object.keys(shape).map((key) => [key, z.unknown().optional()])) as never;

/** Elements are looked at by the item's own schema, once they are put together with what was there before. */
export const itemDraftInput = z.preprocess(
  given,
  z.strictObject({ code, reason, idempotencyKey, ...unset(elements), ...unset(standard.shape) }),
);
export type ItemDraftInput = z.infer<typeof itemDraftInput>;

export const reviewItemDraftInput = z.object({
  code,
  desk: z.enum(REVIEW_DESKS),
  opinion: z.enum(OPINIONS),
  remarks: z
    .string()
    .trim()
    .max(2000)
    .nullish()
    .transform((v) => v || null),
  idempotencyKey,
});
export type ReviewItemDraftInput = z.infer<typeof reviewItemDraftInput>;

export const publishItemInput = z.object({ code, effectiveFrom: day, idempotencyKey });
export type PublishItemInput = z.infer<typeof publishItemInput>;

export const suspendItemInput = z.object({ code, reason, from: optionalDay, until: optionalDay, idempotencyKey });
export type SuspendItemInput = z.infer<typeof suspendItemInput>;

export const cancelItemInput = z.object({ code, reason, effectiveTo: day, idempotencyKey });
export type CancelItemInput = z.infer<typeof cancelItemInput>;

const revisable = implementationSchema.omit({ item: true, itemVersion: true, node: true, version: true }).shape;

export const reviseImplementationInput = z.preprocess(
  given,
  z.strictObject({ item: code, reason, idempotencyKey, ...unset(revisable) }),
);
export type ReviseImplementationInput = z.infer<typeof reviseImplementationInput>;
