import { z } from 'zod';
import { ATTENDANCES, LAPSE_EFFECTS, OBJECTION_ENDS, PARTY_ASKS, PARTY_OPINIONS, PROJECT_STAGES } from './words.ts';
import { divisionCodeSchema, sha256Schema } from '../../case/line-parts.ts';

/** A party to joint handling (联办部门). */
const partySchema = z.object({
  /** 1, 2, 3 … within the case. */
  party: z.int().min(1),
  node: divisionCodeSchema,
  department: z.string().min(1),
  ask: z.enum(PARTY_ASKS),
  dueAt: z.iso.datetime(),
  /** Working days for the answer, for another node's party; they count from the day its node received the question. */
  days: z.int().min(1).optional(),
  /** SHA-256 of the materials another node's party may see; left out for all. */
  materials: z.array(sha256Schema).optional(),
});
export type PartyData = z.infer<typeof partySchema>;

/** Extra data on an answer of another node's party: when it was given there, and that node's signed word (JWS). */
const partyAnswer = { answeredAt: z.iso.datetime().optional(), answer: z.string().min(1).optional() };

/** The data that lines of joint handling (联办) record. */
export const jointDataSchemas = {
  JOINT_OPENED: z.object({
    /** 牵头部门. */
    lead: z.string().min(1),
    stage: z.enum(PROJECT_STAGES).nullable(),
    /** The item's rules on silence and absence, stored so that the log can be read without the item. */
    silentApproval: z.boolean(),
    absenceDefault: z.boolean(),
    parties: z.array(partySchema).min(1),
  }),
  /** Another node's party has received the question, by its node's signed word; its deadline counts from then. */
  PARTY_ASKED: z.object({
    party: z.int().min(1),
    askedAt: z.iso.datetime(),
    dueAt: z.iso.datetime(),
    answer: z.string().min(1),
  }),
  OPINION_GIVEN: z.object({
    party: z.int().min(1),
    opinion: z.enum(PARTY_OPINIONS),
    reason: z.string().min(1).nullable(),
    ...partyAnswer,
  }),
  OPINION_EXCUSED: z.object({
    party: z.int().min(1),
    reason: z.string().min(1),
    dueAt: z.iso.datetime(),
    ...partyAnswer,
  }),
  /** Silence past the deadline, found by the lead node's clockwork. */
  OPINION_LAPSED: z.object({ party: z.int().min(1), effect: z.enum(LAPSE_EFFECTS) }),
  VISIT_SCHEDULED: z.object({
    at: z.iso.datetime(),
    place: z.string().min(1),
    /** Numbers of the parties called. */
    parties: z.array(z.int().min(1)).min(1),
  }),
  /** Another node's party knows the time of the visit, by its node's signed word. */
  PARTY_CALLED: z.object({
    party: z.int().min(1),
    calledAt: z.iso.datetime(),
    visitAt: z.iso.datetime(),
    answer: z.string().min(1),
  }),
  /** A party excuses itself from the visit in advance. */
  VISIT_EXCUSED: z.object({
    party: z.int().min(1),
    visitAt: z.iso.datetime(),
    reason: z.string().min(1),
    ...partyAnswer,
  }),
  VISIT_RECORDED: z.object({
    record: z.string().min(1),
    attendance: z
      .array(z.object({ party: z.int().min(1), as: z.enum(ATTENDANCES), reason: z.string().min(1).nullable() }))
      .min(1),
    /** The one list for the applicant, in the order of their numbers. */
    corrections: z.array(z.object({ party: z.int().min(1), text: z.string().min(1), mandatory: z.boolean() })),
  }),
  CORRECTION_MADE: z.object({ correction: z.int().min(1), evidence: z.string().min(1) }),
  /** 撤回征询: the lead no longer waits for this party. */
  QUESTION_WITHDRAWN: z.object({ party: z.int().min(1), reason: z.string().min(1).max(1000) }),
  OBJECTION_RESOLVED: z.object({
    party: z.int().min(1),
    end: z.enum(OBJECTION_ENDS),
    resolution: z.string().min(1),
  }),
} as const;
