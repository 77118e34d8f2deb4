import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostConfig } from '../config.ts';
import { readConfig } from '../config.ts';
import { HostDb } from '../db/index.ts';
import { createDatabase } from '../testing/test-federation.ts';
import { dumpDatabase, loadDump } from './postgres-tools.ts';

/** Version of the server that the tests bring. */
const SERVER = 18;
const installed = Number(/\) (\d+)/.exec(String(spawnSync('pg_dump', ['--version']).stdout))?.[1] ?? 0);

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-backup-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const configOf = (databaseUrl: string, change: Record<string, string> = {}): HostConfig =>
  readConfig({
    LIANDONG_HOST: 'village',
    LIANDONG_NODES: '331022103201',
    LIANDONG_DATABASE_URL: databaseUrl,
    LIANDONG_NATS_URL: 'nats://127.0.0.1:4222',
    LIANDONG_DIVISIONS_FILE: 'x',
    LIANDONG_TRUST_FILE: 'x',
    LIANDONG_KEYS_DIR: 'x',
    LIANDONG_ISSUERS_FILE: 'x',
    ...change,
  });

describe('a backup', () => {
  test.skipIf(installed >= SERVER || installed === 0)(
    'by a pg_dump older than the server is refused with both versions and the other way, and leaves no file',
    async () => {
      const file = join(dir, 'old.dump');
      const message = new RegExp(`PostgreSQL ${installed}, the server of ${SERVER}.*pg_basebackup`);
      await expect(dumpDatabase(configOf(await createDatabase()), file)).rejects.toMatchObject({
        code: 'BAD_CONFIG',
        message: expect.stringMatching(message),
      });
      expect(existsSync(file)).toBe(false);
    },
  );

  test('without the tool is refused with its name and what to set', async () => {
    const config = configOf(await createDatabase(), { LIANDONG_POSTGRES_BIN_DIR: '/nowhere' });
    await expect(dumpDatabase(config, join(dir, 'none.dump'))).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching('/nowhere/pg_dump is not installed.*LIANDONG_POSTGRES_BIN_DIR'),
    });
  });

  test('does not take the place of a file that is there', async () => {
    const file = join(dir, 'there');
    await writeFile(file, 'yesterday');
    await expect(dumpDatabase(configOf(await createDatabase()), file)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  test('is not read into a database that holds something', async () => {
    const config = configOf(await createDatabase());
    await expect(loadDump(config, join(dir, 'any'))).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  test.skipIf(installed < SERVER)(
    'goes out and comes back as it was (needs pg_dump of the server’s version)',
    async () => {
      const [from, to] = [configOf(await createDatabase()), configOf(await createDatabase(null))];
      const rows = async ({ databaseUrl }: HostConfig) => {
        const db = new HostDb(databaseUrl, 1, () => undefined);
        try {
          return await db.queryHost(`SELECT name::text FROM migrations ORDER BY name`);
        } finally {
          await db.close();
        }
      };
      const file = join(dir, 'whole.dump');
      await dumpDatabase(from, file);
      await loadDump(to, file);
      expect(await rows(to)).toEqual(await rows(from));
    },
  );
});
