import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES } from '@liandong/schema/kernel';
import { describe, expect, test } from 'vitest';
import { printedDecisions } from '../scripts/print-decisions.mjs';
import { withMap } from '../scripts/print-map.mjs';

const PROJECT_DIR = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string) => readFile(join(PROJECT_DIR, file), 'utf8');

describe('the documents', () => {
  test.each([
    'README.md',
    'README.zh-CN.md',
    'ARCHITECTURE.md',
    'GLOSSARY.md',
    'docs/protocol.md',
    'docs/errors.md',
    'docs/security.md',
  ])('%s names only files that are there', async (file) => {
    const text = await read(file);
    const quoted = text.matchAll(/`((?:schema|nodes|gateway|load-tests|docs|data|scripts|test)\/[\w./-]+)`/g);
    // links of a document stand beside it
    const linked = text.matchAll(/\]\(([\w./-]+)(?:#[^)]*)?\)/g);
    const named = [
      ...[...quoted].map((m) => m[1] ?? ''),
      ...[...linked].map((m) => posix.join(posix.dirname(file), m[1] ?? '')),
    ];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !existsSync(join(PROJECT_DIR, name)))).toEqual([]);
  });

  test('ARCHITECTURE.md maps every folder by its opening comment; run npm run -s map after a change', async () => {
    const text = await read('ARCHITECTURE.md');
    expect(withMap(text)).toBe(text);
  });

  test('docs/decisions/README.md lists every decision; run npm run -s decisions after a change', async () => {
    expect(await read('docs/decisions/README.md')).toBe(printedDecisions());
  });

  test('docs/errors.md explains every error code and no other', async () => {
    const rows = [...(await read('docs/errors.md')).matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((m) => m[1] ?? '');
    expect(new Set(rows)).toEqual(new Set(ERROR_CODES));
  });
});
