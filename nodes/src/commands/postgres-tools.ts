import { spawn } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '@liandong/schema/kernel';
import type { HostConfig } from '../config.ts';
import { HostDb } from '../db/index.ts';
import { toolEnvironment } from './tool-connection.ts';

// PostgreSQL's own tools must be of the server's version or newer: an older one does not know all that a newer server
// holds.

/**
 * Dumps a host's whole database (pg_dump, custom format).
 * @throws {ProblemError} BAD_INPUT for a file that is there already; BAD_CONFIG where the tool is missing or older than
 *   the server; DATABASE_UNAVAILABLE with what the tool said
 */
export async function dumpDatabase(config: HostConfig, file: string): Promise<void> {
  if (await stat(file).catch(() => null)) throw problem('BAD_INPUT', `${file} is there already.`, { field: 'out' });
  await withTool(config, 'pg_dump', (run) => run(['--format=custom', '--no-owner', `--file=${file}`])).catch(
    async (error: unknown) => {
      // half a dump can't be told from a whole one
      await rm(file, { force: true });
      throw error;
    },
  );
}

/**
 * Reads a dump into a host's empty database, whole or not at all.
 * @throws {ProblemError} BAD_INPUT for a database that is not empty; else as {@link dumpDatabase}
 */
export async function loadDump(config: HostConfig, file: string): Promise<void> {
  // quotes a name that would be read as more than a name
  const name = toolEnvironment(config.databaseUrl, {})['PGDATABASE'] ?? '';
  const database = `dbname='${name.replaceAll(/['\\]/g, '\\$&')}'`;
  const [used] = await ask(config, `SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1`);
  if (used) throw problem('BAD_INPUT', 'The database is not empty. Make a new one and name it in the settings.');
  await withTool(config, 'pg_restore', (run) =>
    run(['--no-owner', '--exit-on-error', '--single-transaction', `--dbname=${database}`, file]),
  );
}

async function withTool(
  config: HostConfig,
  tool: 'pg_dump' | 'pg_restore',
  work: (run: (parameters: readonly string[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  const program = config.postgresBinDir === null ? tool : join(config.postgresBinDir, tool);
  const [row] = await ask<{ server: number }>(
    config,
    `SELECT current_setting('server_version_num')::int / 10000 AS server`,
  );
  const server = row?.server ?? 0;
  const environment = toolEnvironment(config.databaseUrl, process.env);
  const { said } = await execute(program, ['--version'], environment);
  const version = Number(/\(PostgreSQL\) (\d+)/.exec(said)?.[1] ?? 0);
  if (version < server) {
    const newer = `Install the client package of PostgreSQL ${server} and name its directory in LIANDONG_POSTGRES_BIN_DIR`;
    const without = 'or go by pg_basebackup and the WAL (docs/operation.md)';
    throw problem(
      'BAD_CONFIG',
      `${program} is of PostgreSQL ${version}, the server of ${server}. ${newer}, ${without}.`,
    );
  }
  await work(async (parameters) => {
    const { status, said } = await execute(program, parameters, environment);
    if (status !== 0) throw problem('DATABASE_UNAVAILABLE', `${program} failed: ${said.trim()}`);
  });
}

async function ask<Row>(config: HostConfig, sql: string): Promise<Row[]> {
  const db = new HostDb(config.databaseUrl, 1, () => undefined);
  try {
    return await db.queryHost<Row>(sql);
  } finally {
    await db.close();
  }
}

/** @throws {ProblemError} BAD_CONFIG when the program is not there */
async function execute(
  program: string,
  parameters: readonly string[],
  environment: Record<string, string>,
): Promise<{ status: number; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said = `${said}${chunk.toString('utf8')}`.slice(-2_000);
      });
    }
    child.once('error', (cause) => {
      const remedy = 'Take it from the client package of PostgreSQL; LIANDONG_POSTGRES_BIN_DIR names its directory.';
      reject(problem('BAD_CONFIG', `${program} is not installed. ${remedy}`, { cause }));
    });
    child.once('close', (status) => resolve({ status: status ?? 1, said }));
  });
}
