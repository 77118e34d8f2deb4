import { z } from 'zod';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { PROJECT_PHASES } from './words.ts';
import { dayInput, idempotencyKey, optionalText, text } from '../../operation/input-parts.ts';

const id = text(100);
const division = z.string().refine(isDivisionCode, 'is no division code');
/** What is no whole amount reaches the rule only where it is a number. */
const amountFen = z.int().min(0);
/** An empty reason or ground reaches the rule, which cites its source. */
const reason = z.string().trim().max(500);

export const registerProjectInput = z.object({
  name: text(200),
  amountFen,
  place: division.nullish().transform((v) => v ?? null),
  on: dayInput,
  idempotencyKey,
});
export type RegisterProjectInput = z.infer<typeof registerProjectInput>;

export const amendProjectInput = z.object({
  id,
  name: optionalText(200),
  amountFen: amountFen.nullish().transform((v) => v ?? null),
  reason,
  idempotencyKey,
});
export type AmendProjectInput = z.infer<typeof amendProjectInput>;

export const reachPhaseInput = z.object({ id, phase: z.enum(PROJECT_PHASES), on: dayInput, idempotencyKey });
export type ReachPhaseInput = z.infer<typeof reachPhaseInput>;

export const flagKeyProjectInput = z.object({ id, key: z.boolean(), ground: reason, idempotencyKey });
export type FlagKeyProjectInput = z.infer<typeof flagKeyProjectInput>;

export const dispatchProjectInput = z.object({
  id,
  lead: z.object({ node: division, department: text(100) }),
  agent: z
    .object({ node: division, sub: text(200), name: text(100) })
    .nullish()
    .transform((v) => v ?? null),
  orders: z
    .array(z.object({ node: division, department: optionalText(100), text: text(1000), dueOn: dayInput }))
    .max(50)
    .nullish()
    .transform((v) => v ?? []),
  idempotencyKey,
});
export type DispatchProjectInput = z.infer<typeof dispatchProjectInput>;

export const answerProjectOrderInput = z.object({
  id,
  order: z.int().min(1),
  answer: z.string().trim().max(1000),
  idempotencyKey,
});
export type AnswerProjectOrderInput = z.infer<typeof answerProjectOrderInput>;

export const endProjectInput = z.object({ id, reason, idempotencyKey });
export type EndProjectInput = z.infer<typeof endProjectInput>;
