import { z } from 'zod';
import { divisionCodeSchema, sha256Schema } from '../case/log-line.ts';

/** A public Ed25519 key (RFC 8037). */
export const publicKeySchema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() });
export type PublicKey = z.infer<typeof publicKeySchema>;

/**
 * 证书: the parent's signed word for a node's key. The city's first key is the root and signs itself; the city's later
 * keys are signed by an earlier one.
 */
export const certificateSchema = z.object({
  node: divisionCodeSchema,
  issuer: divisionCodeSchema,
  jwk: publicKeySchema,
  /** `<code>.<thumbprint>`, see {@link keyIdOf}. */
  kid: z.string().min(1),
  issuedAt: z.iso.datetime(),
  /** From when on the key signs; left out: from ever. */
  notBefore: z.iso.datetime().optional(),
  /** Until when the key signs; left out: until it is revoked. */
  notAfter: z.iso.datetime().optional(),
});
export type Certificate = z.infer<typeof certificateSchema>;

/** Why a key ends, the words of X.509 (RFC 5280 §5.3.1): replaced by another, no longer needed, in wrong hands. */
export const REVOCATION_REASONS = ['SUPERSEDED', 'CESSATION', 'COMPROMISED'] as const;
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/**
 * 吊销: the end of a key. Its signatures before `from` stay valid. If the key was compromised, only the certificates
 * named in `keeps` stay valid, because the thief can backdate a certificate.
 */
export const revocationSchema = z.object({
  node: divisionCodeSchema,
  kid: z.string().min(1),
  /** The node itself or one above it. */
  issuer: divisionCodeSchema,
  reason: z.enum(REVOCATION_REASONS),
  from: z.iso.datetime(),
  /** When it was signed. */
  at: z.iso.datetime(),
  why: z.string().min(1).max(500),
  /** SHA-256 of the certificates signed with the key that stay good. */
  keeps: z.array(sha256Schema),
});
export type Revocation = z.infer<typeof revocationSchema>;

/** A new key that asks its parent for a certificate; signed with the key itself, which proves that it is held. */
export const keyRequestSchema = z.object({
  node: divisionCodeSchema,
  kid: z.string().min(1),
  jwk: publicKeySchema,
  at: z.iso.datetime(),
  /** How long the former keys may still sign, hours. */
  overlapHours: z.number().min(0).max(8760),
  by: z.string().min(1).max(100),
  why: z.string().min(1).max(500),
});
export type KeyRequest = z.infer<typeof keyRequestSchema>;

/** Body of a KEYS message: a request to one's parent, or a certificate or revocation for the city to publish. */
export const keyMessageSchema = z.union([
  z.strictObject({ request: z.string().min(1) }),
  z.strictObject({ document: z.string().min(1) }),
]);
export type KeyMessage = z.infer<typeof keyMessageSchema>;
