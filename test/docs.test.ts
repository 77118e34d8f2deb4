import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES } from '@liandong/schema';
import { describe, expect, test } from 'vitest';
import { printedDecisions } from '../scripts/print-decisions.mjs';

const PROJECT_DIR = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string) => readFile(join(PROJECT_DIR, file), 'utf8');

describe('the documents', () => {
  test.each(['README.md', 'README.zh-CN.md', 'GLOSSARY.md', 'docs/protocol.md', 'docs/errors.md'])(
    '%s names only files that are there',
    async (file) => {
      const text = await read(file);
      const named = [...text.matchAll(/`((?:schema|nodes|gateway|load-tests|docs|data|scripts|test)\/[\w./-]+)`/g)].map(
        (m) => m[1] ?? '',
      );
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((name) => !existsSync(join(PROJECT_DIR, name)))).toEqual([]);
    },
  );

  test('docs/decisions/README.md lists every decision; run npm run -s decisions after a change', async () => {
    expect(await read('docs/decisions/README.md')).toBe(printedDecisions());
  });

  test('docs/errors.md explains every error code and no other', async () => {
    const rows = [...(await read('docs/errors.md')).matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((m) => m[1] ?? '');
    expect(new Set(rows)).toEqual(new Set(ERROR_CODES));
  });
});
