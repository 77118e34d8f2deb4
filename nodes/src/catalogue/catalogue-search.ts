import type { Day } from '@liandong/schema/kernel';
import type { Item } from '@liandong/schema/domains/catalogue';
import { itemSchema } from '@liandong/schema/domains/catalogue';
import { problem } from '@liandong/schema/kernel';
import type { NodeQueries } from '../db/index.ts';
import { cursorOf, noCursor, placesOf } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';

/** Longest search text, characters. */
const MAX_SEARCH = 60;
/** Most words of a search; all must be found. */
const MAX_WORDS = 6;

/** The search, and how its results are ranked. */
export interface ItemSearch {
  /** As the user typed it; null for everything. */
  search: string | null;
  /** The node's own items come first: see `ownCompetenceKeys`. */
  ownKeys: readonly string[];
  today: Day;
  first: number;
  after: string | null;
}

export interface FoundItems {
  items: Item[];
  cursors: string[];
  hasNextPage: boolean;
}

interface FoundRow {
  body: unknown;
  code: string;
  elsewhere: number;
  farness: number;
}

/**
 * The newest version in effect of each item that matches, ranked: the desk's own before others', the name itself or its
 * beginning before a part of it, then by code. Public only so that a test and a benchmark can read its plan.
 *
 * `$2` day, `$3` words, `$4` whole search, `$5` pattern of its pinyin or null, `$6` own keys, `$7`–`$9` the last place
 * read, `$10` how many.
 */
export const SEARCH_SQL = `
  WITH newest AS (
    SELECT DISTINCT ON (code) code, version, search_text, search_pinyin, competence_key FROM items
    WHERE node = $1 AND published_at IS NOT NULL AND effective_from <= $2::date
    ORDER BY code, version DESC
  ), ranked AS (
    SELECT code, version,
      CASE WHEN competence_key = ANY ($6::text[]) THEN 0 ELSE 1 END AS elsewhere,
      CASE
        WHEN $4::text = '' THEN 0
        WHEN starts_with(search_text, E'\\n' || $4::text || E'\\n') THEN 0
        WHEN starts_with(search_text, E'\\n' || $4::text) THEN 1
        WHEN $5::text IS NOT NULL AND (strpos(search_text, E'\\n' || $4::text) > 0 OR search_pinyin ~ ('^' || $5::text)) THEN 1
        ELSE 2
      END AS farness
    FROM newest
    WHERE $4::text = ''
      OR (SELECT bool_and(strpos(search_text, word) > 0) FROM unnest($3::text[]) AS w (word))
      OR ($5::text IS NOT NULL AND search_pinyin ~ $5::text)
  ), page AS (
    SELECT * FROM ranked
    WHERE $7::int IS NULL OR (elsewhere, farness, code) > ($7::int, $8::int, $9::text)
    ORDER BY elsewhere, farness, code LIMIT $10::int
  )
  SELECT page.code, elsewhere, farness, body
  FROM page JOIN items ON items.node = $1 AND items.code = page.code AND items.version = page.version
  ORDER BY elsewhere, farness, page.code` as const;

/**
 * Finds items by part of a name, its pinyin or the initials of it, code, department or life event.
 * @throws {ProblemError} BAD_INPUT for a cursor that is not of this list, or a search that is too long
 */
export async function searchItems(queries: NodeQueries, wanted: ItemSearch): Promise<FoundItems> {
  const rows = await queries.query<FoundRow>(SEARCH_SQL, searchParameters(wanted));
  const shown = rows.slice(0, wanted.first);
  const mark = searchMark(wanted.search);
  return {
    items: shown.map((row) => itemSchema.parse(row.body)),
    cursors: shown.map(({ elsewhere, farness, code }) => encodeCursor([mark, elsewhere, farness, code])),
    hasNextPage: rows.length > wanted.first,
  };
}

/** The parameters of {@link SEARCH_SQL} after the node. */
export function searchParameters({ search, ownKeys, today, first, after }: ItemSearch): unknown[] {
  const { whole, words, pattern } = parseSearch(search);
  const last = after === null ? null : decodeCursor(after, searchMark(search));
  return [today, words, whole, pattern, ownKeys, last?.[1] ?? null, last?.[2] ?? null, last?.[3] ?? null, first + 1];
}

function parseSearch(search: string | null): { whole: string; words: string[]; pattern: string | null } {
  const text = (search ?? '').normalize('NFKC').trim().toLowerCase();
  if (text.length > MAX_SEARCH)
    throw problem('BAD_INPUT', `A search is at most ${MAX_SEARCH} characters long.`, { field: 'search' });
  if (/^[a-zü][a-zü\s']*$/.test(text)) {
    // zhai ji di, zhai'ji'di and zhaijidi are one
    const letters = text.replaceAll(/[\s']/g, '').replaceAll('ü', 'v');
    return { whole: letters, words: [letters], pattern: pinyinPattern(letters) };
  }
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length > MAX_WORDS)
    throw problem('BAD_INPUT', `A search has at most ${MAX_WORDS} words.`, { field: 'search' });
  return { whole: words.join(' '), words, pattern: null };
}

/** Finds the letters from the beginning of a syllable on; people write both lu and lv for 绿. */
function pinyinPattern(letters: string): string {
  return letters
    .replaceAll(/[a-z]/g, ' ?$&')
    .replaceAll(/(?<=[ln] \?)u/g, '[uv]')
    .replace(' ?', ' ');
}

type Cursor = [mark: string, elsewhere: number, farness: number, code: string];

/** A mark in the cursor, which is valid for its own search only. */
function searchMark(search: string | null): string {
  return sha256(parseSearch(search).words.join('\n')).slice(0, 8);
}

function encodeCursor(cursor: Cursor): string {
  return cursorOf(JSON.stringify(cursor));
}

function decodeCursor(text: string, mark: string): Cursor {
  const [its, elsewhere, farness, code, ...rest] = placesOf(text);
  const placed = [elsewhere, farness].every((n) => Number.isInteger(n) && Number(n) >= 0 && Number(n) <= 2);
  if (its !== mark || rest.length > 0 || !placed || typeof code !== 'string') throw noCursor();
  return [mark, Number(elsewhere), Number(farness), code];
}
