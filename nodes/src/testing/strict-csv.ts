/**
 * Reads CSV strictly by the grammar of RFC 4180, as a program that shares no code with ours.
 * @throws Error for text outside that grammar, such as a bare line break, quote or comma in a cell
 */
export function readStrictCsv(text: string): string[][] {
  const rows: string[][] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      const [whole = '', quoted, plain = ''] = match(text, at);
      row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      at += whole.length;
      if (text[at] !== ',') break;
      at++;
    }
    if (text.slice(at, at + 2) !== '\r\n') throw new Error(`no CSV at ${JSON.stringify(text.slice(at, at + 20))}`);
    at += 2;
    rows.push(row);
  }
  return rows;
}

/** One cell: escaped = DQUOTE *(TEXTDATA / COMMA / CR / LF / 2DQUOTE) DQUOTE; non-escaped = *TEXTDATA. */
function match(text: string, at: number): RegExpExecArray | [string] {
  const cell = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
  cell.lastIndex = at;
  return cell.exec(text) ?? [''];
}
