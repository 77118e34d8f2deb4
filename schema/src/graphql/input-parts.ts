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

/** A key of the caller's, by which a mutation sent again is answered and not done again. */
export const idempotencyKey = z
  .string()
  .min(8)
  .max(100)
  .nullish()
  .transform((v) => v ?? null);

/** A day in the zone Asia/Shanghai. */
export const dayInput = z.string().refine(isDay, 'is no day YYYY-MM-DD');

/** A day that may be left out. */
export const optionalDay = dayInput.nullish().transform((v) => v ?? null);
