import { z } from 'zod';
import { divisionCodeSchema, said } from '../../case/line-parts.ts';
import { word } from '../../operation/fields.ts';
import { ANSWER_VERDICT, ANSWER_VERDICTS } from './words.ts';

/** The data of the line that answers a case (答复件). */
export const answerDataSchemas = {
  ANSWERED: z.object({
    verdict: word(ANSWER_VERDICT, ANSWER_VERDICTS),
    reason: said(1000),
    /** The rules the answer goes by. */
    basis: said(500),
    /** What has to be there first, one by one. */
    needs: z.array(said(500)).min(1).max(20).optional(),
    /** 救济途径; left out where no law gives any against such an answer. */
    remedies: said(500).optional(),
    /** The node in whose name the answer goes out. */
    inNameOf: divisionCodeSchema,
    /** The grant it was given under; left out where the organ answered by its own power. */
    grant: z.uuid().optional(),
    /** The answering department, or the bureau that holds its powers. */
    department: said().optional(),
  }),
} as const;
