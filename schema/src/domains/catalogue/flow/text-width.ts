// Widths of text in em, for pictures that are drawn where no font can be asked.

/** Signs that take no width of their own: combining marks, variation selectors, joiners. */
const NONE = /[\p{M}\p{Cf}]/u;
/** Latin letters and signs that are wider than the others. */
const BROAD = /[MWmw@%&—…]/u;
const CAPITAL = /[A-Z]/;
/** Punctuation that begins no line. */
const ONE_CLOSING = /^[,。;:、!?)》」』”’,.;:!?)\]}]$/u;
/** What is kept together where it can be: a word or a number, or one sign. */
const PIECES = /[A-Za-z0-9][A-Za-z0-9.,%/-]*|./gsu;

/** Width of a text in em, never less than what usual fonts need: 1 for Chinese, about 0.6 for Latin. */
export function widthOf(text: string): number {
  return Array.from(text).reduce((sum, sign) => sum + signWidth(sign), 0);
}

function signWidth(sign: string): number {
  const point = sign.codePointAt(0) ?? 0;
  if (NONE.test(sign)) return 0;
  if (point > 0xffff && !isIdeograph(point)) return 1.4;
  if (BROAD.test(sign)) return 1;
  if (point >= 0x2e80 || (point >= 0x1100 && point < 0x1160)) return 1;
  if (CAPITAL.test(sign)) return 0.78;
  // Latin, Greek, Cyrillic; typographic signs may be drawn as wide as Chinese ones
  return point >= 0x2000 ? 1 : 0.62;
}

const isIdeograph = (point: number): boolean => point >= 0x20000 && point < 0x40000;

/**
 * Divides a text into lines of at most a width, words and numbers whole where they fit. A closing sign may stand one em
 * beyond the width rather than begin a line.
 * @param width in em, at least 2
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  const put = (piece: string): void => {
    const hangs = ONE_CLOSING.test(piece) && widthOf(line) <= width;
    if (hangs || widthOf(line + piece) <= width) {
      line += piece;
      return;
    }
    if (line.trim() !== '') lines.push(line.trim());
    line = '';
    if (widthOf(piece) <= width) line = piece;
    else for (const sign of piece) put(sign);
  };
  for (const piece of text.replaceAll(/\s+/g, ' ').trim().match(PIECES) ?? []) put(piece);
  if (line.trim() !== '') lines.push(line.trim());
  return lines;
}
