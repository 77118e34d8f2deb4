import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CASE_STATES, LOG_ACTIONS } from '@liandong/schema/case';
import { expect, test } from 'vitest';
import { printedLife } from './printed-life.ts';

test('docs/case-life.md is what the code prints; run npm run -s life after a change', async () => {
  const file = fileURLToPath(new URL('../docs/case-life.md', import.meta.url));
  expect(await readFile(file, 'utf8')).toBe(printedLife());
});

test('the life of a case names every state and every event', () => {
  const page = printedLife();
  for (const state of CASE_STATES) expect(page).toContain(`  ${state} : `);
  for (const action of LOG_ACTIONS) expect(page).toContain(`| ${action} `);
});
