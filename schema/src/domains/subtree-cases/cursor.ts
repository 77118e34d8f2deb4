import { problem } from '../../kernel/errors.ts';
import type { CasesWithinFilter, Position } from './parts.ts';
import { LIST_BEGINS, positionSchema } from './parts.ts';

/** What a list over many nodes is of: a cursor goes on in the same list only. */
export interface ListOf {
  division: string;
  filter: CasesWithinFilter | null;
}

/** Most characters of a cursor. */
const MOST_CHARACTERS = 20_000;

/** A place in a list over many nodes, encoded for clients, who need not understand it. */
export function cursorOf(list: ListOf, { at, behind }: Position): string {
  const text = JSON.stringify([markOf(list), at, behind]);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * The place a cursor names; the beginning for none.
 * @throws {ProblemError} BAD_INPUT for a cursor of another list
 */
export function positionOf(list: ListOf, after: string | null): Position {
  if (after === null) return LIST_BEGINS;
  const [mark, at, behind] = read(after);
  const position = positionSchema.safeParse({ at, behind });
  if (mark !== markOf(list) || !position.success) throw noCursor();
  return position.data;
}

function read(cursor: string): unknown[] {
  try {
    if (cursor.length > MOST_CHARACTERS || !/^[\w-]+$/.test(cursor)) throw noCursor();
    const content: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')));
    if (Array.isArray(content)) return content;
  } catch {
    // text that is not JSON is not a cursor either
  }
  throw noCursor();
}

/** A short mark of a list, so that a cursor of another is noticed (FNV-1a). It protects nothing: nodes check the right. */
function markOf({ division, filter }: ListOf): string {
  const asked = Object.entries(filter ?? {}).filter(([, value]) => value !== null && value !== undefined);
  const text = JSON.stringify([division, asked.sort(([a], [b]) => (a < b ? -1 : 1))]);
  let mark = 0x811c9dc5;
  for (const character of text) mark = Math.imul(mark ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (mark >>> 0).toString(36);
}

const noCursor = () => problem('BAD_INPUT', 'after: not a cursor of this list.', { field: 'after' });
