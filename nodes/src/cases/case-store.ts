import type { CaseFile, DivisionCode, LogLine, OfficialCalendar, Divisions } from '@liandong/schema';
import {
  clockOf,
  custodyAt,
  deliveryDueAt,
  foldLog,
  isClosed,
  isUrgent,
  logLineSchema,
  nextDue,
  nextLapseAt,
  noticeDueAt,
  problem,
  renewalDueAt,
  urgentDueAt,
} from '@liandong/schema';
import type { NodeQueries, NodeTx } from '../db/index.ts';
import { gathered, together } from '../db/index.ts';
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

/** SQLSTATE */
const UNIQUE_VIOLATION = '23505';

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
  requireChain(lines, null);
  return foldLog(lines.map(({ line }) => line));
}

/**
 * Checks that each line names the one ahead of it.
 * @param last hash of the line they go on from; null when they begin the log
 * @throws {ProblemError} CHAIN_BROKEN
 */
export function requireChain(lines: readonly SignedLine[], last: string | null): void {
  let prev = last;
  for (const { line, hash } of lines) {
    if (line.prev !== prev)
      throw problem('CHAIN_BROKEN', `Line ${line.seq} of ${line.case} does not name the line ahead of it.`);
    prev = hash;
  }
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
  return assemble(queries, rows, logs, ids);
}

/** A case as it is kept here, and every line a node holds of it. */
export interface LockedLog {
  /** Null where the case has no row yet. */
  stored: StoredCase | null;
  /** Also those behind a gap, in order. */
  lines: SignedLine[];
}

/** Reads all that is known of one case and keeps others from changing it until the transaction ends. */
export const lockLog = gathered(async (tx: NodeTx, ids: readonly string[]): Promise<LockedLog[]> => {
  // two statements, so that the lines are read as they are once the lock is had
  const [rows, logs] = await together(
    tx.query<CaseRow>(
      `SELECT id, application, tracking_hash, withdrawal_requested_at FROM cases
       WHERE node = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`,
      [ids],
    ),
    readLogs(tx, ids),
  );
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const linesOf = groupLines(logs);
  return Promise.all(
    ids.map(async (id) => {
      const lines = linesOf.get(id) ?? [];
      const row = rowOf.get(id);
      return { stored: row ? await storedOf(tx, row, lines) : null, lines };
    }),
  );
});

/**
 * Keeps others from changing cases until the transaction ends, in the order of their ids: for a transaction that comes to
 * several one after the other. Cases are locked ahead of projects (docs/decisions/0026-order-of-locks.md).
 */
export async function lockCases(tx: NodeTx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(`SELECT id FROM cases WHERE node = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`, [ids]);
}

/** Reads one case and keeps others from changing it until the transaction ends. */
export async function lockCase(tx: NodeTx, id: string): Promise<StoredCase | null> {
  return (await lockLog(tx, id)).stored;
}

/** Lines of one case a node holds, also those behind a gap. */
export async function readLines(queries: NodeQueries, id: string): Promise<SignedLine[]> {
  return groupLines(await readLogs(queries, [id])).get(id) ?? [];
}

async function readLogs(queries: NodeQueries, ids: readonly string[]): Promise<LogRow[]> {
  if (ids.length === 0) return [];
  return queries.query<LogRow>(
    `SELECT case_id, seq, jws, hash FROM case_log WHERE node = $1 AND case_id = ANY ($2) ORDER BY case_id, seq`,
    [ids],
  );
}

async function assemble(
  queries: NodeQueries,
  rows: readonly CaseRow[],
  logs: readonly LogRow[],
  ids: readonly string[],
): Promise<StoredCase[]> {
  const linesOf = groupLines(logs);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found = ids.flatMap((id) => byId.get(id) ?? []);
  return Promise.all(found.map((row) => storedOf(queries, row, linesOf.get(row.id) ?? [])));
}

function groupLines(logs: readonly LogRow[]): Map<string, SignedLine[]> {
  const linesOf = new Map<string, SignedLine[]>();
  for (const { case_id: id, jws, hash } of logs) {
    const line = { line: readLine(jws), jws, hash };
    const lines = linesOf.get(id);
    if (lines) lines.push(line);
    else linesOf.set(id, [line]);
  }
  return linesOf;
}

async function storedOf({ vault }: NodeQueries, row: CaseRow, held: readonly SignedLine[]): Promise<StoredCase> {
  const lines = contiguous(held);
  return {
    id: row.id,
    file: foldLog(lines.map(({ line }) => line)),
    lines,
    application: await vault.openNullable('cases.application', row.id, row.application),
    trackingHash: row.tracking_hash,
    withdrawalRequestedAt: row.withdrawal_requested_at,
  };
}

/** Adds lines; one that is there already, the same to the letter, is left as it is. @throws {ProblemError} CHAIN_BROKEN */
export async function insertLines(tx: NodeTx, lines: readonly SignedLine[]): Promise<void> {
  if (lines.length > 0) await insertAll(tx, lines);
}

/**
 * Adds lines that are not here yet to a case that is locked: nobody else can have written them.
 * @throws {ProblemError} CHAIN_BROKEN
 */
export const appendLines = gathered(async (tx: NodeTx, given: readonly (readonly SignedLine[])[]) => {
  const lines = given.flat();
  try {
    await tx.query(
      `INSERT INTO case_log (node, case_id, seq, jws, hash)
       SELECT $1, case_id, seq, jws, hash FROM json_to_recordset($2) AS l (case_id text, seq int, jws text, hash text)`,
      [rowsOf(lines)],
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    const { line } = lines[0] as SignedLine;
    throw problem('CHAIN_BROKEN', `Another line ${line.seq} of ${line.case} is here already.`, { cause: error });
  }
  return given.map(() => undefined);
});

function rowsOf(lines: readonly SignedLine[]): string {
  return JSON.stringify(lines.map(({ line, jws, hash }) => ({ case_id: line.case, seq: line.seq, jws, hash })));
}

const insertAll = gathered(async (tx: NodeTx, given: readonly (readonly SignedLine[])[]) => {
  const lines = given.flat();
  const added = await tx.query(
    `INSERT INTO case_log (node, case_id, seq, jws, hash)
     SELECT $1, case_id, seq, jws, hash
     FROM json_to_recordset($2) AS l (case_id text, seq int, jws text, hash text)
     ON CONFLICT (node, case_id, seq) DO NOTHING RETURNING 1`,
    [rowsOf(lines)],
  );
  if (added.length < lines.length) {
    const held = await tx.query<{ case_id: string; seq: number; hash: string }>(
      `SELECT case_id, seq, hash FROM case_log
       WHERE node = $1 AND (case_id, seq) IN (SELECT * FROM unnest($2::text[], $3::int[]))`,
      [lines.map((l) => l.line.case), lines.map((l) => l.line.seq)],
    );
    const hashOf = new Map(held.map((row) => [`${row.case_id} ${row.seq}`, row.hash]));
    for (const { line, hash } of lines) {
      if (hashOf.get(`${line.case} ${line.seq}`) === hash) continue;
      throw problem('CHAIN_BROKEN', `Two different lines ${line.seq} of ${line.case} exist.`);
    }
  }
  return given.map(() => undefined);
});

/** Writes the case's row: everything in it is folded from the log, so that lists and jobs need not fold. */
export async function saveCase(
  tx: NodeTx,
  stored: StoredCase,
  calendar: OfficialCalendar,
  divisions: Divisions,
): Promise<void> {
  const { file } = stored;
  const dates = datesOf(file, tx.node, calendar, divisions);
  const row = {
    id: file.id,
    number: file.number,
    item: file.item,
    filing_node: file.filingNode,
    acceptor: file.acceptor,
    decider: file.decider,
    application: stored.application === null ? null : tx.vault.seal('cases.application', file.id, stored.application),
    tracking_hash: stored.trackingHash,
    state: file.state,
    custody: custodyAt(file, tx.node),
    custodian: file.custodian,
    in_transit_to: file.inTransitTo,
    epoch: file.epoch,
    seq: file.seq,
    head: stored.lines.at(-1)?.hash,
    filed_at: file.filedAt,
    last_at: file.lastAt,
    acceptance_due_at: dates.acceptanceDueAt,
    due_at: dates.dueAt,
    provisional: dates.provisional,
    closed_at: file.closedAt,
    withdrawal_requested_at: stored.withdrawalRequestedAt,
    next_due_at: dates.nextDueAt,
    paused_days: dates.pausedDays,
    urgent: isUrgent(file),
    agent_node: file.proxy?.agent.node ?? null,
    agent: file.proxy?.agent.sub ?? null,
    renewal_due_at: renewalDueAt(file),
  } satisfies Record<keyof typeof COLUMNS, unknown>;
  // both sent before either is waited for: the commit may come right behind
  await together(saveRows(tx, row), file.joint ? saveDeadline(tx, file) : Promise.resolve());
}

/** Keeps when the next silence of a case lapses at its custodian, so that the clockwork need not fold every case. */
async function saveDeadline(tx: NodeTx, { id, custodian, state, joint }: CaseFile): Promise<void> {
  const dueAt = custodian === tx.node && !isClosed(state) ? nextLapseAt(joint) : null;
  if (dueAt === null) {
    await tx.query(`DELETE FROM joint_deadlines WHERE node = $1 AND case_id = $2`, [id]);
    return;
  }
  await tx.query(
    `INSERT INTO joint_deadlines (node, case_id, due_at) VALUES ($1, $2, $3)
     ON CONFLICT (node, case_id) DO UPDATE SET due_at = excluded.due_at`,
    [id, dueAt],
  );
}

const COLUMNS = {
  id: 'text',
  number: 'text',
  item: 'text',
  filing_node: 'text',
  acceptor: 'text',
  decider: 'text',
  application: 'text',
  tracking_hash: 'text',
  state: 'text',
  custody: 'text',
  custodian: 'text',
  in_transit_to: 'text',
  epoch: 'int',
  seq: 'int',
  head: 'text',
  filed_at: 'timestamptz',
  last_at: 'timestamptz',
  acceptance_due_at: 'timestamptz',
  due_at: 'timestamptz',
  provisional: 'boolean',
  closed_at: 'timestamptz',
  withdrawal_requested_at: 'timestamptz',
  next_due_at: 'timestamptz',
  paused_days: 'int',
  urgent: 'boolean',
  agent_node: 'text',
  agent: 'text',
  renewal_due_at: 'timestamptz',
};
const NAMES = Object.keys(COLUMNS).join(', ');

/** One parameter for any number of rows: the server plans the statement once a connection. */
const SAVE_ROWS = `INSERT INTO cases (node, ${NAMES}, department)
   SELECT $1, ${NAMES}, coalesce(
     (SELECT split_part(split_part(i.department, ';', 1), '(', 1) FROM items i
      WHERE i.node = $1 AND i.code = c.item ORDER BY i.version DESC LIMIT 1), '')
   FROM json_to_recordset($2) AS c (${Object.entries(COLUMNS)
     .map(([name, type]) => `${name} ${type}`)
     .join(', ')})
   ON CONFLICT (node, id) DO UPDATE SET application = coalesce(cases.application, excluded.application),
     state = excluded.state, custody = excluded.custody, custodian = excluded.custodian,
     in_transit_to = excluded.in_transit_to, epoch = excluded.epoch, seq = excluded.seq, head = excluded.head,
     last_at = excluded.last_at, acceptance_due_at = excluded.acceptance_due_at, due_at = excluded.due_at,
     provisional = excluded.provisional, closed_at = excluded.closed_at,
     withdrawal_requested_at = excluded.withdrawal_requested_at, next_due_at = excluded.next_due_at,
     paused_days = excluded.paused_days, urgent = excluded.urgent, agent_node = excluded.agent_node,
     agent = excluded.agent, renewal_due_at = excluded.renewal_due_at, department = excluded.department` as const;

const saveRows = gathered(async (tx: NodeTx, rows: readonly object[]) => {
  await tx.query(SAVE_ROWS, [JSON.stringify(rows)]);
  return rows.map(() => undefined);
});

/** The dates that jobs and lists look for. */
export function datesOf(file: CaseFile, node: DivisionCode, calendar: OfficialCalendar, divisions: Divisions) {
  const awaitsAcceptance = file.state === 'FILED' && file.custodian === node && file.acceptor === node;
  const notice = awaitsAcceptance ? noticeDueAt(file.materialsInAt, calendar) : null;
  const clock = clockOf(file, calendar, divisions, file.lastAt);
  return {
    acceptanceDueAt: notice?.at ?? null,
    dueAt: clock?.dueAt ?? null,
    ...nextDue(file, clock, notice?.at ?? null, urgentDueAt(file, calendar), deliveryDueAt(file, calendar)),
    provisional: (notice?.provisional ?? false) || (clock?.provisional ?? false),
  };
}

/** Makes signed lines of what another node sent; signatures are checked by the caller. */
export function signedLine(jws: string, payload: unknown): SignedLine {
  return { line: parseLine(payload), jws, hash: sha256(jws) };
}
