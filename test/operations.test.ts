import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DOMAINS } from '@liandong/schema/domains';
import { operationsOf } from '@liandong/schema/operation';
import { expect, test } from 'vitest';
import { printedOperations } from '../schema/src/operation/print.ts';

test('docs/operations.md is what the code prints; run npm run -s operations after a change', async () => {
  const file = fileURLToPath(new URL('../docs/operations.md', import.meta.url));
  expect(await readFile(file, 'utf8')).toBe(printedOperations(DOMAINS));
});

test('the list of operations names each operation once', () => {
  const rows = [...printedOperations(DOMAINS).matchAll(/^\| `(\w+)`/gm)].map((row) => row[1]);
  expect(rows).toEqual(operationsOf(DOMAINS).map(({ operation }) => operation.name));
});
