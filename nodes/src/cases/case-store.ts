import type { CaseHandler } from '@liandong/schema/domains/caseload';
import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode, ErrorCode } from '@liandong/schema/kernel';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { foldLog } from '@liandong/schema/case';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { coalesced, pipelined } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { SignedLine } from '../case-log/index.ts';
import { signedOf } from '../case-log/index.ts';

/** A case as one node keeps it. */
export interface StoredCase {
  id: string;
  /** Folded from the lines. */
  file: CaseFile;
  /** From the first on without a gap. */
  lines: SignedLine[];
  /** Exact JSON text of the application; null where only echoes arrived. */
  application: string | null;
  trackingHash: string | null;
  withdrawalRequestedAt: Date | null;
  /** The handler at this desk: the desk's own record, which is not in the log. */
  handler: CaseHandler | null;
}

/** Why an application can't be opened: these errors name the key, and what to do. */
const OF_SEALS: readonly ErrorCode[] = ['DATA_KEY_MISSING', 'SEAL_BROKEN'];

interface LogRow {
  case_id: string;
  seq: number;
  jws: string;
  hash: string;
}

interface CaseRow extends HandlerRow {
  id: string;
  application: string | null;
  tracking_hash: string | null;
  withdrawal_requested_at: Date | null;
}

interface HandlerRow {
  handler_issuer: string | null;
  handler_sub: string | null;
  handler_name: string | null;
  handler_since: Date | null;
  handler_by: string | null;
}

const COLUMNS = `id, application, tracking_hash, withdrawal_requested_at, handler_issuer, handler_sub, handler_name,
  handler_since, handler_by`;

/** The cases that were found, and those among them that can't be read. */
export interface FoundCases {
  cases: StoredCase[];
  broken: BrokenCase[];
}

/** A case whose stored log can't be folded, or whose application can't be opened. */
export interface BrokenCase {
  id: string;
  error: ProblemError;
}

/**
 * Reads cases as one node keeps them, in the order of the ids; unknown ones are left out. A case that can't be read
 * does not stop the others: the caller must say what to do with it.
 */
export async function findCases(queries: NodeQueries, ids: readonly string[]): Promise<FoundCases> {
  const found: FoundCases = { cases: [], broken: [] };
  if (ids.length === 0) return found;
  const rows = await queries.query<CaseRow>(`SELECT ${COLUMNS} FROM cases WHERE node = $1 AND id = ANY ($2)`, [ids]);
  const linesOf = groupLines(
    await readLogs(
      queries,
      rows.map((r) => r.id),
    ),
  );
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const known = ids.flatMap((id) => rowOf.get(id) ?? []);
  const read = await Promise.all(known.map((row) => attemptCase(queries, row, linesOf.get(row.id) ?? [])));
  for (const each of read) {
    if ('error' in each) found.broken.push(each);
    else found.cases.push(each);
  }
  return found;
}

/** Reads cases for a list: a case that can't be read is left out, and recorded. */
export async function readableCases(
  queries: NodeQueries,
  ids: readonly string[],
  failures: Failures,
): Promise<StoredCase[]> {
  const { cases, broken } = await findCases(queries, ids);
  for (const { id, error } of broken) failures.note('reading a case', { node: queries.node, case: id }, error);
  return cases;
}

/**
 * Reads one case; null if this node does not know the id.
 * @throws {ProblemError} CHAIN_BROKEN where it can't be read, or why its application can't be opened
 */
export async function findCase(queries: NodeQueries, id: string): Promise<StoredCase | null> {
  const { cases, broken } = await findCases(queries, [id]);
  const [fault] = broken;
  if (fault) throw fault.error;
  return cases[0] ?? null;
}

/**
 * Reads one case and locks it until the transaction ends; null if this node does not know the id.
 * @throws {ProblemError} as {@link findCase}
 */
export const lockCase = coalesced(async (tx: SharedTx, ids: readonly string[]): Promise<(StoredCase | null)[]> => {
  // two statements, so that the lines are read after the lock is taken
  const [rows, logs] = await pipelined(
    tx.query<CaseRow>(
      `SELECT ${COLUMNS} FROM cases
       WHERE node = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`,
      [ids],
    ),
    readLogs(tx, ids),
  );
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const linesOf = groupLines(logs);
  return Promise.all(
    ids.map(async (id) => {
      const row = rowOf.get(id);
      return row ? storedOf(tx, row, linesOf.get(id) ?? []) : null;
    }),
  );
});

/**
 * Locks cases until the transaction ends, in the order of their ids: for a transaction that comes to several one after
 * the other. Cases are locked ahead of projects (docs/decisions/0026-order-of-locks.md).
 */
export async function lockCases(tx: SharedTx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(`SELECT id FROM cases WHERE node = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`, [ids]);
}

/** The log of one case as a node holds it. */
export async function readLines(queries: NodeQueries, id: string): Promise<SignedLine[]> {
  return (await readLogs(queries, [id])).map(signedOf);
}

async function readLogs(queries: NodeQueries, ids: readonly string[]): Promise<LogRow[]> {
  if (ids.length === 0) return [];
  return queries.query<LogRow>(
    `SELECT case_id, seq, jws, hash FROM case_log WHERE node = $1 AND case_id = ANY ($2) ORDER BY case_id, seq`,
    [ids],
  );
}

function groupLines(logs: readonly LogRow[]): Map<string, LogRow[]> {
  const linesOf = new Map<string, LogRow[]>();
  for (const row of logs) {
    const lines = linesOf.get(row.case_id);
    if (lines) lines.push(row);
    else linesOf.set(row.case_id, [row]);
  }
  return linesOf;
}

async function attemptCase(
  queries: NodeQueries,
  row: CaseRow,
  held: readonly LogRow[],
): Promise<StoredCase | BrokenCase> {
  try {
    return await storedOf(queries, row, held);
  } catch (error) {
    if (error instanceof ProblemError) return { id: row.id, error };
    throw error;
  }
}

function handlerOf(row: HandlerRow): CaseHandler | null {
  const { handler_issuer: issuer, handler_sub: sub, handler_name: name, handler_since: since, handler_by: by } = row;
  if (issuer === null || sub === null || name === null || since === null || by === null) return null;
  return { issuer, sub, name, since, by };
}

/** @throws {ProblemError} as {@link findCase} */
async function storedOf({ node, vault }: NodeQueries, row: CaseRow, held: readonly LogRow[]): Promise<StoredCase> {
  try {
    const lines = held.map(signedOf);
    return {
      id: row.id,
      file: foldLog(lines.map(({ line }) => line)),
      lines,
      application: await vault.openNullable('cases.application', row.id, row.application),
      trackingHash: row.tracking_hash,
      withdrawalRequestedAt: row.withdrawal_requested_at,
      handler: handlerOf(row),
    };
  } catch (error) {
    throw brokenCase(node, row.id, error);
  }
}

/** The error for a case this database can't read; a code of the fold would say that the caller was at fault. */
function brokenCase(node: DivisionCode, id: string, cause: unknown): ProblemError {
  if (cause instanceof ProblemError && OF_SEALS.includes(cause.code)) return cause;
  const why = cause instanceof ProblemError ? cause.message : 'A line of it cannot be read.';
  return problem(
    'CHAIN_BROKEN',
    `The log of ${id} as ${node} keeps it cannot be followed: ${why} liandong doctor lists such cases.`,
    { node, field: 'id', cause },
  );
}
