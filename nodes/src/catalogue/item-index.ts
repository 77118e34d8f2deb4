import type { DivisionCode } from '@liandong/schema/kernel';
import type { Item } from '@liandong/schema/domains/catalogue';
import { competenceKeyOf, itemSchema, unifiedElements } from '@liandong/schema/domains/catalogue';
import type { HostDb } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';

/** Raised with every change of what {@link indexOf} computes: at the next start, older rows are computed again. */
export const INDEX_FORM = 6;

/** Rows filled in one transaction. */
const FILL_BATCH = 500;

/** The texts and digests by which an item is found and compared, computed once when it is stored. */
export interface ItemIndex {
  /** Each field on a line of its own, lower case, a line break before the first and after the last. */
  searchText: string;
  /** A blank before each syllable, a line for the name and for each life event. */
  searchPinyin: string;
  competenceKey: string;
  digest: string;
}

/** @returns the items with their indexes, in order */
export async function indexOf<T extends { item: Item }>(items: readonly T[]): Promise<(T & ItemIndex)[]> {
  if (items.length === 0) return [];
  // the dictionary takes 30 MB: only a host that stores items loads it
  const { pinyin } = await import('pinyin-pro');
  const syllables = (text: string): string[] =>
    pinyin(text, { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' }).map((part) =>
      part.toLowerCase().replaceAll(/[^a-z0-9]/g, ''),
    );
  return items.map((indexed) => {
    const { item } = indexed;
    const spoken = [item.name, ...item.lifeEvents].map(syllables);
    const initials = spoken.map((parts) => parts.map((part) => part.charAt(0)).join(''));
    const fields = [item.name, ...initials, item.code, item.department, ...item.lifeEvents];
    return {
      ...indexed,
      searchText: `\n${fields.join('\n').toLowerCase()}\n`,
      searchPinyin: spoken.map((parts) => parts.map((part) => ` ${part}`).join('')).join('\n'),
      competenceKey: competenceKeyOf(item),
      digest: sha256(JSON.stringify(unifiedElements(item))),
    };
  });
}

/**
 * Computes the index of rows without one, or with one of an older program.
 * @returns how many rows were filled
 */
export async function fillItemIndex(db: HostDb, node: DivisionCode): Promise<number> {
  for (let filled = 0; ;) {
    const done = await db.transact(node, async (tx) => {
      const rows = await tx.query<{ body: unknown }>(
        `SELECT body FROM items WHERE node = $1 AND (index_form IS NULL OR index_form < $2 OR index_form > $2)
         ORDER BY code, version LIMIT $3 FOR UPDATE`,
        [INDEX_FORM, FILL_BATCH],
      );
      const made = await indexOf(rows.map((row) => ({ item: itemSchema.parse(row.body) })));
      if (made.length > 0) {
        await tx.query(
          `UPDATE items SET search_text = i.text, search_pinyin = i.pinyin, competence_key = i.key, digest = i.digest,
             index_form = $8
           FROM unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[])
             AS i (code, version, text, pinyin, key, digest)
           WHERE items.node = $1 AND items.code = i.code AND items.version = i.version`,
          [
            made.map((i) => i.item.code),
            made.map((i) => i.item.version),
            made.map((i) => i.searchText),
            made.map((i) => i.searchPinyin),
            made.map((i) => i.competenceKey),
            made.map((i) => i.digest),
            INDEX_FORM,
          ],
        );
      }
      return made.length;
    });
    filled += done;
    if (done < FILL_BATCH) return filled;
  }
}
