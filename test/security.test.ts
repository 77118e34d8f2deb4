import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const PROJECT_DIR = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string) => readFile(join(PROJECT_DIR, file), 'utf8');

describe('the table of threats', () => {
  test('names for each threat a test that is there', async () => {
    const lines = (await read('docs/security.md')).split('\n').filter((line) => /^\| \w+ → /.test(line));
    expect(lines.length).toBeGreaterThan(15);
    const missing: string[] = [];
    for (const line of lines) {
      const [, name = '', file = ''] = /"([^"]+)" in `([^`]+)`/.exec(line) ?? [];
      const found = existsSync(join(PROJECT_DIR, file)) && (await read(file)).includes(name);
      if (name === '' || !found) missing.push(line);
    }
    expect(missing).toEqual([]);
  });
});
