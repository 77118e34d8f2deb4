import { z } from 'zod';
import {
  ATTENDANCE,
  ATTENDANCES,
  LAPSE_EFFECT,
  LAPSE_EFFECTS,
  OBJECTION_END,
  OBJECTION_ENDS,
  PARTY_ASK,
  PARTY_ASKS,
  PARTY_OPINION,
  PARTY_OPINIONS,
  PROJECT_STAGE,
  PROJECT_STAGES,
} from './words.ts';
import { divisionCodeSchema, said, sha256Schema, signedWord } from '../../case/line-parts.ts';
import { word } from '../../operation/fields.ts';

/** A party to joint handling (联办部门). */
const partySchema = z.object({
  /** 1, 2, 3 … within the case. */
  party: z.int().min(1),
  node: divisionCodeSchema,
  department: said(),
  ask: word(PARTY_ASK, PARTY_ASKS),
  dueAt: z.iso.datetime(),
  /** Working days for the answer, for another node's party; they count from the day its node received the question. */
  days: z.int().min(1).optional(),
  /** SHA-256 of the materials another node's party may see; left out for all. */
  materials: z.array(sha256Schema).optional(),
});
export type PartyData = z.infer<typeof partySchema>;

/** Extra data on an answer of another node's party: when it was given there, and that node's signed word (JWS). */
const partyAnswer = { answeredAt: z.iso.datetime().optional(), answer: signedWord.optional() };

/** The data that lines of joint handling (联办) record. */
export const jointDataSchemas = {
  JOINT_OPENED: z.object({
    /** 牵头部门. */
    lead: said(),
    stage: word(PROJECT_STAGE, PROJECT_STAGES).nullable(),
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
    answer: signedWord,
  }),
  OPINION_GIVEN: z.object({
    party: z.int().min(1),
    opinion: word(PARTY_OPINION, PARTY_OPINIONS),
    reason: said().nullable(),
    ...partyAnswer,
  }),
  OPINION_EXCUSED: z.object({
    party: z.int().min(1),
    reason: said(),
    dueAt: z.iso.datetime(),
    ...partyAnswer,
  }),
  /** Silence past the deadline, found by the lead node's clockwork. */
  OPINION_LAPSED: z.object({ party: z.int().min(1), effect: word(LAPSE_EFFECT, LAPSE_EFFECTS) }),
  VISIT_SCHEDULED: z.object({
    at: z.iso.datetime(),
    place: said(),
    /** Numbers of the parties called. */
    parties: z.array(z.int().min(1)).min(1),
  }),
  /** Another node's party knows the time of the visit, by its node's signed word. */
  PARTY_CALLED: z.object({
    party: z.int().min(1),
    calledAt: z.iso.datetime(),
    visitAt: z.iso.datetime(),
    answer: signedWord,
  }),
  /** A party excuses itself from the visit in advance. */
  VISIT_EXCUSED: z.object({
    party: z.int().min(1),
    visitAt: z.iso.datetime(),
    reason: said(),
    ...partyAnswer,
  }),
  VISIT_RECORDED: z.object({
    record: said(),
    attendance: z
      .array(z.object({ party: z.int().min(1), as: word(ATTENDANCE, ATTENDANCES), reason: said().nullable() }))
      .min(1),
    /** The one list for the applicant, in the order of their numbers. */
    corrections: z.array(z.object({ party: z.int().min(1), text: said(), mandatory: z.boolean() })),
  }),
  CORRECTION_MADE: z.object({ correction: z.int().min(1), evidence: said() }),
  /** 撤回征询: the lead no longer waits for this party. */
  QUESTION_WITHDRAWN: z.object({ party: z.int().min(1), reason: said(1000) }),
  /** 催办: by the lead's department or its centre, of a party that is late or nearly so. */
  PARTY_REMINDED: z.object({ party: z.int().min(1) }),
  OBJECTION_RESOLVED: z.object({
    party: z.int().min(1),
    end: word(OBJECTION_END, OBJECTION_ENDS),
    resolution: said(),
  }),
} as const;
