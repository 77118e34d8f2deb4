import { z } from 'zod';
import { dataOfferSchema } from './rules.ts';
import { DATA_OUTCOMES } from './words.ts';
import { ROLES } from '../../kernel/words.ts';
import { divisionCodeSchema, sha256Schema } from '../../case/log-line.ts';

/**
 * 数据共享请求: asks a node for data on the applicant of a case. The request's tie to the case does not rest on the asking
 * node's word. The signed lines prove item, consent and custody; the application's text, whose SHA-256 is in the first
 * line, proves who the applicant is.
 */
export const dataRequestSchema = z.object({
  request: z.uuid(),
  offer: z.string().min(1).max(60),
  case: z.string().min(1),
  fields: z.array(z.string().min(1).max(60)).max(60),
  /** The person who asks, for both logs. */
  actor: z.object({ sub: z.string().min(1), name: z.string().min(1), role: z.enum(ROLES) }),
  at: z.iso.datetime(),
  /** Exact JSON text of the application. */
  application: z.string().min(1),
  /**
   * The signed FILED line; at a desk that got the case later, also the signed line that handed it over; and the last
   * line that corrected the application.
   */
  lines: z.array(z.string()).min(1).max(3),
});
export type DataRequestBody = z.infer<typeof dataRequestSchema>;

/**
 * The offering node's signed statement on one request: who asked, for which data, and the outcome. It holds no values,
 * so that the applicant's own desk can be told (个人信息保护法 Art. 35).
 */
export const dataRecordSchema = z.object({
  request: z.uuid(),
  provider: divisionCodeSchema,
  asker: divisionCodeSchema,
  actor: z.object({ sub: z.string().min(1), name: z.string().min(1), role: z.enum(ROLES) }),
  case: z.string().min(1),
  /** The purpose: the case's item, from its signed first line; null if it was not proved. */
  item: z.string().nullable(),
  offer: z.string().min(1),
  fields: z.array(z.object({ name: z.string(), label: z.string() })),
  askedAt: z.iso.datetime(),
  at: z.iso.datetime(),
  outcome: z.enum(DATA_OUTCOMES),
  /** Reasons of a refusal: codes and articles; empty otherwise. */
  faults: z.array(z.object({ field: z.string(), message: z.string(), article: z.string().nullable() })),
  /** The material that need not be handed in any more; null if there is none. */
  replaces: z.string().nullable(),
  /** SHA-256 of the values' exact text; null if no data was given. */
  values: sha256Schema.nullable(),
  /** The offer at the time data was given; missing in records of an earlier form and in those that give no data. */
  terms: dataOfferSchema.optional(),
});
export type DataRecord = z.infer<typeof dataRecordSchema>;

/**
 * 数据共享应答: to the desk that asked, and on to the desk that holds the case; without values to the desk that took it in.
 */
export const dataAnswerSchema = z.object({
  /** The signed record (JWS). */
  record: z.string().min(1),
  /** Exact JSON text of the values by field name. */
  values: z.string().nullable(),
});
export type DataAnswerBody = z.infer<typeof dataAnswerSchema>;

export const dataValuesSchema = z.record(z.string(), z.string());
