import { readFile } from 'node:fs/promises';
import { problem, textOfFile } from '@liandong/schema/kernel';

/** The text of a file of settings, without a byte-order mark. @throws {ProblemError} BAD_CONFIG */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw problem('BAD_CONFIG', `${file} can't be read.`, { cause });
  });
  return textOfFile(bytes, file, 'BAD_CONFIG');
}

/** What a file of settings says. @throws {ProblemError} BAD_CONFIG */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} is no JSON.`, { cause });
  }
}
