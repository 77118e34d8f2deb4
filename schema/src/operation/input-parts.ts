import { z } from 'zod';
import { isDay } from '../kernel/calendar.ts';
import { bareNumber, phoneOf } from '../kernel/written-numbers.ts';

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

const PHONE_FORMS =
  'is no phone number of the mainland; write it as 13800000000, 0576-83300000, 0576-83300000-801 or 400-012-3456';

/** A phone, in the one form it is stored in. */
export const phone = z
  .string()
  .max(60)
  .transform((written, context) => {
    const stored = phoneOf(written);
    if (stored !== null) return stored;
    // goes on, so that the faults of other fields are told with this one
    context.addIssue({ code: 'custom', message: PHONE_FORMS, continue: true });
    return written;
  });

/** A phone that may be left out; empty counts as left out. */
export const optionalPhone = z
  .string()
  .transform((written) => written.trim() || null)
  .pipe(phone.nullable())
  .nullish()
  .transform((stored) => stored ?? null);

/** The stored form of an identity paper's number; whether it is valid depends on the paper. */
export const paperNumber = z.string().max(60).transform(bareNumber);

/** Fewest and most characters of an idempotency key. */
export const IDEMPOTENCY_KEY_LENGTH = { min: 8, max: 100 } as const;

/** The description of every `idempotencyKey` in the graph. @param effect the input's own text on it */
export function idempotencyKeyText(effect: string | null | undefined): string {
  const once = effect ?? 'The same key does it once, however often it is sent.';
  return `${once} ${IDEMPOTENCY_KEY_LENGTH.min} to ${IDEMPOTENCY_KEY_LENGTH.max} characters.`;
}

/** A key of the caller's, by which a mutation sent again is answered and not done again. */
export const idempotencyKey = z
  .string()
  .min(IDEMPOTENCY_KEY_LENGTH.min)
  .max(IDEMPOTENCY_KEY_LENGTH.max)
  .nullish()
  .transform((v) => v ?? null);

/** A day in the zone Asia/Shanghai. */
export const dayInput = z.string().refine(isDay, 'is no day YYYY-MM-DD').meta({ scalar: 'Date' });

/** A day that may be left out. */
export const optionalDay = dayInput.nullish().transform((v) => v ?? null);

/** A time of a day. */
export const timeInput = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time HH:MM')
  .meta({ description: 'HH:MM in Asia/Shanghai.' });
