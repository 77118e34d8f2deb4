import type { KeptStandIn, PersonRef, RosterAgent, Training } from '@liandong/schema/domains/roster';
import type { Day, Employment, Role } from '@liandong/schema/kernel';
import { standsOn } from '@liandong/schema/domains/roster';
import type { PostsOf } from '../cases/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
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

/** A person from two columns, or null if both are null. */
export const personOf = (sub: string | null, name: string | null): PersonRef | null =>
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

/** Stand-ins that end on a day or later. */
export async function findStandIns(queries: NodeQueries, since: Day): Promise<KeptStandIn[]> {
  const rows = await queries.query<StandInRow>(
    `${STAND_INS} WHERE node = $1 AND until_day >= $2 ORDER BY from_day, id`,
    [since],
  );
  return rows.map(standInOf);
}

/** A person's position here on a day, in one statement: every step of a case reads it. */
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

/** Locks this node's registers of posts until the transaction ends. */
export async function lockPosts(tx: SharedTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('posts'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}

/** Adds an agent to the roster, or changes the entry; the training is stored apart. */
export async function saveAgent(tx: SharedTx, agent: Omit<RosterAgent, 'training'>): Promise<void> {
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

export async function insertTraining(tx: SharedTx, id: string, sub: string, training: Training): Promise<void> {
  await tx.query(
    `INSERT INTO roster_trainings (node, id, sub, what, held_on, valid_until) VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, sub, training.what, training.on, training.validUntil],
  );
}

export async function insertStandIn(tx: SharedTx, s: KeptStandIn): Promise<void> {
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

/** Ends stand-ins early: one by its id, or those that came from an absence. */
export async function endStandIns(tx: SharedTx, which: { id: string } | { absence: string }, on: Day): Promise<void> {
  const [column, value] = 'id' in which ? (['id', which.id] as const) : (['absence', which.absence] as const);
  await tx.query(
    `UPDATE stand_ins SET ended_on = $3 WHERE node = $1 AND ${column} = $2 AND (ended_on IS NULL OR ended_on > $3::date)`,
    [value, on],
  );
}
