import { z } from 'zod';
import { ATTENDANCES, LAPSE_EFFECTS, OBJECTION_ENDS, PARTY_ASKS, PARTY_OPINIONS } from './words.ts';
import { CASE_STATES } from '../../case/words.ts';
import { formEntrySchema } from '../catalogue/forms.ts';
import { divisionCodeSchema, logActorSchema, sha256Schema } from '../../case/log-line.ts';

/** The question a party's word belongs to, and the party. */
const wordHead = {
  case: z.string().min(1),
  /** SHA-256 of the signed line that opened joint handling. */
  opened: sha256Schema,
  party: z.int().min(1),
  node: divisionCodeSchema,
  department: z.string().min(1),
  /** When it was said, at the party's node, UTC. */
  at: z.iso.datetime(),
};
const spoken = { actor: logActorSchema };

/**
 * A word of another node's party, signed by that node (JWS) and kept in the case's log: that it has the question, that
 * it knows of the visit, its opinion, its excuse for a later answer, or its excuse from the visit.
 */
export const partyWordSchema = z.discriminatedUnion('says', [
  z.object({ says: z.literal('ASKED'), ...wordHead }),
  z.object({ says: z.literal('CALLED'), ...wordHead, visitAt: z.iso.datetime() }),
  z.object({
    says: z.literal('OPINION'),
    ...wordHead,
    ...spoken,
    opinion: z.enum(PARTY_OPINIONS),
    reason: z.string().min(1).nullable(),
  }),
  z.object({
    says: z.literal('EXCUSE'),
    ...wordHead,
    ...spoken,
    reason: z.string().min(1),
    /** Working days added to the deadline. */
    days: z.int().min(1),
  }),
  z.object({
    says: z.literal('ABSENCE'),
    ...wordHead,
    ...spoken,
    reason: z.string().min(1),
    visitAt: z.iso.datetime(),
  }),
]);
export type PartyWord = z.infer<typeof partyWordSchema>;

/** The word without the question it belongs to, which the desk adds. */
export type PartySays = PartyWord extends infer W
  ? W extends PartyWord
    ? Omit<W, 'case' | 'opened' | 'party' | 'node' | 'department'>
    : never
  : never;

/**
 * 征求意见: asks another node's party. The signed log up to the line that opened joint handling proves the case, its
 * materials, the lead's custody and that this party is asked; the materials it may see come in pieces.
 */
export const opinionRequestSchema = z.object({
  case: z.string().min(1),
  party: z.int().min(1),
  /** The signed log; its last line opened joint handling. */
  lines: z.array(z.string().min(1)).min(2),
  /** The applicant. No identity number and no phone: the party's desk decides on the matter alone. */
  applicant: z.string().min(1).nullable(),
  /** The form as the applicant filled it in. */
  form: z.array(formEntrySchema),
});
export type OpinionRequest = z.infer<typeof opinionRequestSchema>;

const date = z.coerce.date();

/** A party's standing in the lead's log. */
export const partyStandingSchema = z.object({
  number: z.int().min(1),
  node: divisionCodeSchema,
  department: z.string().min(1),
  ask: z.enum(PARTY_ASKS),
  dueAt: date,
  days: z.int().min(1).nullable(),
  materials: z.array(sha256Schema).nullable(),
  asked: z.object({ at: date, answer: z.string().nullable() }).nullable(),
  excuse: z.object({ at: date, reason: z.string(), dueBefore: date }).nullable(),
  given: z
    .object({
      at: date,
      actor: logActorSchema,
      opinion: z.enum(PARTY_OPINIONS),
      reason: z.string().nullable(),
      answer: z.string().nullable(),
    })
    .nullable(),
  lapse: z.object({ at: date, effect: z.enum(LAPSE_EFFECTS) }).nullable(),
  absent: z.boolean(),
  resolved: z
    .object({ at: date, actor: logActorSchema, end: z.enum(OBJECTION_ENDS), resolution: z.string() })
    .nullable(),
  // nodes with earlier programs leave it out
  withdrawn: z.object({ at: date, actor: logActorSchema, reason: z.string() }).nullable().default(null),
  reminders: z
    .object({ times: z.int().min(1), lastAt: date })
    .nullable()
    .default(null),
});

/** The visit a party is called to. */
export const partyVisitSchema = z.object({
  at: date,
  place: z.string(),
  /** The reason why it can't come; null without an excuse. */
  excuse: z.string().nullable(),
  /** The recorded attendance; null until it is recorded. */
  as: z.enum(ATTENDANCES).nullable(),
});

/**
 * 征询进展: a party's current standing, sent to its node. Each notice is complete and the newest counts, so that a lost or
 * late one does no harm. At the case's end it says that no answer is expected any more.
 */
export const opinionNoticeSchema = z.object({
  case: z.string().min(1),
  opened: sha256Schema,
  /**
   * The time and number of the lead's last line. After a restore the lead's numbers may begin again, but its clock does
   * not.
   */
  asOf: date,
  seq: z.int().min(1),
  state: z.enum(CASE_STATES),
  standing: partyStandingSchema,
  visit: partyVisitSchema.nullable(),
});
export type OpinionNotice = z.infer<typeof opinionNoticeSchema>;

/** 部门答复: a party's signed word, to the lead's node. */
export const opinionAnswerSchema = z.object({ case: z.string().min(1), answer: z.string().min(1) });
export type OpinionAnswer = z.infer<typeof opinionAnswerSchema>;
