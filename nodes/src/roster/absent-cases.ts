import { takeOverCase } from '@liandong/schema/domains/proxy';
import { randomUUID } from 'node:crypto';
import type { CaseAgent } from '@liandong/schema/domains/proxy';
import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode, PassedOn } from '@liandong/schema/kernel';
import type { PersonRef } from '@liandong/schema/domains/roster';
import { custodyAt, isClosed, NODE_ACTOR } from '@liandong/schema/case';
import { comesBack, inRoster, isAway, isBack, passOn, standsOn } from '@liandong/schema/domains/roster';
import { dayOf } from '@liandong/schema/kernel';
import { lockCase } from '../cases/index.ts';
import { carryProxyEvent } from '../proxy/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { AbsenceCase, StoredAbsence } from './absence-store.ts';
import {
  findAbsenceCases,
  findCasesOf,
  findMove,
  findOpenAbsences,
  saveBack,
  savePassedOn,
  settleAbsence,
} from './absence-store.ts';
import type { RosterParts } from './parts.ts';
import { findRoster, findStandIns } from './roster-store.ts';

/**
 * Passes on the cases of agents who are away, and gives them back when the agents return. A case that is between nodes
 * waits for the next run.
 * @returns how many cases moved
 */
export async function settleAbsences(parts: RosterParts): Promise<number> {
  const { node, db, failures, now } = parts;
  let moved = 0;
  const subjectOf = ({ id }: StoredAbsence) => ({ node, absence: id });
  await failures.each('settling an absence', await findOpenAbsences(db.queries(node)), subjectOf, async (absence) => {
    const today = dayOf(now());
    if (isAway(absence, today)) moved += await passAll(parts, absence);
    if (isBack(absence, today)) moved += await bringBack(parts, absence);
  });
  return moved;
}

async function passAll(parts: RosterParts, absence: StoredAbsence): Promise<number> {
  const { node, db, failures, now } = parts;
  const queries = db.queries(node);
  const standIn = await standInOf(parts, absence);
  let moved = 0;
  const ids = await findCasesOf(queries, absence.agent.sub, absence.id);
  const subjectOf = (id: string) => ({ node, case: id });
  await failures.each('passing a case on', ids, subjectOf, async (id) => {
    const passed = await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, id);
      if (!stored || !canMove(stored.file, node, absence.agent)) return null;
      if ((await findMove(tx, absence.id, id)) !== 'NONE') return null;
      const made = await passCase(tx, parts, absence, stored.file, standIn);
      await savePassedOn(tx, absence.id, { caseId: id, at: now(), ...made });
      return made.passedOn;
    });
    if (passed !== null && passed !== 'LEFT') moved++;
  });
  return moved;
}

/** The agent's stand-in today, if the stand-in is not away. */
async function standInOf({ node, db, now }: RosterParts, { agent }: StoredAbsence): Promise<PersonRef | null> {
  const today = dayOf(now());
  const queries = db.queries(node);
  const away = (await findOpenAbsences(queries)).filter((a) => isAway(a, today)).map((a) => a.agent.sub);
  const found = (await findStandIns(queries, today)).find(
    (s) => s.role === 'AGENT' && s.absent.sub === agent.sub && standsOn(s, today) && !away.includes(s.standIn),
  );
  return found ? { sub: found.standIn, name: found.standInName } : null;
}

/** Whether the case is this agent's, open, under a valid consent, and not between two nodes. */
function canMove({ proxy, state, ...file }: CaseFile, node: DivisionCode, agent: PersonRef): boolean {
  if (isClosed(state) || !proxy || proxy.consent.revokedAt !== null) return false;
  if (custodyAt({ proxy, state, ...file }, node) === 'IN_TRANSIT') return false;
  return proxy.agent.node === node && proxy.agent.sub === agent.sub;
}

async function passCase(
  tx: SharedTx,
  parts: RosterParts,
  absence: StoredAbsence,
  file: CaseFile,
  standIn: PersonRef | null,
): Promise<Pick<AbsenceCase, 'passedOn' | 'to' | 'change'>> {
  const { node, divisions, writer, now } = parts;
  const by = absence.reportedBy;
  const goes = passOn(node, file, standIn, divisions);
  switch (goes.way) {
    case 'AGENT': {
      const change = await changeAgent(tx, parts, file, goes.to, 'ABSENCE', by);
      const passedOn: PassedOn = standIn ? 'STAND_IN' : 'TEAM';
      return { passedOn, to: goes.to, change };
    }
    case 'TAKE_OVER': {
      const stored = await lockCase(tx, file.id);
      const step = takeOverCase({ node, divisions }, file, goes.to, by, absence.reason, false);
      if (stored) await writer.append(tx, stored, step, now());
      return { passedOn: 'TAKEN_OVER', to: { node: goes.to, sub: null, name: null }, change: null };
    }
    case 'LEFT':
      return { passedOn: 'LEFT', to: null, change: null };
    default:
      return goes satisfies never;
  }
}

/** @returns the id of the change in the case's log */
async function changeAgent(
  tx: SharedTx,
  { writer, outbox, now }: RosterParts,
  file: CaseFile,
  to: CaseAgent,
  reason: 'ABSENCE' | 'RETURN',
  actor: StoredAbsence['reportedBy'],
): Promise<string> {
  if (!file.proxy) throw new Error('The case has no proxy agent.');
  const change = randomUUID();
  const event = { action: 'AGENT_CHANGED' as const, data: { change, from: file.proxy.agent, to, reason } };
  await carryProxyEvent(tx, { writer, outbox }, file, { actor, event, at: now() });
  return change;
}

async function bringBack(parts: RosterParts, absence: StoredAbsence): Promise<number> {
  const { node, db, failures, now } = parts;
  const queries = db.queries(node);
  const passed = (await findAbsenceCases(queries, [absence.id])).get(absence.id) ?? [];
  const roster = await findRoster(queries);
  const entry = roster.find((agent) => agent.sub === absence.agent.sub);
  const there = roster.length === 0 || (entry !== undefined && inRoster(entry, dayOf(now())));
  let moved = 0;
  let waiting = 0;
  const subjectOf = ({ caseId }: AbsenceCase) => ({ node, case: caseId });
  const failed = await failures.each(
    'bringing a case back',
    passed,
    subjectOf,
    async ({ caseId, to, change, backAt }) => {
      if (to === null || change === null || backAt !== null) return;
      const came = await db.transact(node, async (tx) => {
        const stored = await lockCase(tx, caseId);
        if (!stored || (await findMove(tx, absence.id, caseId)) !== 'PASSED') return 'STAYS';
        const { file } = stored;
        // the change is still on its way to the case's desk, or the case itself is under way
        const known = file.proxy?.changes.includes(change) ?? false;
        if (!isClosed(file.state) && (!known || custodyAt(file, node) === 'IN_TRANSIT')) return 'WAITS';
        if (!comesBack(file, to, there)) return 'STAYS';
        const agent = { node, ...absence.agent };
        const back = await changeAgent(tx, parts, file, agent, 'RETURN', NODE_ACTOR);
        await saveBack(tx, absence.id, caseId, { at: now(), change: back });
        return 'BACK';
      });
      if (came === 'BACK') moved++;
      if (came === 'WAITS') waiting++;
    },
  );
  if (waiting + failed === 0) await settleAbsence(queries, absence.id, now());
  return moved;
}
