import { z } from 'zod';
import { sha256Schema } from '../../case/line-parts.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';

// 表格下载: the files people download before they apply. An item names them; their bytes travel apart.

export const ITEM_FORM_KINDS = ['BLANK', 'SAMPLE'] as const;
export type ItemFormKind = (typeof ITEM_FORM_KINDS)[number];
export const ITEM_FORM_KIND = vocabulary<ItemFormKind>('ItemFormKind', '表格类别', {
  BLANK: '空白表格',
  SAMPLE: '样表',
});

/** File types a form may have, with the words a guide names them by. */
export const ITEM_FORM_TYPES = {
  'application/pdf': 'PDF',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
} as const;
export type ItemFormType = keyof typeof ITEM_FORM_TYPES;
export const itemFormType = z
  .enum(Object.keys(ITEM_FORM_TYPES) as [ItemFormType, ...ItemFormType[]])
  .meta({ scalar: 'String', description: 'PDF, DOCX, XLSX, JPEG or PNG.' });

/** Most bytes of a form. Every node below the city keeps its own copy. */
export const MAX_ITEM_FORM_BYTES = 2 * 1024 * 1024;
/** Most forms of an item. */
export const MAX_ITEM_FORMS = 20;

const text = z.string().trim().min(1);

/** A form of an item: which material it is for, and which file it is. */
export const itemFormSchema = z.object({
  /** The material it is filled in for, by name. */
  material: text.max(200),
  kind: z.enum(ITEM_FORM_KINDS),
  /** What people know it by; unique in its item. */
  title: text.max(100),
  fileName: text.max(200).regex(/^[^/\\\p{Cc}]+$/u, 'a file name without folders'),
  mediaType: itemFormType,
  /** Bytes. */
  size: z.int().min(1).max(MAX_ITEM_FORM_BYTES),
  sha256: sha256Schema,
});
export type ItemForm = z.infer<typeof itemFormSchema>;

/** A form as a desk offers it. */
export interface OfferedForm extends ItemForm {
  /** Path at the gateway, the same as long as the node holds it. */
  path: string;
  /** Whether the node has its bytes. */
  arrived: boolean;
}

/** Where a node gives a form to anybody: `/forms/<node>/<SHA-256>`. */
export const itemFormPath = (node: DivisionCode, { sha256 }: Pick<ItemForm, 'sha256'>) => `/forms/${node}/${sha256}`;

/**
 * The forms of an item with one more; it takes the place of one of the same title.
 * @throws {ProblemError} BAD_INPUT for a material the item does not ask for, and for a form too many
 */
export function withForm(
  {
    forms = [],
    standard,
  }: { forms?: readonly ItemForm[] | undefined; standard: { materials: readonly { name: string }[] } },
  form: ItemForm,
): ItemForm[] {
  if (!standard.materials.some(({ name }) => name === form.material)) {
    throw problem('BAD_INPUT', `The item asks for no material ${form.material}.`, { field: 'material' });
  }
  const others = forms.filter(({ title }) => title !== form.title);
  if (others.length >= MAX_ITEM_FORMS) {
    throw problem('BAD_INPUT', `An item has at most ${MAX_ITEM_FORMS} forms.`, { field: 'title' });
  }
  return [...others, form];
}

/** The forms whose material the item still asks for; undefined if none is left, as in an item that never had one. */
export function formsKept(
  forms: readonly ItemForm[] | undefined,
  materials: readonly { name: string }[],
): ItemForm[] | undefined {
  const kept = forms?.filter((form) => materials.some(({ name }) => name === form.material)) ?? [];
  return kept.length === 0 ? undefined : kept;
}
