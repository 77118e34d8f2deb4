import type { CaseFile, DivisionCode, LogLine, OfficialCalendar, Divisions } from '@liandong/schema';
import {
  clockOf,
  custodyAt,
  foldLog,
  isUrgent,
  logLineSchema,
  nextDue,
  noticeDueAt,
  problem,
  urgentDueAt,
} from '@liandong/schema';
import type { NodeQueries, NodeTx } from '../db/index.ts';
import { together } from '../db/index.ts';
import { payloadOf, sha256 } from '../trust/index.ts';

/** A line of the log with the signature it came with. */
export interface SignedLine {
  line: LogLine;
  jws: string;
  /** SHA-256 of the JWS: what the next line's `prev` names. */
  hash: string;
}

/** A case as one node keeps it. */
export interface StoredCase {
  id: string;
  /** Folded from the lines held without a gap. */
  file: CaseFile;
  /** Those lines, in order. */
  lines: SignedLine[];
  /** Exact JSON text of the application; null where only echoes arrived. */
  application: string | null;
  trackingHash: string | null;
  withdrawalRequestedAt: Date | null;
}

interface LogRow {
  case_id: string;
  seq: number;
  jws: string;
  hash: string;
}

interface CaseRow {
  id: string;
  application: string | null;
  tracking_hash: string | null;
  withdrawal_requested_at: Date | null;
}

/** A line as it was stored: checked when it came in, so only read here. */
export function readLine(jws: string): LogLine {
  return payloadOf(jws) as LogLine;
}

/** A line as it comes from elsewhere. @throws {ProblemError} MESSAGE_INVALID */
export function parseLine(payload: unknown): LogLine {
  const parsed = logLineSchema.safeParse(payload);
  if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not a line of a case log.', { cause: parsed.error });
  return parsed.data;
}

/** The lines from the first on without a gap; echoes may arrive out of order. */
export function contiguous(lines: readonly SignedLine[]): SignedLine[] {
  const gap = lines.findIndex(({ line }, index) => line.seq !== index + 1);
  return gap === -1 ? [...lines] : lines.slice(0, gap);
}

/**
 * Folds signed lines, checking the chain.
 * @throws {ProblemError} CHAIN_BROKEN, ILLEGAL_STEP, STALE_EPOCH, NOT_CUSTODIAN
 */
export function foldChain(lines: readonly SignedLine[]): CaseFile {
  lines.forEach(({ line }, index) => {
    const prev = lines[index - 1]?.hash ?? null;
    if (line.prev !== prev)
      throw problem('CHAIN_BROKEN', `Line ${line.seq} of ${line.case} does not name the line ahead of it.`);
  });
  return foldLog(lines.map(({ line }) => line));
}

/** Reads cases as one node keeps them, in the order of the ids; unknown ones are left out. */
export async function findCases(queries: NodeQueries, ids: readonly string[]): Promise<StoredCase[]> {
  if (ids.length === 0) return [];
  const rows = await queries.query<CaseRow>(
    `SELECT id, application, tracking_hash, withdrawal_requested_at FROM cases WHERE node = $1 AND id = ANY ($2)`,
    [ids],
  );
  const logs = await readLogs(
    queries,
    rows.map((r) => r.id),
  );
  return assemble(rows, logs, ids);
}

/** Reads one case and keeps others from changing it until the transaction ends. */
export async function lockCase(tx: NodeTx, id: string): Promise<StoredCase | null> {
  // two statements, so that the lines are read as they are once the lock is had
  const [rows, logs] = await together(
    tx.query<CaseRow>(
      `SELECT id, application, tracking_hash, withdrawal_requested_at FROM cases
       WHERE node = $1 AND id = $2 FOR UPDATE`,
      [id],
    ),
    readLogs(tx, [id]),
  );
  const [found] = assemble(rows, logs, [id]);
  return found ?? null;
}

/** Lines of one case a node holds, also those behind a gap. */
export async function readLines(queries: NodeQueries, id: string): Promise<SignedLine[]> {
  const rows = await queries.query<LogRow>(
    `SELECT case_id, seq, jws, hash FROM case_log WHERE node = $1 AND case_id = $2 ORDER BY seq`,
    [id],
  );
  return rows.map(({ jws, hash }) => ({ line: readLine(jws), jws, hash }));
}

async function readLogs(queries: NodeQueries, ids: readonly string[]): Promise<LogRow[]> {
  if (ids.length === 0) return [];
  return queries.query<LogRow>(
    `SELECT case_id, seq, jws, hash FROM case_log WHERE node = $1 AND case_id = ANY ($2) ORDER BY case_id, seq`,
    [ids],
  );
}

function assemble(rows: readonly CaseRow[], logs: readonly LogRow[], ids: readonly string[]): StoredCase[] {
  const byCase = new Map<string, LogRow[]>(rows.map((row) => [row.id, []]));
  for (const log of logs) byCase.get(log.case_id)?.push(log);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id): StoredCase[] => {
    const row = byId.get(id);
    if (!row) return [];
    const lines = contiguous((byCase.get(id) ?? []).map(({ jws, hash }) => ({ line: readLine(jws), jws, hash })));
    return [
      {
        id,
        file: foldLog(lines.map(({ line }) => line)),
        lines,
        application: row.application,
        trackingHash: row.tracking_hash,
        withdrawalRequestedAt: row.withdrawal_requested_at,
      },
    ];
  });
}

/** Adds lines; one that is there already, the same to the letter, is left as it is. @throws {ProblemError} CHAIN_BROKEN */
export async function insertLines(tx: NodeTx, lines: readonly SignedLine[]): Promise<void> {
  if (lines.length === 0) return;
  const added = await tx.query<{ seq: number }>(
    `INSERT INTO case_log (node, case_id, seq, jws, hash)
     SELECT $1, case_id, seq, jws, hash
     FROM unnest($2::text[], $3::int[], $4::text[], $5::text[]) AS l (case_id, seq, jws, hash)
     ON CONFLICT (node, case_id, seq) DO NOTHING RETURNING seq`,
    [lines.map((l) => l.line.case), lines.map((l) => l.line.seq), lines.map((l) => l.jws), lines.map((l) => l.hash)],
  );
  if (added.length === lines.length) return;
  const [first] = lines;
  const held = await tx.query<{ seq: number; hash: string }>(
    `SELECT seq, hash FROM case_log WHERE node = $1 AND case_id = $2 AND seq = ANY ($3)`,
    [first?.line.case, lines.map((l) => l.line.seq)],
  );
  for (const { seq, hash } of held) {
    const other = lines.find((l) => l.line.seq === seq && l.hash !== hash);
    if (other) throw problem('CHAIN_BROKEN', `Two different lines ${seq} of ${other.line.case} exist.`);
  }
}

/** Writes the case's row: everything in it is folded from the log, so that lists and jobs need not fold. */
export async function saveCase(
  tx: NodeTx,
  stored: StoredCase,
  calendar: OfficialCalendar,
  divisions: Divisions,
): Promise<void> {
  const { file } = stored;
  const dates = datesOf(file, tx.node, calendar, divisions);
  await tx.query(
    `INSERT INTO cases (node, id, number, item, filing_node, acceptor, decider, application, tracking_hash, state,
       custody, custodian, in_transit_to, epoch, seq, head, filed_at, last_at, acceptance_due_at, due_at, provisional,
       closed_at, withdrawal_requested_at, next_due_at, paused_days, urgent, department)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
       $24, $25, $26, coalesce(
         (SELECT split_part(split_part(department, ';', 1), '(', 1) FROM items
          WHERE node = $1 AND code = $4 ORDER BY version DESC LIMIT 1), ''))
     ON CONFLICT (node, id) DO UPDATE SET application = coalesce(cases.application, excluded.application),
       state = excluded.state, custody = excluded.custody, custodian = excluded.custodian,
       in_transit_to = excluded.in_transit_to, epoch = excluded.epoch, seq = excluded.seq, head = excluded.head,
       last_at = excluded.last_at, acceptance_due_at = excluded.acceptance_due_at, due_at = excluded.due_at,
       provisional = excluded.provisional, closed_at = excluded.closed_at,
       withdrawal_requested_at = excluded.withdrawal_requested_at, next_due_at = excluded.next_due_at,
       paused_days = excluded.paused_days, urgent = excluded.urgent, department = excluded.department`,
    [
      file.id,
      file.number,
      file.item,
      file.filingNode,
      file.acceptor,
      file.decider,
      stored.application,
      stored.trackingHash,
      file.state,
      custodyAt(file, tx.node),
      file.custodian,
      file.inTransitTo,
      file.epoch,
      file.seq,
      stored.lines.at(-1)?.hash,
      file.filedAt,
      file.lastAt,
      dates.acceptanceDueAt,
      dates.dueAt,
      dates.provisional,
      file.closedAt,
      stored.withdrawalRequestedAt,
      dates.nextDueAt,
      dates.pausedDays,
      isUrgent(file),
    ],
  );
}

/** The dates that jobs and lists look for. */
export function datesOf(file: CaseFile, node: DivisionCode, calendar: OfficialCalendar, divisions: Divisions) {
  const awaitsAcceptance = file.state === 'FILED' && file.custodian === node && file.acceptor === node;
  const notice = awaitsAcceptance ? noticeDueAt(file.materialsInAt, calendar) : null;
  const clock = clockOf(file, calendar, divisions, file.lastAt);
  return {
    acceptanceDueAt: notice?.at ?? null,
    dueAt: clock?.dueAt ?? null,
    ...nextDue(file, clock, notice?.at ?? null, urgentDueAt(file, calendar)),
    provisional: (notice?.provisional ?? false) || (clock?.provisional ?? false),
  };
}

/** Makes signed lines of what another node sent; signatures are checked by the caller. */
export function signedLine(jws: string, payload: unknown): SignedLine {
  return { line: parseLine(payload), jws, hash: sha256(jws) };
}
