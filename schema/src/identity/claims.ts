import { z } from 'zod';
import { isDivisionCode } from '../kernel/divisions.ts';
import { problem } from '../kernel/errors.ts';
import { ROLES } from '../kernel/words.ts';
import type { Viewer } from '../operation/permissions.ts';

/** The audience every token must name. */
export const TOKEN_AUDIENCE = 'liandong';

/** Signature algorithms that tokens may use; `none` and shared secrets are excluded. */
export const TOKEN_ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'RS256'];

/** Largest difference between two clocks, in seconds. */
export const TOKEN_LEEWAY_SECONDS = 30;

const claimsSchema = z.object({
  iss: z.string().min(1).max(200),
  sub: z.string().min(1).max(200),
  name: z.string().min(1).max(100),
  division: z.string().refine(isDivisionCode),
  roles: z.array(z.enum(ROLES)).min(1),
  department: z.string().min(1).nullish(),
  window: z.string().min(1).max(50).nullish(),
  /** RFC 8693: the person who acts. The token's subject is then the person they act for. */
  act: z.object({ sub: z.string().min(1).max(200), name: z.string().min(1).max(100).nullish() }).nullish(),
  /** Number of the one case the token is for. */
  onlyCase: z.string().min(1).max(60).nullish(),
});

/**
 * The person a token names. The caller has already checked signature, issuer, audience and dates.
 * @throws {ProblemError} UNAUTHENTICATED when claims are missing or unknown
 */
export function viewerOfClaims(claims: unknown): Viewer {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) {
    const missing = [...new Set(parsed.error.issues.map((i) => String(i.path[0])))].join(', ');
    throw problem('UNAUTHENTICATED', `The token lacks sound claims: ${missing}.`);
  }
  const { iss: issuer, sub, name, division, roles, department, window, act, onlyCase } = parsed.data;
  const bound = { ...(window ? { window } : {}), ...(onlyCase ? { onlyCase } : {}) };
  const post = { division, roles, department: department ?? null, ...bound };
  if (!act) return { issuer, sub, name, ...post };
  // an agent acts under their own name, never under the applicant's
  if (act.sub === sub || !roles.includes('AGENT')) {
    throw problem('UNAUTHENTICATED', 'Only an agent acts for another person, and never for themselves.');
  }
  return { issuer, sub: act.sub, name: act.name ?? name, ...post, actsFor: sub };
}
