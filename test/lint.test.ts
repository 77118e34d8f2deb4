import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PROJECT_DIR = fileURLToPath(new URL('../', import.meta.url));

/** A guard must be seen to fire: the project's own lint settings over a small tree that breaks the arrows. */
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-lint-'));
  await cp(join(PROJECT_DIR, '.oxlintrc.json'), join(dir, '.oxlintrc.json'));
});
afterAll(() => rm(dir, { recursive: true }));

/** Rules that fire over a file of this content. */
async function fired(file: string, content: string, others: Record<string, string> = {}): Promise<string[]> {
  for (const [name, text] of Object.entries({ [file]: content, ...others })) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  const output = await new Promise<string>((resolve) => {
    execFile(
      join(PROJECT_DIR, 'node_modules/.bin/oxlint'),
      ['-c', '.oxlintrc.json', '-f', 'json', file, ...Object.keys(others)],
      { cwd: dir },
      (_error, stdout) => resolve(stdout),
    );
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string }[] };
  return [...new Set(diagnostics.map((d) => d.code))];
}

describe('lint', () => {
  test.each([
    ['schema/src/a.ts', "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n"],
    ['schema/src/b.ts', "import { Host } from '../../nodes/src/host.ts';\nexport const b = Host;\n"],
    ['nodes/src/c.ts', "import { stitchRoles } from '@liandong/gateway';\nexport const c = stitchRoles;\n"],
    ['gateway/src/d.ts', "import pg from 'pg';\nexport const d = pg;\n"],
    ['gateway/src/e.ts', "import { migrate } from '@liandong/nodes';\nexport const e = migrate;\n"],
  ])('refuses the wrong arrow in %s', async (file, content) => {
    expect(await fired(file, content)).toContain('eslint(no-restricted-imports)');
  });

  test('refuses I/O in the contract', async () => {
    expect(await fired('schema/src/f.ts', "export const f = () => fetch('x');\n")).toContain(
      'eslint(no-restricted-globals)',
    );
  });

  test('refuses a cycle, also of types alone', async () => {
    const cycle = { 'nodes/src/h.ts': "import type { G } from './g.ts';\nexport type H = G;\n" };
    expect(
      await fired('nodes/src/g.ts', "import type { H } from './h.ts';\nexport type G = H | 1;\n", cycle),
    ).toContain('import(no-cycle)');
  });

  test('lets the right arrows pass', async () => {
    expect(
      await fired('nodes/src/i.ts', "import { problem } from '@liandong/schema/kernel';\nexport const i = problem;\n"),
    ).toEqual([]);
    expect(
      await fired(
        'gateway/src/j.ts',
        "import { problem } from '@liandong/schema/kernel';\nexport const j = problem;\n",
      ),
    ).toEqual([]);
  });
});
