import type { Item, ItemForm } from '@liandong/schema/domains/catalogue';
import { itemSchema, withForm } from '@liandong/schema/domains/catalogue';
import { parseInput } from '@liandong/schema/graph';
import type { Day, DivisionCode } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { Authorship, ItemFile, StoredDraft } from '../catalogue/index.ts';
import { lockItem } from '../catalogue/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { GivenForm } from '../item-forms/index.ts';
import { storeForm } from '../item-forms/index.ts';
import { draftedItem } from './drafted-item.ts';
import { keepDraft } from './kept-draft.ts';

/**
 * Stores a form and names it in the draft of an item, or in a new draft of it.
 * @throws {ProblemError} ITEM_UNKNOWN, BAD_INPUT; ILLEGAL_STEP if it changes nothing
 */
export async function attachForm(
  tx: SharedTx,
  node: DivisionCode,
  code: string,
  given: GivenForm,
  by: Authorship,
  now: Date,
): Promise<StoredDraft> {
  const file = await lockItem(tx, code);
  const forms = withForm(baseIn(file, code), given.form);
  await storeForm(tx, given);
  return keepDraft(tx, file, withForms(node, file, code, forms, dayOf(now)), by, now);
}

/** The draft of an item, or its newest version. @throws {ProblemError} ITEM_UNKNOWN */
export function baseIn({ draft, published }: ItemFile, code: string): Item {
  const base = draft?.item ?? published[0];
  if (!base) throw problem('ITEM_UNKNOWN', `The catalogue has no item ${code.slice(0, 50)}.`, { field: 'code' });
  return base;
}

/** The next draft of an item with these forms. @throws {ProblemError} BAD_INPUT */
export function withForms(
  node: DivisionCode,
  file: ItemFile,
  code: string,
  forms: readonly ItemForm[],
  today: Day,
): Item {
  const { forms: _, ...item } = draftedItem(node, { code, reason: '', idempotencyKey: null }, file, today);
  return parseInput(itemSchema, forms.length === 0 ? item : { ...item, forms });
}
