import { readFile } from 'node:fs/promises';
import { problem } from '@liandong/schema';

/** The text of a file of settings. @throws {ProblemError} BAD_CONFIG */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} can't be read.`, { cause });
  }
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
