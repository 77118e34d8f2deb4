import { z } from 'zod';
import { isDay } from '../../kernel/calendar.ts';
import { GRANT_MODES, GRANT_STAGES } from './words.ts';
import { divisionCodeSchema, sha256Schema } from '../../case/log-line.ts';

const daySchema = z.string().refine(isDay, 'a day YYYY-MM-DD');
const capSchema = z.object({ amountFen: z.int().min(0) });
const eachOnce = (names: readonly string[]) => new Set(names).size === names.length;
const itemsSchema = z.array(z.string().min(1)).min(1).max(500).refine(eachOnce, 'each item once');
const stagesSchema = z.array(z.enum(GRANT_STAGES)).min(1).refine(eachOnce, 'each stage once');

/** 授权书: a node gives a lower one the power over items; signed by the grantor. */
export const grantSchema = z.object({
  kind: z.literal('GRANT'),
  id: z.uuid(),
  /** Raised by one with each grant of this grantor; of two over the same power the higher counts. */
  seq: z.int().min(1),
  grantor: divisionCodeSchema,
  grantee: divisionCodeSchema,
  items: itemsSchema,
  stages: stagesSchema,
  mode: z.enum(GRANT_MODES),
  /** Up to which amount, in fen; null without a cap. */
  cap: capSchema.nullable(),
  from: daySchema,
  /** The last day; null without an end. */
  to: daySchema.nullable(),
  /** The law or decision it is based on (Art. 24). */
  basis: z.string().trim().min(1).max(500),
  /** The public announcement's text (Art. 24). */
  announcement: z.string().trim().min(1).max(2000),
  /** The request it answers, if one was made. */
  request: z.uuid().nullable(),
  at: z.iso.datetime(),
});
export type Grant = z.infer<typeof grantSchema>;

/** 请求下放: a lower node asks for a power, and shows its staff and means for it; signed by the node that asks. */
export const grantRequestSchema = z.object({
  kind: z.literal('REQUEST'),
  id: z.uuid(),
  grantor: divisionCodeSchema,
  grantee: divisionCodeSchema,
  items: itemsSchema,
  stages: stagesSchema,
  cap: capSchema.nullable(),
  reason: z.string().trim().min(1).max(2000),
  /** Cases of these items the node holds now, and took in within the last 90 days. */
  caseload: z.object({ open: z.int().min(0), filedIn90Days: z.int().min(0) }),
  /** Qualified staff for it. */
  staff: z.int().min(0),
  at: z.iso.datetime(),
});
export type GrantRequest = z.infer<typeof grantRequestSchema>;

/** Takes or declines a grant (signed by the grantee) or declines a request (signed by the grantor). */
export const grantAnswerSchema = z.object({
  kind: z.literal('ANSWER'),
  /** Id of the grant or request. */
  to: z.uuid(),
  /** SHA-256 of the signed document that is answered. */
  digest: sha256Schema,
  accepted: z.boolean(),
  reason: z.string().max(2000).nullable(),
  at: z.iso.datetime(),
});
export type GrantAnswer = z.infer<typeof grantAnswerSchema>;

/** 撤销 by the grantor, 交回 by the grantee; signed by the one that ends it. */
export const grantEndSchema = z.object({
  kind: z.literal('END'),
  grant: z.uuid(),
  way: z.enum(['REVOKED', 'HANDED_BACK']),
  reason: z.string().trim().min(1).max(2000),
  at: z.iso.datetime(),
});
export type GrantEnd = z.infer<typeof grantEndSchema>;

export const delegationDocumentSchema = z.discriminatedUnion('kind', [
  grantSchema,
  grantRequestSchema,
  grantAnswerSchema,
  grantEndSchema,
]);
export type DelegationDocument = z.infer<typeof delegationDocumentSchema>;

/** 收回办件: the grantor calls one case back from its grantee. */
export const recallSchema = z.object({
  case: z.string().min(1),
  reason: z.string().trim().min(1).max(1000),
  actor: z.object({ sub: z.string().min(1), name: z.string().min(1), role: z.literal('CHIEF') }),
});
export type Recall = z.infer<typeof recallSchema>;

/** A grant as the levels below and above learn it: with the grantee's acceptance, and its end if it has one. */
export const publishedGrantSchema = z.object({
  grant: z.string().min(1),
  answer: z.string().min(1),
  end: z.string().min(1).nullable(),
});
export type PublishedGrant = z.infer<typeof publishedGrantSchema>;

/**
 * Messages outside the catalogue: one signed document between grantor and grantee; or a grant in effect, and its end,
 * sent by the grantor to the levels above, because the catalogue only goes down.
 */
export const delegationMessageSchema = z.union([
  z.object({ jws: z.string().min(1) }),
  z.object({ published: publishedGrantSchema }),
]);
