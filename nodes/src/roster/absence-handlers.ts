import { randomUUID } from 'node:crypto';
import type { Absence, AbsenceView, PersonRef } from '@liandong/schema/domains/roster';
import type { LogActor } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { AfterCommit, requireReaderOver } from '@liandong/schema/operation';
import { actAs } from '@liandong/schema/case';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { isAway, requireAbsence, requireRosterKeeper, requireStandIn, standsOn } from '@liandong/schema/domains/roster';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import type { StoredAbsence } from './absence-store.ts';
import * as store from './absence-store.ts';
import { settleAbsences } from './absent-cases.ts';
import { unknownAgent } from './agent-handlers.ts';
import type { RosterHandlers, RosterParts } from './parts.ts';
import { logChange } from './post-log.ts';
import { endStandIns, findPosts, findRoster, findStandIns, insertStandIn, lockPosts } from './roster-store.ts';

/** A day before every absence. */
const FIRST_DAY = '0001-01-01';

/** 代办员缺岗: the agents who are away, and the moves of their cases. */
export function absenceHandlers(
  parts: RosterParts,
): Pick<RosterHandlers, 'agentAbsences' | 'reportAbsence' | 'endAbsence'> {
  const { node, divisions, now } = parts;

  return {
    async agentAbsences({ viewer, queries, input: { since } }) {
      requireReaderOver(viewer, 'READ_ROSTER', node, divisions);
      return absenceViews(parts, queries, await store.findAbsences(queries, since ?? dayOf(now())));
    },

    async reportAbsence({ viewer, tx, input, once }) {
      await lockPosts(tx);
      const id = await once(() => report(parts, tx, viewer, { ...input, sub: input.sub ?? viewer.sub }));
      return settled(parts, id);
    },

    async endAbsence({ viewer, tx, input: { id, on }, once }) {
      await lockPosts(tx);
      await once(async () => {
        await end(parts, tx, viewer, id, on);
        return true;
      });
      return settled(parts, id);
    },
  };
}

/** The absence after its cases were passed on or back, each in a transaction of its own. */
function settled(parts: RosterParts, id: string): AfterCommit<AbsenceView> {
  const { node, db } = parts;
  return new AfterCommit(async () => {
    await settleAbsences(parts);
    const queries = db.queries(node);
    const found = (await store.findAbsences(queries, FIRST_DAY)).filter((absence) => absence.id === id);
    const [view] = await absenceViews(parts, queries, found);
    if (!view) throw unknownAbsence(queries);
    return view;
  });
}

/** @returns the absence's id */
async function report(
  { node, divisions, now }: RosterParts,
  tx: SharedTx,
  person: Viewer,
  { sub, from, until, reason }: Pick<Absence, 'from' | 'until' | 'reason'> & { sub: string },
): Promise<string> {
  const { by, agent } = await reporter({ node, divisions, now }, tx, person, sub);
  const today = dayOf(now());
  const kept = await store.findAbsences(tx, today);
  requireAbsence({ agent, from, until, reason }, kept, today);
  const id = randomUUID();
  const absence = { id, agent, from, until, reason, endedOn: null, standIn: null };
  const lasting = kept.filter(({ endedOn }) => endedOn === null);
  const standIn = await putStandIn(tx, absence, lasting);
  await store.insertAbsence(tx, { ...absence, standIn }, by);
  const what = { from, until, standIn: standIn?.name ?? null };
  await logChange(tx, now(), person, 'ABSENCE_REPORTED', agent, what);
  return id;
}

async function end(
  { node, divisions, now }: RosterParts,
  tx: SharedTx,
  person: Viewer,
  id: string,
  on: Absence['from'],
): Promise<void> {
  const today = dayOf(now());
  const found = (await store.findAbsences(tx, today)).find((absence) => absence.id === id);
  if (!found) throw unknownAbsence(tx);
  await reporter({ node, divisions, now }, tx, person, found.agent.sub);
  if (on < today) {
    throw problem('BAD_INPUT', "A return can't lie in the past; it is today or later.", { field: 'on' });
  }
  if (found.endedOn !== null || on > found.until) {
    throw problem('ABSENCE_CONFLICT', 'The absence is over by then already.', { node, field: 'on' });
  }
  await store.endAbsence(tx, id, on);
  await endStandIns(tx, { absence: id }, on);
  await logChange(tx, now(), person, 'ABSENCE_ENDED', found.agent, { on });
}

/**
 * The person who may report an absence: an agent their own, the desk's chief another's by the roster.
 * @throws {ProblemError} FORBIDDEN, NOT_IN_ROSTER, HELPER_LIMITED, TRAINING_LAPSED, NOT_FOUND
 */
async function reporter(
  { node, divisions, now }: Pick<RosterParts, 'node' | 'divisions' | 'now'>,
  tx: SharedTx,
  person: Viewer,
  sub: string,
): Promise<{ by: LogActor; agent: PersonRef }> {
  const entry = (await findRoster(tx)).find((agent) => agent.sub === sub);
  if (sub === person.sub) {
    const at = now();
    const standing = await findPosts(tx, person, dayOf(at));
    const by = actAs({ node, viewer: person, divisions, now: at, ...standing }, 'REPORT_ABSENCE', null);
    return { by, agent: { sub, name: entry?.name ?? person.name } };
  }
  const role = requireRosterKeeper(person, node, divisions);
  if (!entry) throw unknownAgent({ node });
  return { by: { sub: person.sub, name: person.name, role }, agent: { sub, name: entry.name } };
}

/** Puts the roster's B into the post for the time of an absence, unless B is away or has a stand-in. */
async function putStandIn(tx: SharedTx, absence: Absence, others: readonly StoredAbsence[]): Promise<PersonRef | null> {
  const { id, agent, from, until } = absence;
  const kept = await findStandIns(tx, from);
  // one that ended early does not stand any more
  const named = kept.find((s) => s.role === 'AGENT' && s.absent.sub === agent.sub && standsOn(s, from));
  if (named) return { sub: named.standIn, name: named.standInName };
  const b = (await findRoster(tx)).find(({ sub }) => sub === agent.sub)?.standIn ?? null;
  if (!b || others.some((a) => a.agent.sub === b.sub && a.from <= until && from <= a.until)) return null;
  const made = { role: 'AGENT' as const, absent: agent, department: null, standIn: b.sub, from, until };
  try {
    requireStandIn({ sub: '', department: null, role: 'HEAD' }, made, kept);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'STAND_IN_CONFLICT') return null;
    throw error;
  }
  await insertStandIn(tx, { ...made, id: randomUUID(), standInName: b.name, endedOn: null, absence: id });
  return b;
}

async function absenceViews(
  { node, now }: RosterParts,
  queries: NodeQueries,
  absences: readonly StoredAbsence[],
): Promise<AbsenceView[]> {
  const ids = absences.map(({ id }) => id);
  const cases = await store.findAbsenceCases(queries, ids);
  const today = dayOf(now());
  return absences.map((absence) => ({
    ...absence,
    away: isAway(absence, today),
    reportedBy: absence.reportedBy.name,
    cases: cases.get(absence.id) ?? [],
    answeredBy: node,
  }));
}

const unknownAbsence = ({ node }: Pick<NodeQueries, 'node'>) =>
  problem('NOT_FOUND', `${node} knows no such absence.`, { node, field: 'id' });
