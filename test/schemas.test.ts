import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { printedSchemas } from './printed-schemas.ts';

const printed = await printedSchemas();

describe('printed schemas', () => {
  test.each(Object.keys(printed))('%s is as committed; run npm run sdl after a change', async (file) => {
    const committed = await readFile(fileURLToPath(new URL(`../schema/sdl/${file}`, import.meta.url)), 'utf8');
    expect(committed).toBe(printed[file]);
  });
});
