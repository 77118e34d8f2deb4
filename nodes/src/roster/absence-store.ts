import type { Absence } from '@liandong/schema/domains/roster';
import type { CaseAgent } from '@liandong/schema/domains/proxy';
import type { Day } from '@liandong/schema/kernel';
import type { LogActor } from '@liandong/schema/case';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { ToldChangeOf } from '../proxy/index.ts';
import { personOf } from './roster-store.ts';
import type { AbsenceCaseRow, AbsenceRow } from './tables.ts';
import { absenceCasesTable, agentAbsencesTable } from './tables.ts';

/** An absence and the person who reported it. */
export interface StoredAbsence extends Absence {
  reportedBy: LogActor;
  settledAt: Date | null;
}

const ABSENCES = `SELECT ${agentAbsencesTable.select('a')} FROM agent_absences a`;

const absenceOf = ({
  agent,
  agentName,
  fromDay,
  untilDay,
  standIn,
  standInName,
  ...row
}: AbsenceRow): StoredAbsence => ({
  ...row,
  agent: { sub: agent, name: agentName },
  from: fromDay,
  until: untilDay,
  standIn: personOf(standIn, standInName),
});

/** Absences that end on a day or later, and older ones whose cases are not back yet. */
export async function findAbsences(queries: NodeQueries, since: Day): Promise<StoredAbsence[]> {
  const rows = await queries.query<AbsenceRow>(
    `${ABSENCES} WHERE node = $1 AND (until_day >= $2 OR settled_at IS NULL) ORDER BY from_day, id`,
    [since],
  );
  return rows.map(absenceOf);
}

/** Absences whose cases are still to be passed on, or back. */
export async function findOpenAbsences(queries: NodeQueries): Promise<StoredAbsence[]> {
  const rows = await queries.query<AbsenceRow>(
    `${ABSENCES} WHERE node = $1 AND settled_at IS NULL ORDER BY from_day, id`,
  );
  return rows.map(absenceOf);
}

export async function insertAbsence(tx: SharedTx, absence: Absence, by: LogActor): Promise<void> {
  const { agent, from, until, standIn, ...row } = absence;
  const who = {
    agent: agent.sub,
    agentName: agent.name,
    standIn: standIn?.sub ?? null,
    standInName: standIn?.name ?? null,
  };
  const term = { fromDay: from, untilDay: until, settledAt: null };
  await insert(tx, agentAbsencesTable, [{ ...row, ...who, ...term, reportedBy: by }]);
}

export async function endAbsence(tx: SharedTx, id: string, on: Day): Promise<void> {
  await tx.query(`UPDATE agent_absences SET ended_on = $3 WHERE node = $1 AND id = $2`, [id, on]);
}

export async function settleAbsence(queries: NodeQueries, id: string, at: Date): Promise<void> {
  await queries.query(`UPDATE agent_absences SET settled_at = $3 WHERE node = $1 AND id = $2`, [id, at]);
}

/** The move of one case of an absence. */
export interface AbsenceCase extends Omit<AbsenceCaseRow, 'absence' | 'toAgent' | 'backChange'> {
  number: string;
  to: CaseAgent | null;
}

/** The lists of hand-overs of some absences. */
export async function findAbsenceCases(
  queries: NodeQueries,
  absences: readonly string[],
): Promise<Map<string, AbsenceCase[]>> {
  const lists = new Map<string, AbsenceCase[]>(absences.map((id) => [id, []]));
  if (absences.length === 0) return lists;
  const rows = await queries.query<AbsenceCaseRow & { number: string }>(
    `SELECT ${absenceCasesTable.select('a')}, c.number
     FROM absence_cases a JOIN cases c ON c.node = a.node AND c.id = a.case_id
     WHERE a.node = $1 AND a.absence = ANY ($2) ORDER BY a.at, a.case_id`,
    [absences],
  );
  for (const { absence, toAgent, backChange: _, ...row } of rows) lists.get(absence)?.push({ ...row, to: toAgent });
  return lists;
}

/**
 * Whether an absence has passed a case on, or brought it back, by now. Read under the lock of the case: the clockwork and a
 * person may settle the same absence at once.
 */
export async function findMove(tx: SharedTx, absence: string, caseId: string): Promise<'NONE' | 'PASSED' | 'BACK'> {
  const [row] = await tx.query<{ back: boolean }>(
    `SELECT back_at IS NOT NULL AS back FROM absence_cases
     WHERE node = $1 AND absence = $2 AND case_id = $3 AND passed_on <> 'LEFT'`,
    [absence, caseId],
  );
  return row ? (row.back ? 'BACK' : 'PASSED') : 'NONE';
}

/** Stores the move of one case; a case that stayed may be passed on later. */
export async function savePassedOn(
  tx: SharedTx,
  absence: string,
  made: Pick<AbsenceCase, 'caseId' | 'passedOn' | 'at' | 'to' | 'change'>,
): Promise<void> {
  const { to, ...row } = made;
  await insert(
    tx,
    absenceCasesTable,
    [{ ...row, absence, toAgent: to, backAt: null, backChange: null }],
    `ON CONFLICT (node, absence, case_id) DO UPDATE SET passed_on = excluded.passed_on, at = excluded.at,
       to_agent = excluded.to_agent, change = excluded.change
     WHERE absence_cases.passed_on = 'LEFT' AND excluded.passed_on <> 'LEFT'`,
  );
}

export async function saveBack(
  tx: SharedTx,
  absence: string,
  caseId: string,
  back: { at: Date; change: string },
): Promise<void> {
  await tx.query(
    `UPDATE absence_cases SET back_at = $4, back_change = $5 WHERE node = $1 AND absence = $2 AND case_id = $3`,
    [absence, caseId, back.at, back.change],
  );
}

/** Open cases that an agent looks after here and that this absence has not passed on yet. */
export async function findCasesOf(queries: NodeQueries, agent: string, absence: string): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    `SELECT id FROM cases c WHERE node = $1 AND closed_at IS NULL AND agent = $2 AND agent_node = $1
       AND NOT EXISTS (SELECT 1 FROM absence_cases a
         WHERE a.node = c.node AND a.absence = $3 AND a.case_id = c.id AND a.passed_on <> 'LEFT')
     ORDER BY id`,
    [agent, absence],
  );
  return rows.map(({ id }) => id);
}

/** Changes of agent sent for absences that are not settled, in the order they were sent. */
export async function findToldChanges(queries: NodeQueries): Promise<ToldChangeOf[]> {
  const rows = await queries.query<{
    caseId: string;
    change: string;
    to: CaseAgent;
    back: string | null;
    sub: string;
    name: string;
  }>(
    `SELECT c.case_id AS "caseId", c.change, c.to_agent AS to, c.back_change AS back, a.agent AS sub, a.agent_name AS name
     FROM absence_cases c JOIN agent_absences a ON a.node = c.node AND a.id = c.absence
     WHERE c.node = $1 AND c.change IS NOT NULL AND (a.settled_at IS NULL OR a.settled_at > now() - interval '30 days')
     ORDER BY c.at`,
  );
  return rows.flatMap(({ caseId, change, to, back, ...agent }) => [
    { caseId, change, to },
    ...(back === null ? [] : [{ caseId, change: back, to: { node: queries.node, ...agent } }]),
  ]);
}
