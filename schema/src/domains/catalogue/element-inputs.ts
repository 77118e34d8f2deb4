import { z } from 'zod';
import { word } from '../../operation/fields.ts';
import { DAY_UNIT, DAY_UNITS, MATERIAL_SOURCE, MATERIAL_SOURCES } from './item-words.ts';

// Elements in the input of a draft or a revision. The item's own schema checks them after they are merged with the
// former values: an element left out keeps its value, and null empties an element that may be empty. Fields are sorted
// by name, as the graph has always sorted them, because idempotency keys are hashed with the input.

export const limitInput = z
  .object({
    days: z.number().meta({ description: 'Whole days, or half working days.' }),
    unit: word(DAY_UNIT, DAY_UNITS),
  })
  .meta({ inputType: 'LimitInput' });

const greenChannel = limitInput.nullish().meta({ description: '绿色通道时限, never longer than the promise.' });
const urgent = limitInput.nullish().meta({ description: '特急时限, never longer than the promise.' });

const materialInput = z
  .object({
    held: z.boolean().nullish(),
    name: z.string(),
    providedBy: word(MATERIAL_SOURCE, MATERIAL_SOURCES).nullish(),
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
