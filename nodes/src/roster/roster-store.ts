import type { KeptStandIn, PersonRef, RosterAgent, Training } from '@liandong/schema/domains/roster';
import type { Day } from '@liandong/schema/kernel';
import { standsOn } from '@liandong/schema/domains/roster';
import type { PostsOf } from '../cases/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { askedOnce, insert } from '../db/index.ts';
import type { AgentRow, StandInRow } from './tables.ts';
import { rosterAgentsTable, rosterTrainingsTable, standInsTable } from './tables.ts';

type TrainedAgent = AgentRow & { training: Training[] };

const AGENTS = `SELECT ${rosterAgentsTable.select('a')},
    (SELECT coalesce(json_agg(json_build_object('what', t.what, 'on', t.held_on, 'validUntil', t.valid_until)
       ORDER BY t.held_on, t.id), '[]')
     FROM roster_trainings t WHERE t.node = a.node AND t.sub = a.sub) AS training
  FROM roster_agents a`;

/** A person from two columns, or null if both are null. */
export const personOf = (sub: string | null, name: string | null): PersonRef | null =>
  sub === null || name === null ? null : { sub, name };

const agentOf = ({ standIn, standInName, fromDay, untilDay, ...agent }: TrainedAgent): RosterAgent => ({
  ...agent,
  from: fromDay,
  until: untilDay,
  standIn: personOf(standIn, standInName),
});

/** The node's roster, past entries included. */
export async function findRoster(queries: NodeQueries): Promise<RosterAgent[]> {
  const rows = await queries.query<TrainedAgent>(`${AGENTS} WHERE a.node = $1 ORDER BY from_day, sub`);
  return rows.map(agentOf);
}

const STAND_INS = `SELECT ${standInsTable.select('s')} FROM stand_ins s`;

const standInOf = ({ absent, absentName, fromDay, untilDay, ...kept }: StandInRow): KeptStandIn => ({
  ...kept,
  absent: { sub: absent, name: absentName },
  from: fromDay,
  until: untilDay,
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
  const [row] = await queries.query<{ stand_ins: StandInRow[]; entries: TrainedAgent[]; kept: boolean }>(
    `SELECT
       (SELECT coalesce(json_agg(s), '[]') FROM (${STAND_INS} WHERE s.node = n.node AND stand_in = $2
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
  const { from, until, standIn, ...entry } = agent;
  const b = { standIn: standIn?.sub ?? null, standInName: standIn?.name ?? null };
  await insert(tx, rosterAgentsTable, [{ ...entry, ...b, fromDay: from, untilDay: until }], 'REPLACE');
}

export async function insertTraining(tx: SharedTx, id: string, sub: string, training: Training): Promise<void> {
  const { on, ...rest } = training;
  await insert(tx, rosterTrainingsTable, [{ ...rest, id, sub, heldOn: on }]);
}

export async function insertStandIn(tx: SharedTx, { absent, from, until, ...kept }: KeptStandIn): Promise<void> {
  const who = { absent: absent.sub, absentName: absent.name };
  await insert(tx, standInsTable, [{ ...kept, ...who, fromDay: from, untilDay: until }]);
}

/** Ends stand-ins early: one by its id, or those that came from an absence. */
export async function endStandIns(tx: SharedTx, which: { id: string } | { absence: string }, on: Day): Promise<void> {
  const [column, value] = 'id' in which ? (['id', which.id] as const) : (['absence', which.absence] as const);
  await tx.query(
    `UPDATE stand_ins SET ended_on = $3 WHERE node = $1 AND ${column} = $2 AND (ended_on IS NULL OR ended_on > $3::date)`,
    [value, on],
  );
}
