import { problem, ProblemError } from '@liandong/schema/kernel';
import pg from 'pg';

/**
 * Classes of SQLSTATE that say nothing of what was asked, only of the server's state at that moment: connection, memory
 * or disk, deadlock and serialization, shutdown, input and output (PostgreSQL, Appendix A).
 */
const PASSING = ['08', '40', '53', '57', '58'];

/**
 * What pg says where a connection broke without a word of the server, as when that is killed, or none was to be had in
 * time: it has no code for it.
 */
const BROKEN = /^Connection terminated|is not queryable$|^timeout exceeded when trying to connect$/;
/** What the system says of a socket, or of an address that can't be reached. */
const OF_A_SOCKET = /^(ECONN|EPIPE|EHOST|ENET|ETIMEDOUT|ENOTFOUND|EAI_)/;

/** The error to throw for one of the database: DATABASE_UNAVAILABLE where trying again helps, else as it was. */
export function asUnavailable(error: unknown): unknown {
  if (!isPassing(error)) return error;
  return problem('DATABASE_UNAVAILABLE', 'The database of this host cannot do it now.', { cause: error });
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ProblemError) return false;
  if (error instanceof pg.DatabaseError) return PASSING.includes(error.code?.slice(0, 2) ?? '');
  return OF_A_SOCKET.test((error as NodeJS.ErrnoException).code ?? '') || BROKEN.test(error.message);
}

/** SQLSTATEs of what ended one transaction alone: rolled back for another's sake (a deadlock, say), or took too long. */
const OF_ONE = /^(40|57014)/;

/**
 * Whether the database serves no one at the moment: the caller need not try the parts of a failed statement one by one.
 */
export function isAway(error: unknown): boolean {
  if (!(error instanceof ProblemError) || error.code !== 'DATABASE_UNAVAILABLE') return false;
  const { cause } = error;
  return !(cause instanceof pg.DatabaseError && OF_ONE.test(cause.code ?? ''));
}
