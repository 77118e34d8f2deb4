import { z } from 'zod';
import { divisionCodeSchema } from '../../case/log-line.ts';
import { ATTENDANCES, OBJECTION_ENDS, PARTY_ASKS, PARTY_OPINIONS, PROJECT_STAGES } from './words.ts';
import { idempotencyKey, optionalText, text } from '../../operation/input-parts.ts';

const id = z.string().min(1).max(100);
const number = z.int().min(1);
/** Working days; the rule says how many. */
const days = z.int();
/** Empty text reaches the rule, which cites its source. */
const words = (max: number) => z.string().trim().max(max);
/** Most parties of one case, and most corrections of one visit. */
const MOST = 50;

export const openJointInput = z.object({
  id,
  stage: z
    .enum(PROJECT_STAGES)
    .nullish()
    .transform((v) => v ?? null),
  parties: z
    .array(
      z.object({
        /** The lead's own node when left out. */
        node: divisionCodeSchema.nullish().transform((v) => v ?? null),
        department: text(100),
        ask: z.enum(PARTY_ASKS),
        days,
        materials: z
          .array(text(200))
          .max(100)
          .nullish()
          .transform((v) => v ?? null),
      }),
    )
    .max(MOST),
  idempotencyKey,
});
export type OpenJointInput = z.infer<typeof openJointInput>;

export const giveOpinionInput = z.object({
  id,
  party: number,
  opinion: z.enum(PARTY_OPINIONS),
  reason: optionalText(1000),
  idempotencyKey,
});
export type GiveOpinionInput = z.infer<typeof giveOpinionInput>;

export const excuseOpinionInput = z.object({ id, party: number, reason: words(1000), days, idempotencyKey });
export type ExcuseOpinionInput = z.infer<typeof excuseOpinionInput>;

export const excuseFromVisitInput = z.object({ id, party: number, reason: words(1000), idempotencyKey });
export type ExcuseFromVisitInput = z.infer<typeof excuseFromVisitInput>;

export const scheduleVisitInput = z.object({
  id,
  at: z.iso.datetime({ offset: true }).transform((v) => new Date(v)),
  place: words(200),
  parties: z.array(number).max(MOST),
  idempotencyKey,
});
export type ScheduleVisitInput = z.infer<typeof scheduleVisitInput>;

export const recordVisitInput = z.object({
  id,
  record: words(5000),
  attendance: z.array(z.object({ party: number, as: z.enum(ATTENDANCES), reason: optionalText(500) })).max(MOST),
  corrections: z.array(z.object({ party: number, text: words(1000), mandatory: z.boolean() })).max(MOST),
  idempotencyKey,
});
export type RecordVisitInput = z.infer<typeof recordVisitInput>;

export const confirmCorrectionInput = z.object({ id, correction: number, evidence: words(1000), idempotencyKey });
export type ConfirmCorrectionInput = z.infer<typeof confirmCorrectionInput>;

export const withdrawQuestionInput = z.object({ id, party: number, reason: words(1000), idempotencyKey });
export type WithdrawQuestionInput = z.infer<typeof withdrawQuestionInput>;

export const resolveObjectionInput = z.object({
  id,
  party: number,
  end: z.enum(OBJECTION_ENDS),
  resolution: words(1000),
  idempotencyKey,
});
export type ResolveObjectionInput = z.infer<typeof resolveObjectionInput>;
