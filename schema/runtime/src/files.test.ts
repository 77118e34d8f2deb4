import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJson } from './files.ts';

test('a file of settings is read behind a byte-order mark, and told how to be saved where it is UTF-16', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'liandong-files-'));
  const file = join(dir, 'people.json');
  await writeFile(file, '\uFEFF[{"name":"包大姐"}]');
  expect(await readJson(file)).toEqual([{ name: '包大姐' }]);
  await writeFile(file, Buffer.from('\uFEFF[]', 'utf16le'));
  const message = expect.stringMatching('people.json is UTF-16. Save it as UTF-8');
  await expect(readJson(file)).rejects.toMatchObject({ code: 'BAD_CONFIG', message });
  await expect(readJson(join(dir, 'none.json'))).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  await rm(dir, { recursive: true });
});
