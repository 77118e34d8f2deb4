import { z } from 'zod';
import { staffInput } from '../../graph/inputs.ts';
import { idempotencyKey, optionalText, phone, text } from '../../operation/input-parts.ts';

const id = z.string().min(1).max(100);
const party = z.int().min(0);
/** Empty text reaches the rule, which cites its source. */
const words = (max: number) => z.string().trim().max(max);
/** Most interested parties told at once. */
const MOST = 200;

/** Who an interested party is; kept apart from the log. */
export const interestedPartyInput = z.object({
  name: text(100),
  phone,
  address: optionalText(200),
});
export type InterestedPartyInput = z.infer<typeof interestedPartyInput>;

export const tellInterestedInput = z.object({
  id,
  parties: z.array(interestedPartyInput).min(1, 'name at least one').max(MOST),
  matter: words(1000),
  grave: z.boolean(),
  idempotencyKey,
});
export type TellInterestedInput = z.infer<typeof tellInterestedInput>;

export const hearPartyInput = z.object({ id, party, statement: text(10_000), idempotencyKey });
export type HearPartyInput = z.infer<typeof hearPartyInput>;

export const offerHearingInput = z.object({ id, notice: words(2000), idempotencyKey });
export type OfferHearingInput = z.infer<typeof offerHearingInput>;

export const hearingPartyInput = z.object({ id, party, idempotencyKey });
export type HearingPartyInput = z.infer<typeof hearingPartyInput>;

export const callHearingInput = z.object({
  id,
  at: z.iso.datetime({ offset: true }).transform((v) => new Date(v)),
  place: words(200),
  chair: staffInput,
  announcement: optionalText(2000),
  idempotencyKey,
});
export type CallHearingInput = z.infer<typeof callHearingInput>;

export const recuseChairInput = z.object({ id, reason: words(500), idempotencyKey });
export type RecuseChairInput = z.infer<typeof recuseChairInput>;

export const holdHearingInput = z.object({
  id,
  attended: z.array(party).max(MOST),
  signed: z.array(party).max(MOST),
  unsigned: z
    .array(z.object({ party, reason: text(500) }))
    .max(MOST)
    .nullish()
    .transform((v) => v ?? []),
  record: text(50_000),
  idempotencyKey,
});
export type HoldHearingInput = z.infer<typeof holdHearingInput>;
