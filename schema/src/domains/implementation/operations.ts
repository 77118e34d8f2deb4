import { z } from 'zod';
import { idempotencyKey } from '../../operation/input-parts.ts';
import { domain } from '../../operation/domain.ts';
import { byKeys } from '../../operation/route.ts';
import { asText } from '../../operation/merging.ts';
import { id, word } from '../../operation/fields.ts';
import { mutation } from '../../operation/operation.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type * as catalogue from '../catalogue/catalogue.ts';
import { feeScheduleInput, limitInput, promiseInputs, reasonInput, textsInput } from '../catalogue/element-inputs.ts';
import { FLOW_STEP, FLOW_STEPS, ONLINE_DEPTH, ONLINE_DEPTHS } from '../catalogue/item-words.ts';
import { Implementation } from './views.ts';

const text = z.string().nullish();

const hasNoTwins = (stated: readonly { id?: string | null | undefined }[]): boolean => {
  const ids = stated.flatMap(({ id }) => id ?? []);
  return new Set(ids).size === ids.length;
};

/** Every element that a revision may change, in the order of the implementation's own schema. */
const elements = {
  ...promiseInputs,
  discretion: z
    .array(
      z
        .object({
          circumstance: z.string().max(500),
          id: text.meta({ description: 'What decisions cite it by, at most 20 signs; a free number if left out.' }),
          // a decision's line in the log holds it whole
          standard: z.string().max(2000),
        })
        .meta({ inputType: 'DiscretionInput' }),
    )
    .refine(hasNoTwins, 'names an id twice')
    .nullish(),
  stages: z
    .array(
      z
        .object({
          limit: limitInput.nullish(),
          name: z.string(),
          person: text,
          post: z.string(),
          standard: z.string(),
          step: word(FLOW_STEP, FLOW_STEPS)
            .nullish()
            .meta({ description: 'The step of the flow it is part of; by its name if left out.' }),
        })
        .meta({ inputType: 'StageInput' }),
    )
    .nullish(),
  feeSchedule: feeScheduleInput,
  windows: textsInput,
  hours: text,
  contacts: z.array(z.object({ name: z.string(), phone: z.string() }).meta({ inputType: 'ContactInput' })).nullish(),
  onlineDepth: word(ONLINE_DEPTH, ONLINE_DEPTHS).nullish(),
  place: text.meta({ description: '办理地点' }),
  inCharge: z
    .object({ person: text, phone: text, post: z.string() })
    .nullish()
    .meta({ inputType: 'InChargeInput', description: '责任人' }),
  verified: z
    .boolean()
    .nullish()
    .meta({ description: 'False while what the node states is not checked against the texts in force.' }),
} satisfies Record<Exclude<keyof catalogue.Implementation, 'item' | 'itemVersion' | 'node' | 'version'>, z.ZodType>;

/**
 * Improves the node's implementation of an item.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, ITEM_UNKNOWN, REASON_MISSING, IMPLEMENTATION_WORSE, NO_CHANGE,
 * BAD_INPUT, PAYLOAD_TOO_LARGE
 */
export const reviseImplementation = mutation('reviseImplementation', {
  zh: '修订实施清单',
  about:
    "betters how the viewer's own node carries an item out. What is left out stays as it is; what would be worse, or changes nothing (NO_CHANGE), is refused.",
  by: 'REVISE_IMPLEMENTATION',
  article: ARTICLES.neverWorse,
  // the key keeps its place, because idempotency keys are hashed with the input as text
  input: { item: id(50), reason: reasonInput, idempotencyKey, ...elements },
  answer: Implementation,
});

export const implementation = domain('implementation', {
  zh: '实施清单',
  role: 'implementation',
  lookups: { _implementations: byKeys() },
  merges: {
    Implementation: {
      selectionSet: '{ itemCode node { code } _via }',
      lookup: '_implementations',
      key: ({ itemCode, node, _via }) => {
        const at = asText((node as { code?: unknown } | null | undefined)?.code);
        return { item: itemCode, node: at, at, via: asText(_via) || null };
      },
    },
  },
  operations: { reviseImplementation },
});
