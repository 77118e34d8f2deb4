import { readFile } from 'node:fs/promises';
import type { ErrorCode } from '@liandong/schema/kernel';
import { problem, textOfFile } from '@liandong/schema/kernel';

/**
 * The text of a file that people wrote, without a byte-order mark.
 * @param code the code to throw for a file that can't be read, or is not UTF-8
 * @throws {ProblemError} of the code
 */
export async function readText(file: string, code: ErrorCode = 'BAD_CONFIG'): Promise<string> {
  const text = await findText(file, code);
  if (text === null) throw problem(code, `${file} can't be read.`);
  return text;
}

/** As {@link readText}; null if there is no such file. */
export async function findText(file: string, code: ErrorCode = 'BAD_CONFIG'): Promise<string | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw problem(code, `${file} can't be read.`, { cause });
  }
  return textOfFile(bytes, file, code);
}

/** Reads a JSON file. @throws {ProblemError} of the code */
export async function readJson(file: string, code: ErrorCode = 'BAD_CONFIG'): Promise<unknown> {
  return parseJson(await readText(file, code), file, code);
}

/** Parses JSON text. The parser's own message would quote the content, so it is not passed on. */
export function parseJson(text: string, file: string, code: ErrorCode = 'BAD_CONFIG'): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem(code, `${file} is no JSON.`, { cause });
  }
}
