import type { CatalogueFault, Item } from '@liandong/schema/domains/catalogue';
import type { Day, DivisionCode } from '@liandong/schema/kernel';
import type { ItemDraftInput } from '@liandong/schema/domains/item-life';
import { formsKept, itemSchema } from '@liandong/schema/domains/catalogue';
import { parseInput } from '@liandong/schema/graph';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { ItemFile } from '../catalogue/index.ts';
import { unkeyed } from '../idempotency/index.ts';

/** The elements of a new item until its author sets them. */
const BLANK = { delegableTo: [], feeSchedule: null, bundle: null, note: null, statutory: null, verified: false };

/**
 * The item after the input: elements the input does not name stay as in the draft, or in the last version.
 * @throws {ProblemError} BAD_INPUT
 */
export function draftedItem(node: DivisionCode, input: ItemDraftInput, file: ItemFile, today: Day): Item {
  if (!input.code.startsWith(node.slice(0, 4))) {
    throw problem('BAD_INPUT', `${node}'s codes begin with ${node.slice(0, 4)}.`, { field: 'code' });
  }
  const base = file.draft?.item ?? file.published[0];
  const {
    reason: _,
    promised,
    greenChannel,
    urgent,
    materials,
    maxVisits,
    conditions,
    fields,
    ...elements
  } = unkeyed(input);
  const forms = formsKept(base?.forms, materials ?? base?.standard.materials ?? []);
  const standard = { promised, greenChannel, urgent, materials, maxVisits, conditions, fields };
  return parseInput(itemSchema, {
    ...BLANK,
    ...base,
    forms,
    ...elements,
    standard: {
      ...base?.standard,
      ...Object.fromEntries(Object.entries(standard).filter(([, v]) => v !== undefined)),
    },
    version: file.draft?.item.version ?? (file.published[0]?.version ?? 0) + 1,
    status: 'IN_FORCE',
    effectiveFrom: today,
    effectiveTo: null,
  });
}

/** @throws {ProblemError} CATALOGUE_INVALID, one problem a fault */
export function refuseFaults(faults: readonly CatalogueFault[]): void {
  const [first, ...rest] = faults.map(({ place, message }) => ({
    code: 'CATALOGUE_INVALID' as const,
    message: `${place}: ${message}`,
    article: null,
    field: place,
    node: null,
  }));
  if (first) throw new ProblemError([first, ...rest]);
}
