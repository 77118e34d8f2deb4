import { z } from 'zod';
import { materialSchema, said, staffSchema } from '../../case/line-parts.ts';

/** A party of a hearing: 0 is the applicant, 1, 2, 3 … are the interested parties, in the order they were told. */
const hearingPartySchema = z.int().min(0);
/**
 * Lines of 听证 and of interested parties (行政许可法 Art. 36, 46–48). Papers with the identities of interested parties, or
 * their statements, are kept apart; the log holds their digests.
 */
export const hearingDataSchemas = {
  INTERESTED_TOLD: z.object({
    /** Numbers of those told: `first` … `first + count - 1`. */
    first: z.int().min(1),
    count: z.int().min(1).max(1000),
    /** The parties' identities (利害关系人名册), as JSON of its own. */
    register: materialSchema,
    /** The interest of theirs that the case affects; names no person. */
    matter: said(1000),
    /** Whether the case directly affects a great interest of theirs, so that a hearing is offered (Art. 47). */
    grave: z.boolean(),
  }),
  PARTY_HEARD: z.object({ party: hearingPartySchema, statement: materialSchema }),
  HEARING_OFFERED: z.object({
    parties: z.array(hearingPartySchema).min(1),
    notice: said(2000),
    /** Last moment to ask for a hearing: end of the fifth working day. */
    until: z.iso.datetime(),
  }),
  HEARING_REQUESTED: z.object({
    party: hearingPartySchema,
    /** Last moment to hold it: end of the twentieth working day. */
    holdBy: z.iso.datetime(),
  }),
  HEARING_WAIVED: z.object({ party: hearingPartySchema }),
  HEARING_CALLED: z.object({
    at: z.iso.datetime(),
    place: said(200),
    chair: staffSchema,
    /** 公告, if the hearing is announced to the public. */
    announcement: said(2000).nullable(),
  }),
  CHAIR_RECUSED: z.object({ reason: said(500) }),
  HEARING_HELD: z.object({
    /** The parties who came, those who signed the record, and the reasons of the others. */
    attended: z.array(hearingPartySchema),
    signed: z.array(hearingPartySchema),
    unsigned: z.array(z.object({ party: hearingPartySchema, reason: said(500) })),
    record: materialSchema,
  }),
} as const;
