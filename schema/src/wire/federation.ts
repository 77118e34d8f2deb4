import { z } from 'zod';
import { ERROR_CODES } from '../kernel/errors.ts';
import { traceparentSchema } from './envelope.ts';

/**
 * GraphQL between gateway and hosts: one request a host and step, many operations, each with its own token. The same
 * JSON over NATS request/reply and over HTTP (`POST /federation`).
 */
export const ROLE_SCHEMAS = [
  'filing',
  'handling',
  'catalogue',
  'implementation',
  'figures',
  'delegation',
  'sharing',
  'legalBases',
  'admission',
  'offices',
  'fees',
  'bundles',
  'enquiries',
  'joint',
  'proxy',
  'projects',
  'roster',
  'hearings',
  'operators',
  'supervision',
] as const;
export type RoleName = (typeof ROLE_SCHEMAS)[number];

/** Longest text of a question. */
export const MAX_QUERY_CHARACTERS = 100_000;

export const roleOperationSchema = z.object({
  role: z.enum(ROLE_SCHEMAS),
  /** The node that is asked; keyed lookups name their nodes in the keys and leave it null. */
  at: z.string().nullable(),
  query: z.string().min(1).max(MAX_QUERY_CHARACTERS),
  variables: z.record(z.string(), z.unknown()),
  /** The caller's bearer token; null for the public. */
  token: z.string().nullable(),
  /** W3C traceparent of the caller's request; each operation of a batch has its own. */
  trace: traceparentSchema.optional(),
});
export type RoleOperation = z.infer<typeof roleOperationSchema>;

/** A request whose operations are parsed later, each by itself, because operations of many callers travel together. */
export const hostRequestShape = z.object({
  operations: z.array(z.unknown()).min(1).max(500),
  /** Time left for the answer when the request is sent, ms. */
  budgetMs: z.number().min(0),
});
export const hostRequestSchema = hostRequestShape.extend({ operations: z.array(roleOperationSchema).min(1).max(500) });
export type HostRequest = z.infer<typeof hostRequestSchema>;

const graphqlErrorSchema = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  extensions: z
    .object({
      code: z.string(),
      article: z.string().nullish(),
      field: z.string().nullish(),
      node: z.string().nullish(),
      custodian: z.string().optional(),
    })
    .optional(),
});
export type HostGraphQLError = z.infer<typeof graphqlErrorSchema>;

export const roleResultSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(graphqlErrorSchema).optional(),
});
export type RoleResult = z.infer<typeof roleResultSchema>;

const refusedSchema = z.object({
  problem: z.object({ code: z.enum(ERROR_CODES as [string, ...string[]]), message: z.string() }),
});

/** A host answers every operation, or refuses the whole request with a problem. */
export const hostReplySchema = z.union([z.object({ results: z.array(roleResultSchema) }), refusedSchema]);
/** The same with results that are parsed later, each by itself. */
export const hostReplyShape = z.union([z.object({ results: z.array(z.unknown()) }), refusedSchema]);
export type HostReply = z.infer<typeof hostReplySchema>;
