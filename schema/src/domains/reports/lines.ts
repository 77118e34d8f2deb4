import { z } from 'zod';
import { daySchema, materialSchema, said } from '../../case/line-parts.ts';
import { word } from '../../operation/fields.ts';
import { REPORT_EVENT, REPORT_EVENTS, REPORT_RESULT, REPORT_RESULTS, REPORT_WAY, REPORT_WAYS } from './words.ts';

/** The data that lines of a case passed on outside (转报) record. */
export const reportDataSchemas = {
  REPORTED: z.object({
    /** The organ outside, by its name. */
    to: said(100),
    /** 文号 of the letter it goes with. */
    number: said(100),
    sentOn: daySchema,
    way: word(REPORT_WAY, REPORT_WAYS),
    /** What was sent. */
    sent: said(1000),
    /** By when the organ outside is expected to answer, by its own limit. */
    dueOn: daySchema.nullable(),
  }),
  REPORT_PROGRESSED: z.object({
    event: word(REPORT_EVENT, REPORT_EVENTS),
    on: daySchema,
    /** The number the organ outside keeps it under, or that of its letter. */
    number: said(100).nullable(),
    what: said(500).nullable(),
    /** Its new date, where the organ outside named one. */
    dueOn: daySchema.nullable(),
  }),
  REPORT_DECIDED: z.object({
    result: word(REPORT_RESULT, REPORT_RESULTS),
    /** 文号 of the outside organ's document. */
    number: said(100),
    on: daySchema,
    /** Digest of the document; its bytes go with the case to the desk that delivers it. */
    document: materialSchema,
    reason: said(500).nullable(),
  }),
} as const;
