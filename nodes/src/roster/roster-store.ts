import type {
  Absence,
  KeptStandIn,
  PersonRef,
  PostChangeView,
  RosterAgent,
  Training,
} from '@liandong/schema/domains/roster';
import type { CaseAgent } from '@liandong/schema/domains/proxy';
import type { Day, Employment, PassedOn, PostChange, Role } from '@liandong/schema/kernel';
import type { LogActor } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { standsOn } from '@liandong/schema/domains/roster';
import type { PostsOf } from '../cases/index.ts';
import type { ToldChangeOf } from '../proxy/index.ts';
import type { NodeQueries, NodeTx } from '../db/index.ts';
import { askedOnce } from '../db/index.ts';

interface AgentRow {
  sub: string;
  name: string;
  employment: Employment;
  withheld: string[];
  from_day: Day;
  until_day: Day | null;
  stand_in: string | null;
  stand_in_name: string | null;
  training: Training[];
}

const AGENTS = `SELECT sub, name, employment, withheld, from_day::text, until_day::text, stand_in, stand_in_name,
    (SELECT coalesce(json_agg(json_build_object('what', t.what, 'on', t.held_on, 'validUntil', t.valid_until)
       ORDER BY t.held_on, t.id), '[]')
     FROM roster_trainings t WHERE t.node = a.node AND t.sub = a.sub) AS training
  FROM roster_agents a`;

const personOf = (sub: string | null, name: string | null): PersonRef | null =>
  sub === null || name === null ? null : { sub, name };

const agentOf = (row: AgentRow): RosterAgent => ({
  sub: row.sub,
  name: row.name,
  employment: row.employment,
  withheld: row.withheld,
  from: row.from_day,
  until: row.until_day,
  standIn: personOf(row.stand_in, row.stand_in_name),
  training: row.training,
});

/** The node's roster, past entries included. */
export async function findRoster(queries: NodeQueries): Promise<RosterAgent[]> {
  const rows = await queries.query<AgentRow>(`${AGENTS} WHERE a.node = $1 ORDER BY from_day, sub`);
  return rows.map(agentOf);
}

interface StandInRow {
  id: string;
  role: Role;
  absent: string;
  absent_name: string;
  department: string | null;
  stand_in: string;
  stand_in_name: string;
  from_day: Day;
  until_day: Day;
  ended_on: Day | null;
  absence: string | null;
}

const STAND_INS = `SELECT id, role, absent, absent_name, department, stand_in, stand_in_name, from_day::text,
    until_day::text, ended_on::text, absence FROM stand_ins`;

const standInOf = (row: StandInRow): KeptStandIn => ({
  id: row.id,
  role: row.role,
  absent: { sub: row.absent, name: row.absent_name },
  department: row.department,
  standIn: row.stand_in,
  standInName: row.stand_in_name,
  from: row.from_day,
  until: row.until_day,
  endedOn: row.ended_on,
  absence: row.absence,
});

/** Those that give, or will give, their post on a day or after it. */
export async function findStandIns(queries: NodeQueries, since: Day): Promise<KeptStandIn[]> {
  const rows = await queries.query<StandInRow>(
    `${STAND_INS} WHERE node = $1 AND until_day >= $2 ORDER BY from_day, id`,
    [since],
  );
  return rows.map(standInOf);
}

/** How a person stands here on a day, in one statement: every step of a case asks it. */
export const findPosts: PostsOf = (queries, { sub }, day) => postsOf(queries, { sub, day });

const postsOf = askedOnce(async (queries: NodeQueries, { sub, day }: { sub: string; day: Day }) => {
  const [row] = await queries.query<{ stand_ins: StandInRow[]; entries: AgentRow[]; kept: boolean }>(
    `SELECT
       (SELECT coalesce(json_agg(s), '[]') FROM (${STAND_INS} WHERE node = n.node AND stand_in = $2
          AND from_day <= $3 AND until_day >= $3) AS s) AS stand_ins,
       (SELECT coalesce(json_agg(r), '[]') FROM (${AGENTS} WHERE a.node = n.node AND sub = $2) AS r) AS entries,
       EXISTS (SELECT 1 FROM roster_agents WHERE node = n.node) AS kept
     FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
    [sub, day],
  );
  const [entry] = row?.entries ?? [];
  return {
    standIns: (row?.stand_ins ?? []).map(standInOf).filter((s) => standsOn(s, day)),
    roster: { kept: row?.kept ?? false, entry: entry ? agentOf(entry) : null },
  };
});

/** Keeps others from writing this node's registers of posts until the transaction ends. */
export async function lockPosts(tx: NodeTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('posts'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}

/** Writes an agent into the roster, or changes the entry; its training is kept apart. */
export async function saveAgent(tx: NodeTx, agent: Omit<RosterAgent, 'training'>): Promise<void> {
  const { sub, name, employment, withheld, from, until, standIn } = agent;
  await tx.query(
    `INSERT INTO roster_agents (node, sub, name, employment, withheld, from_day, until_day, stand_in, stand_in_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (node, sub) DO UPDATE SET name = excluded.name, employment = excluded.employment,
       withheld = excluded.withheld, from_day = excluded.from_day, until_day = excluded.until_day,
       stand_in = excluded.stand_in, stand_in_name = excluded.stand_in_name`,
    [sub, name, employment, withheld, from, until, standIn?.sub ?? null, standIn?.name ?? null],
  );
}

export async function insertTraining(tx: NodeTx, id: string, sub: string, training: Training): Promise<void> {
  await tx.query(
    `INSERT INTO roster_trainings (node, id, sub, what, held_on, valid_until) VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, sub, training.what, training.on, training.validUntil],
  );
}

export async function insertStandIn(tx: NodeTx, s: KeptStandIn): Promise<void> {
  await tx.query(
    `INSERT INTO stand_ins (node, id, role, absent, absent_name, department, stand_in, stand_in_name, from_day,
       until_day, ended_on, absence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      s.id,
      s.role,
      s.absent.sub,
      s.absent.name,
      s.department,
      s.standIn,
      s.standInName,
      s.from,
      s.until,
      s.endedOn,
      s.absence,
    ],
  );
}

/** Ends stand-ins early: one by its id, or what came from an absence. */
export async function endStandIns(tx: NodeTx, which: { id: string } | { absence: string }, on: Day): Promise<void> {
  const [column, value] = 'id' in which ? (['id', which.id] as const) : (['absence', which.absence] as const);
  await tx.query(
    `UPDATE stand_ins SET ended_on = $3 WHERE node = $1 AND ${column} = $2 AND (ended_on IS NULL OR ended_on > $3::date)`,
    [value, on],
  );
}

/** An absence with who wrote it down. */
export interface StoredAbsence extends Absence {
  reportedBy: LogActor;
  settledAt: Date | null;
}

interface AbsenceRow {
  id: string;
  agent: string;
  agent_name: string;
  from_day: Day;
  until_day: Day;
  reason: string;
  ended_on: Day | null;
  stand_in: string | null;
  stand_in_name: string | null;
  reported_by: LogActor;
  settled_at: Date | null;
}

const ABSENCES = `SELECT id, agent, agent_name, from_day::text, until_day::text, reason, ended_on::text, stand_in,
    stand_in_name, reported_by, settled_at FROM agent_absences`;

const absenceOf = (row: AbsenceRow): StoredAbsence => ({
  id: row.id,
  agent: { sub: row.agent, name: row.agent_name },
  from: row.from_day,
  until: row.until_day,
  reason: row.reason,
  endedOn: row.ended_on,
  standIn: personOf(row.stand_in, row.stand_in_name),
  reportedBy: row.reported_by,
  settledAt: row.settled_at,
});

/** Absences that reach a day or lie after it, and older ones whose cases are not back yet. */
export async function findAbsences(queries: NodeQueries, since: Day): Promise<StoredAbsence[]> {
  const rows = await queries.query<AbsenceRow>(
    `${ABSENCES} WHERE node = $1 AND (until_day >= $2 OR settled_at IS NULL) ORDER BY from_day, id`,
    [since],
  );
  return rows.map(absenceOf);
}

/** Those whose cases are still to be passed on, or back. */
export async function findOpenAbsences(queries: NodeQueries): Promise<StoredAbsence[]> {
  const rows = await queries.query<AbsenceRow>(
    `${ABSENCES} WHERE node = $1 AND settled_at IS NULL ORDER BY from_day, id`,
  );
  return rows.map(absenceOf);
}

export async function insertAbsence(tx: NodeTx, absence: Absence, by: LogActor): Promise<void> {
  const { id, agent, from, until, reason, standIn } = absence;
  await tx.query(
    `INSERT INTO agent_absences (node, id, agent, agent_name, from_day, until_day, reason, stand_in, stand_in_name,
       reported_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [id, agent.sub, agent.name, from, until, reason, standIn?.sub ?? null, standIn?.name ?? null, JSON.stringify(by)],
  );
}

export async function endAbsence(tx: NodeTx, id: string, on: Day): Promise<void> {
  await tx.query(`UPDATE agent_absences SET ended_on = $3 WHERE node = $1 AND id = $2`, [id, on]);
}

export async function settleAbsence(queries: NodeQueries, id: string, at: Date): Promise<void> {
  await queries.query(`UPDATE agent_absences SET settled_at = $3 WHERE node = $1 AND id = $2`, [id, at]);
}

/** What became of one case of an absence. */
export interface AbsenceCase {
  caseId: string;
  number: string;
  passedOn: PassedOn;
  at: Date;
  to: CaseAgent | null;
  /** The change in the case's log that says so. */
  change: string | null;
  backAt: Date | null;
}

interface AbsenceCaseRow {
  absence: string;
  case_id: string;
  number: string;
  passed_on: PassedOn;
  at: Date;
  to_agent: CaseAgent | null;
  change: string | null;
  back_at: Date | null;
}

/** The lists of hand-overs of some absences. */
export async function findAbsenceCases(
  queries: NodeQueries,
  absences: readonly string[],
): Promise<Map<string, AbsenceCase[]>> {
  const lists = new Map<string, AbsenceCase[]>(absences.map((id) => [id, []]));
  if (absences.length === 0) return lists;
  const rows = await queries.query<AbsenceCaseRow>(
    `SELECT a.absence, a.case_id, c.number, a.passed_on, a.at, a.to_agent, a.change, a.back_at
     FROM absence_cases a JOIN cases c ON c.node = a.node AND c.id = a.case_id
     WHERE a.node = $1 AND a.absence = ANY ($2) ORDER BY a.at, a.case_id`,
    [absences],
  );
  for (const row of rows) {
    lists.get(row.absence)?.push({
      caseId: row.case_id,
      number: row.number,
      passedOn: row.passed_on,
      at: row.at,
      to: row.to_agent,
      change: row.change,
      backAt: row.back_at,
    });
  }
  return lists;
}

/** Writes what became of a case; one that stayed may be passed on later. */
export async function savePassedOn(
  tx: NodeTx,
  absence: string,
  made: Pick<AbsenceCase, 'caseId' | 'passedOn' | 'at' | 'to' | 'change'>,
): Promise<void> {
  await tx.query(
    `INSERT INTO absence_cases (node, absence, case_id, passed_on, at, to_agent, change)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (node, absence, case_id) DO UPDATE SET passed_on = excluded.passed_on, at = excluded.at,
       to_agent = excluded.to_agent, change = excluded.change
     WHERE absence_cases.passed_on = 'LEFT' AND excluded.passed_on <> 'LEFT'`,
    [absence, made.caseId, made.passedOn, made.at, made.to && JSON.stringify(made.to), made.change],
  );
}

export async function saveBack(
  tx: NodeTx,
  absence: string,
  caseId: string,
  back: { at: Date; change: string },
): Promise<void> {
  await tx.query(
    `UPDATE absence_cases SET back_at = $4, back_change = $5 WHERE node = $1 AND absence = $2 AND case_id = $3`,
    [absence, caseId, back.at, back.change],
  );
}

/** Open cases an agent looks after here that this absence has not passed on yet. */
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

/** Changes of agent told for absences that are not settled, in the order they were told. */
export async function findToldChanges(queries: NodeQueries): Promise<ToldChangeOf[]> {
  const rows = await queries.query<{
    case_id: string;
    change: string;
    to_agent: CaseAgent;
    back_change: string | null;
    agent: string;
    agent_name: string;
  }>(
    `SELECT c.case_id, c.change, c.to_agent, c.back_change, a.agent, a.agent_name
     FROM absence_cases c JOIN agent_absences a ON a.node = c.node AND a.id = c.absence
     WHERE c.node = $1 AND c.change IS NOT NULL AND (a.settled_at IS NULL OR a.settled_at > now() - interval '30 days')
     ORDER BY c.at`,
  );
  return rows.flatMap(({ case_id: caseId, change, to_agent: to, back_change: back, agent, agent_name: name }) => [
    { caseId, change, to },
    ...(back === null ? [] : [{ caseId, change: back, to: { node: queries.node, sub: agent, name } }]),
  ]);
}

/** Adds a line to the log of the registers. */
export async function logChange(
  tx: NodeTx,
  at: Date,
  by: Pick<Viewer, 'sub' | 'name'>,
  change: PostChange,
  about: PersonRef,
  what: Record<string, unknown>,
): Promise<void> {
  await tx.query(
    `INSERT INTO post_log (node, at, actor, actor_name, change, subject, subject_name, what)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [at, by.sub, by.name, change, about.sub, about.name, JSON.stringify(what)],
  );
}

/** The log, newest first. @param before the id it goes on behind; null for its head */
export async function findChanges(
  queries: NodeQueries,
  before: number | null,
  limit: number,
): Promise<PostChangeView[]> {
  const rows = await queries.query<{
    id: string;
    at: Date;
    actor_name: string;
    change: PostChange;
    subject_name: string;
    what: Record<string, unknown>;
  }>(
    `SELECT id, at, actor_name, change, subject_name, what FROM post_log
     WHERE node = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [before, limit],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    at: row.at,
    by: row.actor_name,
    change: row.change,
    about: row.subject_name,
    what: JSON.stringify(row.what),
  }));
}
