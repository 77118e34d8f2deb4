import type { Writable } from 'node:stream';
import { PrismaPg } from '@prisma/adapter-pg';
import type { DivisionCode } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import pg from 'pg';
import { asUnavailable } from './unavailable.ts';
import { observeSql, statementLabel } from '../observability/index.ts';
import type { NodeVault } from '../vault/index.ts';
import { Vault } from '../vault/index.ts';
import { PrismaClient } from '../generated/prisma/client.ts';

/**
 * SQL of one node: it must compare `node` with `$1` or insert into it first, so that a query without a node does not
 * compile. `$1` is bound to the node by the store itself; the caller's parameters begin at `$2`.
 */
export type NodeSql = `${string}node = $1${string}` | `INSERT INTO ${string} (node, ${string}$1${string}`;

/**
 * SQL over all nodes of the host: for the relay and the jobs, which serve the nodes together, and for questions about
 * the whole host.
 */
export type HostSql = string;

export interface NodeQueries {
  readonly node: DivisionCode;
  /** Seals and opens the node's personal data. */
  readonly vault: NodeVault;
  query<Row>(sql: NodeSql, params?: readonly unknown[]): Promise<Row[]>;
}

/** Queries outside a transaction: lists can be read with Prisma too. */
export interface NodeReader extends NodeQueries {
  readonly reads: NodeReads;
}

/**
 * A transaction of one node whose parts may run side by side ({@link shareTransaction}): it has no savepoints, since a
 * part can't undo its own statements alone. Lines, messages and facts can only be written with it.
 */
export interface SharedTx extends NodeQueries {
  /**
   * Lets the caller's last write be awaited together with the commit, which goes over in the same round trip. If the
   * write fails, nothing is committed and the transaction throws its error. Within an attempt it is awaited at once.
   * @param written its statements were all sent already: a later one would stand behind the commit, and throws
   */
  withCommit(written: Promise<unknown>): Promise<void>;
  /**
   * Throws, and keeps the transaction from committing, even inside a write given to `withCommit`: the commit is sent before
   * that write is awaited, and the server does not know of a refusal by the program.
   */
  refuse(error: Error): never;
  /** Called once the transaction is durable. */
  afterCommit(work: () => void): void;
}

/** A transaction of one node with one part alone, which can undo what it wrote. */
export interface NodeTx extends SharedTx {
  /**
   * Runs the work in a savepoint; what it wrote is undone when it throws, and the rest of the transaction goes on.
   * @throws what the work throws, or DATABASE_UNAVAILABLE when the database can't do it now
   */
  attempt<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Waits for statements that were sent one after the other without waiting in between: they run in that order, in one
 * round trip. All of them have ended when it returns, so that none still runs beside the caller's next statements.
 * @throws what the first that failed throws
 */
export async function pipelined<T extends readonly unknown[]>(
  ...statements: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const ended = await Promise.allSettled(statements);
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return Promise.all(statements);
}

export interface HostTx {
  query<Row>(sql: HostSql, params?: readonly unknown[]): Promise<Row[]>;
}

/** int8 counts stay below 2^53 here; a day stays the text `YYYY-MM-DD`, free of any zone. */
function parsers(): pg.TypeOverrides {
  const overrides = new pg.TypeOverrides();
  overrides.setTypeParser(pg.types.builtins.INT8, Number);
  overrides.setTypeParser(pg.types.builtins.DATE, (text) => text);
  return overrides;
}

/** Statements by text: the server parses and plans each once a connection, and figures name it by what it does. */
const statements = new Map<string, { name: string; label: string }>();
function statementOf(sql: string): { name: string; label: string } {
  let statement = statements.get(sql);
  if (!statement) {
    statement = { name: `s${statements.size}`, label: statementLabel(sql) };
    statements.set(sql, statement);
  }
  return statement;
}

/** Connections that hold back the statements of this turn until all of them are there. */
const corked = new WeakSet<pg.PoolClient>();

/**
 * Sends the statements of one turn of the event loop over a connection in one write. Each write wakes the server's
 * process, which costs more than most statements.
 */
function corkTurn(client: pg.PoolClient): void {
  if (corked.has(client)) return;
  // pg corks its stream for each statement by itself, and corks count
  const { stream } = (client as pg.PoolClient & { connection: { stream: Writable } }).connection;
  corked.add(client);
  stream.cork();
  process.nextTick(() => {
    corked.delete(client);
    stream.uncork();
  });
}

async function run<Row>(client: pg.PoolClient | pg.Pool, text: string, values: readonly unknown[]): Promise<Row[]> {
  const { name, label } = statementOf(text);
  const begun = performance.now();
  try {
    const result = await client.query({ name, text, values: [...values] });
    return result.rows as Row[];
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    observeSql(label, performance.now() - begun);
  }
}

/** The pool as Prisma gets it: its statements are measured and its errors are told as those of {@link run}. */
function likeRun(pool: pg.Pool): pg.Pool {
  const query = async (config: pg.QueryConfig): Promise<pg.QueryResult> => {
    const begun = performance.now();
    try {
      return await pool.query(config);
    } catch (error) {
      throw asUnavailable(error);
    } finally {
      observeSql(statementLabel(config.text), performance.now() - begun);
    }
  };
  return Object.create(pool, { query: { value: query } }) as pg.Pool;
}

/** Reads of the scoped client; everything that changes a row goes through a {@link NodeTx}. */
const READS = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
]);

function scopedReads(prisma: PrismaClient, node: DivisionCode) {
  return prisma.$extends({
    query: {
      $allModels: {
        async $allOperations({ model, operation, args, query }) {
          if (!READS.has(operation)) throw new Error(`${model}.${operation}: rows are changed in a transaction only`);
          const { where } = args as { where?: object };
          try {
            return await query({ ...args, where: { ...where, node } });
          } catch (error) {
            throw asUnavailable(error);
          }
        },
      },
    },
  });
}

/** Prisma for ordinary reads, bound to one node. */
export type NodeReads = ReturnType<typeof scopedReads>;

/** How a transaction ends. */
interface TransactionEnd {
  /** The last writes, which are awaited with the commit. */
  pending: Promise<unknown>[];
  /** Whether the commit is sent: a later statement would be outside the transaction. */
  sent: boolean;
  /** Why the transaction must not commit. */
  refused: Error | null;
}

/** The database of a host. */
export class HostDb {
  readonly #pool: pg.Pool;
  readonly #prisma: PrismaClient;
  readonly #reads = new Map<DivisionCode, NodeReads>();
  readonly #vault: Vault;

  /**
   * @param connections most connections; Prisma's reads and the transactions share them
   * @param onError called for connections that broke while idle
   * @param vault the data keys of its nodes; without them sealed data can't be read or written
   */
  constructor(url: string, connections: number, onError: (error: Error) => void, vault: Vault = Vault.locked()) {
    this.#vault = vault;
    this.#pool = new pg.Pool({
      connectionString: url,
      max: connections,
      // statements sent without waiting in between go over in one round trip
      pipeline: true,
      types: parsers(),
      application_name: 'liandong',
      // a village's database may be slow to wake; after this time the user gets an error
      connectionTimeoutMillis: 10_000,
    });
    this.#pool.on('error', onError);
    // if a connection breaks while it is in use, pg reports that to its client only
    this.#pool.on('connect', (client) => client.on('error', onError));
    this.#prisma = new PrismaClient({ adapter: new PrismaPg(likeRun(this.#pool), { onPoolError: onError }) });
  }

  /** Prisma over one node's rows. */
  reads(node: DivisionCode): NodeReads {
    let reads = this.#reads.get(node);
    if (!reads) {
      reads = scopedReads(this.#prisma, node);
      this.#reads.set(node, reads);
    }
    return reads;
  }

  /** Statements of a node, outside a transaction. */
  queries(node: DivisionCode): NodeReader {
    return {
      node,
      vault: this.#vault.of(node),
      reads: this.reads(node),
      query: (sql, params = []) => run(this.#pool, sql, [node, ...params]),
    };
  }

  /** Seals and opens a node's personal data, for rows that were read for several nodes together. */
  vault(node: DivisionCode): NodeVault {
    return this.#vault.of(node);
  }

  /**
   * One transaction of a node: all of it or nothing.
   * @throws what the work throws, or DATABASE_UNAVAILABLE when the database can't be reached or can't do it now
   */
  async transact<T>(node: DivisionCode, work: (tx: NodeTx) => Promise<T>): Promise<T> {
    const committed: (() => void)[] = [];
    const result = await this.#transaction((client, end) => {
      let attempts = 0;
      let open = 0;
      const tx: NodeTx = {
        node,
        vault: this.#vault.of(node),
        query: async (sql, params = []) => {
          if (end.sent) throw new Error(`a statement behind the commit: ${statementLabel(sql)}`);
          corkTurn(client);
          return run(client, sql, [node, ...params]);
        },
        attempt: async (part) => {
          const savepoint = `a${attempts++}`;
          const before = committed.length;
          open++;
          corkTurn(client);
          const saved = client.query(`SAVEPOINT ${savepoint}`);
          try {
            const [, done] = await pipelined(saved, part());
            await client.query(`RELEASE SAVEPOINT ${savepoint}`);
            return done;
          } catch (error) {
            committed.length = before;
            await client.query(`ROLLBACK TO SAVEPOINT ${savepoint}`).catch((cause: unknown) => {
              throw problem('DATABASE_UNAVAILABLE', 'The connection was lost in the middle of a transaction.', {
                cause,
              });
            });
            throw error;
          } finally {
            open--;
          }
        },
        withCommit: async (written) => {
          if (open > 0) {
            await written;
            return;
          }
          // if the work throws meanwhile, its own error is reported
          written.catch(() => undefined);
          end.pending.push(written);
        },
        refuse: (error) => {
          // an attempt awaits all of its own writes, and is undone alone
          if (open === 0) end.refused ??= error;
          throw error;
        },
        afterCommit: (callback) => void committed.push(callback),
      };
      return work(tx);
    });
    for (const callback of committed) callback();
    return result;
  }

  /** One transaction over all nodes of the host. */
  transactHost<T>(work: (tx: HostTx) => Promise<T>): Promise<T> {
    return this.#transaction((client) => work({ query: (sql, params = []) => run(client, sql, params) }));
  }

  /** One statement over all nodes of the host. */
  queryHost<Row>(sql: HostSql, params: readonly unknown[] = []): Promise<Row[]> {
    return run(this.#pool, sql, params);
  }

  /** @param work adds to `end` the writes to await together with the commit */
  async #transaction<T>(work: (client: pg.PoolClient, end: TransactionEnd) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const end: TransactionEnd = { pending: [], sent: false, refused: null };
    let broken: Error | undefined;
    try {
      // the work's first statements go over with BEGIN; a connection that fails here fails them too
      corkTurn(client);
      const begun = client.query('BEGIN');
      const [, result] = await pipelined(begun, work(client, end));
      if (end.refused) throw end.refused;
      corkTurn(client);
      // after a failed statement the server rolls back instead
      end.sent = true;
      await pipelined(...end.pending, client.query('COMMIT'));
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failed: Error) => {
        broken = failed;
      });
      // a write behind a failed one only says that the transaction is lost
      const ended = await Promise.allSettled(end.pending);
      const first = ended.find((end) => end.status === 'rejected');
      throw asUnavailable(end.refused ?? (first ? first.reason : error));
    } finally {
      client.release(broken);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw problem('DATABASE_UNAVAILABLE', 'The database of this host cannot be reached.', { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#prisma.$disconnect();
    await this.#pool.end();
  }
}
