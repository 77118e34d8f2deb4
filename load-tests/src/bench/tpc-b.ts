import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { problem } from '@liandong/schema/kernel';
import pg from 'pg';
import { partsOf } from './bench-federation.ts';

/** The rate of durable transactions of this PostgreSQL and this disk, and the program that measured it. */
export interface Yardstick {
  tool: string;
  /**
   * False for `pgbench`; true for its substitute where it is not installed. The substitute is slower, which makes a
   * ratio look better.
   */
  substitute: boolean;
  clients: number;
  scale: number;
  transactionsPerSecond: number[];
}

/** Branches of TPC-B's bank: at least as many as clients, or clients wait for each other's branch. */
const SCALE = 10;

/** TPC-B as pgbench runs it by default, repeatedly on one database of its own. */
export class TpcB {
  readonly #url: string;
  readonly #pgbench: string | null;
  readonly #clients: number;
  readonly #rates: number[] = [];

  private constructor(url: string, pgbench: string | null, clients: number) {
    this.#url = url;
    this.#pgbench = pgbench;
    this.#clients = clients;
  }

  /** Fills the bank. @param url an empty database */
  static async prepare(url: string, clients: number, tell: (line: string) => void): Promise<TpcB> {
    const pgbench = findPgbench(process.env['PATH'] ?? '');
    if (pgbench === null) {
      tell(
        'pgbench is not installed (Debian: apt-get install postgresql-contrib): its TPC-B is run through pg instead',
      );
      await fillBank(url);
    } else {
      await runPgbench(pgbench, url, ['-i', '-q', '-s', String(SCALE)]);
    }
    return new TpcB(url, pgbench, clients);
  }

  /** @returns transactions a second */
  async run(seconds: number): Promise<number> {
    const rate = this.#pgbench === null ? await this.#runSubstitute(seconds) : await this.#runPgbench(seconds);
    this.#rates.push(Math.round(rate * 10) / 10);
    return rate;
  }

  get yardstick(): Yardstick {
    return {
      tool: this.#pgbench === null ? 'pg (pgbench is not installed)' : this.#pgbench,
      substitute: this.#pgbench === null,
      clients: this.#clients,
      scale: SCALE,
      transactionsPerSecond: [...this.#rates],
    };
  }

  async #runPgbench(seconds: number): Promise<number> {
    const args = ['-c', String(this.#clients), '-j', '2', '-T', String(seconds), '-n'];
    const output = await runPgbench(this.#pgbench ?? '', this.#url, args);
    const [, tps] = /^tps = ([\d.]+)/m.exec(output) ?? [];
    if (tps === undefined) throw problem('INTERNAL', `pgbench told no rate: ${output}`);
    return Number(tps);
  }

  async #runSubstitute(seconds: number): Promise<number> {
    const pool = new pg.Pool({ connectionString: this.#url, max: this.#clients });
    pool.on('error', () => undefined);
    try {
      const until = performance.now() + seconds * 1000;
      let count = 0;
      await Promise.all(
        Array.from({ length: this.#clients }, async () => {
          while (performance.now() < until) {
            await transfer(pool);
            count++;
          }
        }),
      );
      return count / seconds;
    } finally {
      await pool.end();
    }
  }
}

/** pgbench on the PATH or where Debian's packages put it; null if it is not installed. */
export function findPgbench(path: string, postgresDir = '/usr/lib/postgresql'): string | null {
  let versions: string[] = [];
  try {
    versions = readdirSync(postgresDir).sort((a, b) => Number(b) - Number(a));
  } catch {
    // no package of PostgreSQL is installed
  }
  for (const dir of [...path.split(delimiter), ...versions.map((version) => join(postgresDir, version, 'bin'))]) {
    const file = join(dir, 'pgbench');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return null;
}

async function runPgbench(program: string, url: string, args: readonly string[]): Promise<string> {
  const { host, port, user, password, database } = partsOf(url);
  const { stdout } = await promisify(execFile)(program, [...args, '-h', host, '-p', port, '-U', user, database], {
    env: { PATH: process.env['PATH'] ?? '', PGPASSWORD: password },
  });
  return stdout;
}

async function fillBank(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88)) WITH (fillfactor = 100);
      CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84)) WITH (fillfactor = 100);
      CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84)) WITH (fillfactor = 100);
      CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
      INSERT INTO pgbench_branches SELECT i, 0, '' FROM generate_series(1, ${SCALE}) AS i;
      INSERT INTO pgbench_tellers SELECT i, (i - 1) / 10 + 1, 0, '' FROM generate_series(1, ${SCALE * 10}) AS i;
      INSERT INTO pgbench_accounts
        SELECT i, (i - 1) / 100000 + 1, 0, '' FROM generate_series(1, ${SCALE * 100_000}) AS i`);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

/** pgbench's built-in transaction "TPC-B (sort of)", statement by statement. */
async function transfer(pool: pg.Pool): Promise<void> {
  const below = (most: number) => 1 + Math.floor(Math.random() * most);
  const [aid, bid, tid, delta] = [below(SCALE * 100_000), below(SCALE), below(SCALE * 10), below(10_001) - 5_001];
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(`UPDATE pgbench_accounts SET abalance = abalance + ${delta} WHERE aid = ${aid}`);
    await client.query(`SELECT abalance FROM pgbench_accounts WHERE aid = ${aid}`);
    await client.query(`UPDATE pgbench_tellers SET tbalance = tbalance + ${delta} WHERE tid = ${tid}`);
    await client.query(`UPDATE pgbench_branches SET bbalance = bbalance + ${delta} WHERE bid = ${bid}`);
    await client.query(`INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)
      VALUES (${tid}, ${bid}, ${aid}, ${delta}, CURRENT_TIMESTAMP)`);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
