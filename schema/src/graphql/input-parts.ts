import { z } from 'zod';
import { isDay } from '../rules/calendar.ts';

/** Text that says something, trimmed. @param max most characters */
export const text = (max: number) => z.string().trim().min(1).max(max);

/** Text that may be left out; empty counts as left out. @param max most characters */
export const optionalText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .nullish()
    .transform((v) => v || null);

/** Fewest and most characters of an idempotency key. */
const KEY_LENGTH = { min: 8, max: 100 } as const;

/** What the graph says of every `idempotencyKey`. @param effect what the input itself says of it */
export function idempotencyKeyText(effect: string | null | undefined): string {
  const once = effect ?? 'The same key does it once, however often it is sent.';
  return `${once} ${KEY_LENGTH.min} to ${KEY_LENGTH.max} characters.`;
}

/** A key of the caller's, by which a mutation sent again is answered and not done again. */
export const idempotencyKey = z
  .string()
  .min(KEY_LENGTH.min)
  .max(KEY_LENGTH.max)
  .nullish()
  .transform((v) => v ?? null);

/** A day in the zone Asia/Shanghai. */
export const dayInput = z.string().refine(isDay, 'is no day YYYY-MM-DD').meta({ scalar: 'Date' });

/** A day that may be left out. */
export const optionalDay = dayInput.nullish().transform((v) => v ?? null);
