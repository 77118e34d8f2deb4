import { problem } from '@liandong/schema/kernel';
import pg from 'pg';
import { parse } from 'pg-connection-string';

/** Parameters of the address that {@link toolEnvironment} hands over. */
const CARRIED = [
  'host',
  'port',
  'user',
  'password',
  'database',
  'options',
  'application_name',
  'client_encoding',
  'ssl',
  'sslmode',
  'sslcert',
  'sslkey',
  'sslrootcert',
  'sslnegotiation',
  'uselibpqcompat',
];
/** Parameters that say how long a host waits, and nothing of where it connects. */
const OF_THE_HOST_ALONE = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'query_timeout'];

/**
 * The environment in which PostgreSQL's own tools connect just as the host does, as the same user and with the same
 * TLS: the address is read as the pool reads it. The environment carries it, since every user of the machine can see a
 * password on a command line.
 * @param inherited the environment of this program; settings of PostgreSQL in it would lead the tools elsewhere
 * @throws {ProblemError} BAD_CONFIG for an address that can't be handed over as it is meant
 */
export function toolEnvironment(
  databaseUrl: string,
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { client, given } = read(databaseUrl);
  const known = new Set([...CARRIED, ...OF_THE_HOST_ALONE]);
  const strange = Object.keys(given).filter((name) => !known.has(name));
  if (strange.length > 0) throw unfit(`${strange.join(', ')} can't be handed to PostgreSQL's tools: leave it out`);
  const settings: Record<string, unknown> = {
    PGHOST: client.host,
    PGPORT: client.port,
    PGUSER: client.user,
    PGPASSWORD: client.password,
    PGDATABASE: client.database,
    PGOPTIONS: given['options'],
    PGAPPNAME: given['application_name'],
    PGCLIENTENCODING: given['client_encoding'],
    PGSSLCERT: given['sslcert'],
    PGSSLKEY: given['sslkey'],
    PGSSLNEGOTIATION: given['sslnegotiation'],
    ...tlsOf(client.ssl, given['sslrootcert']),
  };
  const kept = Object.entries(inherited).filter(([name]) => !name.startsWith('PG') || name === 'PGPASSFILE');
  return Object.fromEntries(
    [...kept, ...Object.entries(settings)].flatMap(([name, value]) =>
      typeof value === 'string' && value !== ''
        ? [[name, value]]
        : typeof value === 'number'
          ? [[name, `${value}`]]
          : [],
    ),
  );
}

/** Reads the address as the pool does, with a client that never connects. */
function read(databaseUrl: string): { client: pg.Client; given: Readonly<Record<string, unknown>> } {
  try {
    return { client: new pg.Client({ connectionString: databaseUrl }), given: { ...parse(databaseUrl) } };
  } catch (cause) {
    // the cause may quote the address with its password
    const code = (cause as NodeJS.ErrnoException).code ?? (cause as Error).name;
    throw unfit(`it can't be read (${code})`);
  }
}

/** libpq's name for the TLS that pg would use. */
function tlsOf(ssl: unknown, root: unknown): Record<string, unknown> {
  if (ssl === false) return { PGSSLMODE: 'disable' };
  if (ssl !== true && (typeof ssl !== 'object' || ssl === null)) throw unfit('ssl is neither true nor false');
  const tls: PgTls = ssl === true ? {} : ssl;
  const { rejectUnauthorized = true, checkServerIdentity = null } = tls;
  if (!rejectUnauthorized) return { PGSSLMODE: 'require' };
  const mode = checkServerIdentity === null ? 'verify-full' : 'verify-ca';
  return { PGSSLMODE: mode, PGSSLROOTCERT: root ?? 'system' };
}

interface PgTls {
  rejectUnauthorized?: boolean;
  /** Set if the name in the certificate is not checked. */
  checkServerIdentity?: () => void;
}

function unfit(why: string): Error {
  return problem('BAD_CONFIG', `LIANDONG_DATABASE_URL: ${why}.`);
}
