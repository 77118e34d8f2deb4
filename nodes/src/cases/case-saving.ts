import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import { clockOf, custodyAt, deliveryDueAt, isClosed, nextDue, noticeDueAt } from '@liandong/schema/case';
import { isUrgent, urgentDueAt } from '@liandong/schema/domains/expedited';
import { coordinationDueAt, nextLapseAt } from '@liandong/schema/domains/joint';
import { problem } from '@liandong/schema/kernel';
import { renewalDueAt } from '@liandong/schema/domains/filing';
import { reportDueAt } from '@liandong/schema/domains/reports';
import type { SharedTx } from '../db/index.ts';
import { coalesced, pipelined } from '../db/index.ts';
import type { SignedLine } from '../case-log/index.ts';
import type { StoredCase } from './case-store.ts';

/** SQLSTATE */
const UNIQUE_VIOLATION = '23505';

/**
 * Adds lines; a line that is already stored, byte for byte the same, is left as it is. @throws {ProblemError}
 * CHAIN_BROKEN
 */
export async function insertLines(tx: SharedTx, lines: readonly SignedLine[]): Promise<void> {
  if (lines.length > 0) await insertAll(tx, lines);
}

/**
 * Adds new lines to a case that the caller has locked, so that no other transaction can have written them.
 * @throws {ProblemError} CHAIN_BROKEN
 */
export const appendLines = coalesced(async (tx: SharedTx, given: readonly (readonly SignedLine[])[]) => {
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

const insertAll = coalesced(async (tx: SharedTx, given: readonly (readonly SignedLine[])[]) => {
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

/**
 * Writes the case's row. The log gives everything in it, so that lists and jobs need not fold the log; except its
 * handler, whom the desk forgets when the case goes to another node.
 */
export async function saveCase(
  tx: SharedTx,
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
    report_due_at: reportDueAt(file),
    joint_due_at: file.custodian === tx.node ? coordinationDueAt(file) : null,
  } satisfies Record<keyof typeof COLUMNS, unknown>;
  // both are sent before either is awaited: the commit may come right behind
  await pipelined(saveRows(tx, row), file.joint ? saveDeadline(tx, file) : Promise.resolve());
}

/** Stores when the next silence of a case lapses at its custodian, so that the clockwork need not fold every case. */
async function saveDeadline(tx: SharedTx, { id, custodian, state, joint }: CaseFile): Promise<void> {
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
  report_due_at: 'timestamptz',
  joint_due_at: 'timestamptz',
};
const NAMES = Object.keys(COLUMNS).join(', ');

const HANDLER = ['handler_issuer', 'handler_sub', 'handler_name', 'handler_since', 'handler_by'];

/** One parameter for any number of rows: the server plans the statement once a connection. */
const SAVE_ROWS = `INSERT INTO cases (node, ${NAMES}, department)
   SELECT $1, ${NAMES}, coalesce(
     (SELECT split_part(split_part(i.department, ';', 1), '(', 1) FROM items i
      WHERE i.node = $1 AND i.code = c.item ORDER BY i.version DESC LIMIT 1), '')
   FROM json_to_recordset($2) AS c (${Object.entries(COLUMNS)
     .map(([name, type]) => `${name} ${type}`)
     .join(', ')})
   ON CONFLICT (node, id) DO UPDATE SET application = coalesce(excluded.application, cases.application),
     state = excluded.state, custody = excluded.custody, custodian = excluded.custodian,
     in_transit_to = excluded.in_transit_to, epoch = excluded.epoch, seq = excluded.seq, head = excluded.head,
     last_at = excluded.last_at, acceptance_due_at = excluded.acceptance_due_at, due_at = excluded.due_at,
     provisional = excluded.provisional, closed_at = excluded.closed_at,
     withdrawal_requested_at = excluded.withdrawal_requested_at, next_due_at = excluded.next_due_at,
     paused_days = excluded.paused_days, urgent = excluded.urgent, agent_node = excluded.agent_node,
     report_due_at = excluded.report_due_at, joint_due_at = excluded.joint_due_at, agent = excluded.agent, renewal_due_at = excluded.renewal_due_at, department = excluded.department,
     ${HANDLER.map((name) => `${name} = CASE WHEN excluded.custody = 'ELSEWHERE' THEN NULL ELSE cases.${name} END`).join(', ')}` as const;

const saveRows = coalesced(async (tx: SharedTx, rows: readonly object[]) => {
  await tx.query(SAVE_ROWS, [JSON.stringify(rows)]);
  return rows.map(() => undefined);
});

/** The dates that jobs and lists look for. */
export function datesOf(file: CaseFile, node: DivisionCode, calendar: OfficialCalendar, divisions: Divisions) {
  const atAcceptor = file.state === 'FILED' && file.custodian === node && file.acceptor === node;
  // a case that is answered is never accepted, by silence neither
  const awaitsAcceptance = atAcceptor && file.answerLimit === null;
  const notice = awaitsAcceptance ? noticeDueAt(file.materialsInAt, calendar) : null;
  const clock = clockOf(file, calendar, divisions, file.lastAt);
  return {
    acceptanceDueAt: notice?.at ?? null,
    dueAt: clock?.dueAt ?? null,
    ...nextDue(file, clock, notice?.at ?? null, urgentDueAt(file, calendar), deliveryDueAt(file, calendar)),
    provisional: (notice?.provisional ?? false) || (clock?.provisional ?? false),
  };
}
