import { z } from 'zod';
import { idempotencyKey, optionalText, text } from './input-parts.ts';

const id = text(100);
/** An empty ground reaches the rule, which cites its source. */
const ground = z.string().trim().max(500);

export const linkToProjectInput = z.object({ id, project: id, idempotencyKey });
export type LinkToProjectInput = z.infer<typeof linkToProjectInput>;

/** An empty reason reaches the rule, which cites its source. */
export const leaveProjectInput = z.object({ id, reason: ground, idempotencyKey });
export type LeaveProjectInput = z.infer<typeof leaveProjectInput>;

/** The green channel, or the applicant's wish for urgent handling. */
export const groundedStepInput = z.object({ id, ground, idempotencyKey });
export type GroundedStepInput = z.infer<typeof groundedStepInput>;

export const decideUrgencyInput = z.object({
  id,
  approved: z.boolean(),
  reason: optionalText(500),
  idempotencyKey,
});
export type DecideUrgencyInput = z.infer<typeof decideUrgencyInput>;
