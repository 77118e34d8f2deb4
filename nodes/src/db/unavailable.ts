import { problem, ProblemError } from '@liandong/schema/kernel';
import pg from 'pg';

/**
 * Classes of SQLSTATE that tell only the server's state at that moment, and nothing of the statement: connection,
 * memory or disk, deadlock and serialization, shutdown, input and output (PostgreSQL, Appendix A).
 */
const PASSING = ['08', '40', '53', '57', '58'];

/**
 * Messages of pg for a connection that broke without a word of the server, as when the server is killed, or that was
 * not to be had in time: pg has no code for these.
 */
const BROKEN = /^Connection terminated|is not queryable$|^timeout exceeded when trying to connect$/;
/** Error codes of the system for a socket, or for an address that can't be reached. */
const OF_A_SOCKET = /^(ECONN|EPIPE|EHOST|ENET|ETIMEDOUT|ENOTFOUND|EAI_)/;

/** Maps an error of the database: DATABASE_UNAVAILABLE where trying again helps, else the error itself. */
export function asUnavailable(error: unknown): unknown {
  if (!isPassing(error)) return error;
  return problem('DATABASE_UNAVAILABLE', 'The database of this host cannot do it now.', { cause: error });
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ProblemError) return false;
  if (error instanceof pg.DatabaseError) return PASSING.includes(error.code?.slice(0, 2) ?? '');
  const { code = '' } = error as NodeJS.ErrnoException;
  // Prisma wraps the errors of its pool in its own, and keeps the code
  return code === 'DATABASE_UNAVAILABLE' || OF_A_SOCKET.test(code) || BROKEN.test(error.message);
}

/**
 * SQLSTATEs that ended only one transaction: it was rolled back for another's sake (for example, a deadlock), or took
 * too long.
 */
const OF_ONE = /^(40|57014)/;

/**
 * Whether the database serves no one at the moment: the caller need not try the parts of a failed statement one by one.
 */
export function isAway(error: unknown): boolean {
  if (!(error instanceof ProblemError) || error.code !== 'DATABASE_UNAVAILABLE') return false;
  const { cause } = error;
  return !(cause instanceof pg.DatabaseError && OF_ONE.test(cause.code ?? ''));
}
