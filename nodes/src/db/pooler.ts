import { problem } from '@liandong/schema/kernel';
import pg from 'pg';

/** A pooler with other clients may lend one connection twice in a row, but not this often. */
const ROUNDS = 3;

/**
 * Makes sure that a database connection stays with the client that opened it. A pooler that lends connections by the
 * transaction or the statement (PgBouncer's `pool_mode`) gives two clients the same server process: one client finds
 * the prepared statements of the other, and a lock stays behind with the next client.
 * @throws {ProblemError} BAD_CONFIG behind such a pooler
 * @throws what pg throws where the database can't be reached
 */
export async function refusePooler(databaseUrl: string): Promise<void> {
  const [one, other] = [clientOf(databaseUrl), clientOf(databaseUrl)];
  try {
    await one.connect();
    await other.connect();
    for (let round = 0; round < ROUNDS; round++) {
      const [first, again, theirs] = [await processOf(one), await processOf(one), await processOf(other)];
      if (first !== again || again === theirs) throw problem('BAD_CONFIG', LENDS_BY_TRANSACTION);
    }
  } finally {
    await one.end();
    await other.end();
  }
}

const LENDS_BY_TRANSACTION =
  'LIANDONG_DATABASE_URL leads to a pooler that lends connections by the transaction, and a host needs its own. Set pool_mode = session for this database (PgBouncer), or name PostgreSQL itself.';

function clientOf(connectionString: string): pg.Client {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  return client;
}

/** The server process that serves a client at this moment. */
async function processOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}
