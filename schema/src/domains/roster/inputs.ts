import { z } from 'zod';
import { STAND_IN_ROLES } from './stand-ins.ts';
import { EMPLOYMENTS } from '../../kernel/words.ts';
import { dayInput, idempotencyKey, optionalDay, optionalText, text } from '../../operation/input-parts.ts';

const sub = text(200);
const person = z.object({ sub, name: text(100) });
/** An empty reason reaches the rule. */
const reason = z.string().trim().max(500);
/** Most items withheld from one agent. */
const MOST_ITEMS = 200;

export const keepRosterAgentInput = z.object({
  sub,
  name: text(100),
  employment: z.enum(EMPLOYMENTS),
  withheld: z
    .array(text(50))
    .max(MOST_ITEMS)
    .nullish()
    .transform((v) => [...new Set(v ?? [])]),
  from: dayInput,
  until: optionalDay,
  standIn: person.nullish().transform((v) => v ?? null),
  idempotencyKey,
});
export type KeepRosterAgentInput = z.infer<typeof keepRosterAgentInput>;

export const endRosterAgentInput = z.object({ sub, until: dayInput, reason, idempotencyKey });
export type EndRosterAgentInput = z.infer<typeof endRosterAgentInput>;

export const recordTrainingInput = z.object({
  sub,
  what: text(200),
  on: dayInput,
  validUntil: optionalDay,
  idempotencyKey,
});
export type RecordTrainingInput = z.infer<typeof recordTrainingInput>;

export const nameStandInInput = z.object({
  role: z.enum(STAND_IN_ROLES),
  absent: person,
  standIn: person,
  /** The keeper's own when left out. */
  department: optionalText(100),
  from: dayInput,
  until: dayInput,
  idempotencyKey,
});
export type NameStandInInput = z.infer<typeof nameStandInInput>;

export const endStandInInput = z.object({ id: text(100), on: dayInput, reason, idempotencyKey });
export type EndStandInInput = z.infer<typeof endStandInInput>;

export const reportAbsenceInput = z.object({
  /** Whoever asks, when left out. */
  sub: optionalText(200),
  from: dayInput,
  until: dayInput,
  reason,
  idempotencyKey,
});
export type ReportAbsenceInput = z.infer<typeof reportAbsenceInput>;

export const endAbsenceInput = z.object({
  id: text(100),
  /** The first day back. */
  on: dayInput,
  idempotencyKey,
});
export type EndAbsenceInput = z.infer<typeof endAbsenceInput>;
