import { z } from 'zod';
import { CASE_ORDER, CASE_ORDERS, CASE_STATE, CASE_STATES, CASE_WAIT, CASE_WAITS } from '../../case/words.ts';
import { CUSTODIES, CUSTODY } from '../../kernel/words.ts';
import { askedDivision, word, wordOf } from '../../operation/fields.ts';
import { person } from '../caseload/inputs.ts';
import { HANDLER_FILTER } from '../caseload/words.ts';

/** The cases a list shows. */
export const caseFilter = z
  .object({
    division: askedDivision.meta({ description: "Whose cases; the viewer's own desk when left out." }),
    custody: word(CUSTODY, CUSTODIES).nullish(),
    states: z.array(word(CASE_STATE, CASE_STATES)).nullish(),
    item: z.string().nullish().meta({ scalar: 'ID' }),
    number: z.string().nullish(),
    department: z.string().nullish().meta({ description: "The item's department in charge (民政)." }),
    waitingFor: word(CASE_WAIT, CASE_WAITS).nullish(),
    overdue: z.boolean().nullish().meta({ description: 'Whether the next limit has passed.' }),
    paused: z.boolean().nullish().meta({ description: 'Whether a special procedure keeps the clock still.' }),
    handler: wordOf(HANDLER_FILTER).nullish(),
    handledBy: person.nullish().meta({ inputType: 'PersonInput', description: 'Cases of one person of the desk.' }),
    dueBefore: z
      .string()
      .nullish()
      .meta({ scalar: 'DateTime', description: 'Whose next limit ends before this instant.' }),
    dueWithin: z.int().min(0).max(366).nullish().meta({
      description: 'Working days from today by whose end the next limit ends: 0 for today. Overdue ones too.',
    }),
  })
  .meta({ inputType: 'CaseFilter' });
export type CaseFilterInput = z.output<typeof caseFilter>;

/** Their order; left out, the newest first. */
export const caseOrder = word(CASE_ORDER, CASE_ORDERS);
