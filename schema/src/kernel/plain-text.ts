/**
 * Forbidden characters of a text: control characters except tab and line ends, halves of a surrogate pair, U+FFFE and
 * U+FFFF. XML 1.0 allows none of them, PostgreSQL stores neither U+0000 nor halves, and people do not type them.
 */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The first forbidden character of a text, as `U+0000`; null if it has none. */
export function unwritableIn(text: string): string | null {
  const [sign] = UNWRITABLE.exec(text) ?? [];
  return sign === undefined ? null : `U+${sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
}
