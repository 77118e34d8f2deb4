import { z } from 'zod';
import { word } from '../../operation/fields.ts';
import { DAY_UNITS, MATERIAL_SOURCES } from './item-words.ts';

// Elements as a draft or a revision brings them. The item's own schema judges them once they are put together with what
// was there before: what is left out stays as it is, and null empties what may be empty. Fields stand in the order of
// their names: so the graph has always brought them, and idempotency keys are hashed with what it brought.

export const limitInput = z
  .object({
    days: z.number().meta({ description: 'Whole days, or half working days.' }),
    unit: word('DayUnit', DAY_UNITS),
  })
  .meta({ inputType: 'LimitInput' });

const greenChannel = limitInput.nullish().meta({ description: '绿色通道时限, never longer than the promise.' });
const urgent = limitInput.nullish().meta({ description: '特急时限, never longer than the promise.' });

const materialInput = z
  .object({
    held: z.boolean().nullish(),
    name: z.string(),
    providedBy: word('MaterialSource', MATERIAL_SOURCES).nullish(),
    required: z.boolean(),
  })
  .meta({ inputType: 'MaterialRequirementInput' });

export const textsInput = z.array(z.string()).nullish();

/** Elements common to an item's standard and an implementation, in the order of their schemas. */
export const promiseInputs = {
  promised: limitInput.nullish(),
  greenChannel,
  urgent,
  materials: z.array(materialInput).nullish(),
  maxVisits: z.int().nullish(),
  conditions: textsInput,
};

export const feeScheduleInput = z
  .object({
    baseFen: z.int().nullish().meta({
      scalar: 'Fen',
      description: 'In fen; null where the amount follows a schedule of its own.',
    }),
    note: z.string().nullish(),
    rates: z.array(z.object({ category: z.string(), percent: z.int() }).meta({ inputType: 'FeeRateInput' })),
    unit: z.string(),
  })
  .nullish()
  .meta({ inputType: 'FeeScheduleInput' });

/** May be empty: the rule refuses that, and cites its article. */
export const reasonInput = z.string().trim().max(1000);
