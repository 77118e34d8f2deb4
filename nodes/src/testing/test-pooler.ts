import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@liandong/runtime/local';

/** PgBouncer's program; null if it is not installed (Debian: apt-get install pgbouncer). */
export function findPgBouncer(): string | null {
  for (const dir of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    try {
      const file = join(dir, 'pgbouncer');
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}

/** A PgBouncer in front of one database. */
export class TestPooler {
  /** Address of the database through the pooler. */
  readonly databaseUrl: string;
  readonly #stop: () => Promise<void>;

  private constructor(databaseUrl: string, stop: () => Promise<void>) {
    this.databaseUrl = databaseUrl;
    this.#stop = stop;
  }

  static async start(program: string, databaseUrl: string, mode: 'session' | 'transaction'): Promise<TestPooler> {
    const { hostname, port, username, password, pathname } = new URL(databaseUrl);
    const dir = await mkdtemp(join(tmpdir(), 'liandong-pooler-'));
    await chmod(dir, 0o755);
    const listenPort = await freePort();
    const database = pathname.slice(1);
    const file = join(dir, 'pgbouncer.ini');
    await writeFile(
      file,
      [
        '[databases]',
        `${database} = host=${hostname} port=${port} user=${username} password=${password}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${listenPort}`,
        'unix_socket_dir =',
        'auth_type = any',
        `pool_mode = ${mode}`,
        'ignore_startup_parameters = extra_float_digits',
        '',
      ].join('\n'),
    );
    // it refuses to run as root
    const account = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
    const child = spawn(program, [...account, file], { stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    while (!(await answers(listenPort))) {
      if (child.exitCode !== null) throw new Error(`pgbouncer ended at once (${child.exitCode})`);
      await pause(20);
    }
    return new TestPooler(`postgresql://any@127.0.0.1:${listenPort}/${database}`, async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(dir, { recursive: true, force: true });
    });
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
