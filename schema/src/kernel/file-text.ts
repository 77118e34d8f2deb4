import type { ErrorCode } from './errors.ts';
import { problem } from './errors.ts';

/**
 * The text of a file that people wrote: UTF-8, with or without a byte-order mark before it. Another encoding is
 * refused, so that no text is read as wrong characters.
 * @param name the file's, for the refusal
 * @throws {ProblemError} of the code
 * @example textOfFile(await readFile(file), file, 'BAD_CONFIG')
 */
export function textOfFile(bytes: Uint8Array, name: string, code: ErrorCode): string {
  const wide = isUtf16(bytes);
  if (!wide) {
    try {
      // the decoder removes the mark
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      // reported below
    }
  }
  const found = wide ? 'is UTF-16' : 'is no UTF-8 (GBK?)';
  throw problem(code, `${name} ${found}. Save it as UTF-8, in a spreadsheet as "CSV UTF-8".`);
}

/** Recognizes UTF-16 by its mark, or by the zero bytes of ASCII letters: JSON, YAML and CSV begin with ASCII. */
function isUtf16([first, second]: Uint8Array): boolean {
  if (first === undefined || second === undefined) return false;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || (first === 0) !== (second === 0);
}
