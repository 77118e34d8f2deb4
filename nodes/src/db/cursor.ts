import { problem, unwritableIn } from '@liandong/schema/kernel';

/** A place in a list, encoded for clients, who need not understand it. */
export function cursorOf(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/**
 * The place a cursor names: a text that {@link cursorOf} may have been given.
 * @param field the argument that holds the cursor
 * @throws {ProblemError} BAD_INPUT
 */
export function placeOf(cursor: string, field = 'after'): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  // an escape of JSON could hide characters that no text may hold
  if (cursorOf(place) !== cursor || unwritableIn(place) !== null || place.includes('\\u')) throw noCursor(field);
  return place;
}

/**
 * The list of values a cursor names.
 * @param field the argument that holds the cursor
 * @throws {ProblemError} BAD_INPUT
 */
export function placesOf(cursor: string, field = 'after'): unknown[] {
  const place = placeOf(cursor, field);
  try {
    const read: unknown = JSON.parse(place);
    if (Array.isArray(read)) return read;
  } catch {
    // text that is not JSON is not a cursor either
  }
  throw noCursor(field);
}

export function noCursor(field = 'after') {
  return problem('BAD_INPUT', `${field}: not a cursor of this list.`, { field });
}
