import { z } from 'zod';
import { logActorSchema, logDataSchemas } from '../../case/log-line.ts';

/** 帮办接办: a township's proxy team asks one of its villages for a case. */
export const takeOverSchema = z.object({
  case: z.string().min(1),
  reason: z.string().trim().min(1).max(1000),
  actor: logActorSchema.extend({ role: z.enum(['AGENT', 'CLERK']) }),
});
export type TakeOver = z.infer<typeof takeOverSchema>;

/**
 * A contact of the agent, the applicant's revocation of the consent, or another agent, reported at a desk that does not
 * hold the case.
 */
export const proxyEventSchema = z
  .object({
    case: z.string().min(1),
    actor: logActorSchema,
    event: z.discriminatedUnion('action', [
      z.object({ action: z.literal('CONTACTED'), data: logDataSchemas.CONTACTED }),
      z.object({ action: z.literal('CONSENT_REVOKED'), data: logDataSchemas.CONSENT_REVOKED }),
      z.object({ action: z.literal('AGENT_CHANGED'), data: logDataSchemas.AGENT_CHANGED }),
    ]),
  })
  .refine(({ actor, event }) => event.action === 'AGENT_CHANGED' || actor.role === 'AGENT' || actor.role === 'CLERK', {
    message: 'agents and clerks tell of contacts and revocations',
    path: ['actor', 'role'],
  });
export type ProxyEventMessage = z.infer<typeof proxyEventSchema>;
