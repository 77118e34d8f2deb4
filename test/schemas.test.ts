import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DefinitionNode } from 'graphql';
import { Kind, buildASTSchema, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { printedSchemas, wholeSchema } from './printed-schemas.ts';

const SDL = fileURLToPath(new URL('../schema/sdl/', import.meta.url));
const printed = await printedSchemas();
const nameOf = (type: DefinitionNode) => ('name' in type ? type.name?.value : undefined);

describe('printed schemas', () => {
  test.each(Object.keys(printed))('%s is as committed; run npm run sdl after a change', async (file) => {
    expect(await readFile(`${SDL}${file}`, 'utf8')).toBe(printed[file]);
  });

  test('schema/sdl holds no file that is not printed', async () => {
    expect((await readdir(SDL)).sort()).toEqual(Object.keys(printed).sort());
  });

  test('shared.graphql and whole.graphql are the whole graph, which has more of a type than its stub', async () => {
    const whole = parse(printed['whole.graphql'] ?? '').definitions;
    const named = new Set(whole.map(nameOf));
    const shared = parse(printed['shared.graphql'] ?? '').definitions.filter((type) => !named.has(nameOf(type)));
    const read = buildASTSchema({ kind: Kind.DOCUMENT, definitions: [...shared, ...whole] });
    expect(printSchema(lexicographicSortSchema(read))).toBe(printSchema(lexicographicSortSchema(await wholeSchema())));
  });

  test('the list of error codes is printed once', () => {
    expect(Object.keys(printed).filter((file) => printed[file]?.includes('enum ErrorCode'))).toEqual([
      'shared.graphql',
    ]);
  });
});
