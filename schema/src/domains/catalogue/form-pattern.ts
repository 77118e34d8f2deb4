import { RE2JS } from 're2js';
import { BoundedCache } from '../../kernel/bounded-cache.ts';

/** Compiled patterns by their text, within 4 MiB; a compiled one takes some hundred times its text. */
const compiled = new BoundedCache<{ pattern: RE2JS | null }>(4 * 1024 * 1024);
const BYTES_PER_CHARACTER = 500;

/** The pattern for the linear engine, or null where that has no such construct (look-around, back-reference). */
function compile(source: string): RE2JS | null {
  const known = compiled.find(source);
  if (known) return known.pattern;
  let pattern: RE2JS | null = null;
  try {
    // RE2 names a script without the prefix
    pattern = RE2JS.compile(RE2JS.translateRegExp(source.replace(/\\(p)\{(?:Script|sc)=/giu, '\\$1{')));
  } catch {
    // null: told at import, and left to people where it is stored already
  }
  compiled.keep(source, { pattern }, BYTES_PER_CHARACTER * (source.length + 1));
  return pattern;
}

/**
 * Whether a form's pattern can be matched in time linear in the value, so that no value blocks a host. Patterns with
 * look-ahead, look-behind or back-references can't.
 */
export const isLinearPattern = (source: string): boolean => compile(source) !== null;

/**
 * Whether the whole value matches a pattern. An earlier program may have accepted a pattern that can't be matched in
 * linear time. Such a pattern is not run: every value passes, and the desk that reviews the form checks it.
 * @example matchesPattern('\\d{4}-\\d{2}', '2026-11') // true
 */
export function matchesPattern(source: string, value: string): boolean {
  return compile(source)?.matches(value) ?? true;
}
