import { readText } from '@liandong/runtime';
import type { Topology } from '@liandong/schema/wire';
import { parseTopology } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import { YAMLParseError, parse } from 'yaml';

/**
 * Reads a topology file: YAML, and so JSON too.
 * @throws {ProblemError} BAD_CONFIG with every fault by its place, a fault of the text by its line
 */
export async function readTopology(file: string): Promise<Topology> {
  const text = await readText(file);
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    const line = cause.linePos?.[0].line ?? 0;
    throw problem('BAD_CONFIG', `${file}, line ${line}: ${cause.code} is no YAML.`, { cause });
  }
  return parseTopology(content);
}
