import { randomUUID } from 'node:crypto';
import type { StandInView } from '@liandong/schema/domains/roster';
import { dayOf, problem } from '@liandong/schema/kernel';
import { requireStandIn } from '@liandong/schema/domains/roster';
import { requireKeeper, requireReaderOver } from '@liandong/schema/operation';
import type { NodeQueries } from '../db/index.ts';
import { unkeyed } from '../idempotency/index.ts';
import type { RosterHandlers, RosterParts } from './parts.ts';
import { logChange } from './post-log.ts';
import { endStandIns, findStandIns, insertStandIn, lockPosts } from './roster-store.ts';

/** A day before every stand-in's last day. */
const FIRST_DAY = '0001-01-01';

/** AB角: the agents and their stand-ins. */
export function standInHandlers(parts: RosterParts): Pick<RosterHandlers, 'standIns' | 'nameStandIn' | 'endStandIn'> {
  const { node, divisions, now } = parts;

  return {
    async standIns({ viewer, queries, input: { since } }) {
      requireReaderOver(viewer, 'READ_ROSTER', node, divisions);
      return findStandIns(queries, since ?? dayOf(now()));
    },

    async nameStandIn({ viewer, tx, input, once }) {
      const keeper = { ...viewer, role: requireKeeper(viewer, 'KEEP_STAND_INS', node, divisions) };
      await lockPosts(tx);
      const id = await once(async () => {
        const { division: _desk, standIn, ...post } = unkeyed(input);
        const made = { ...post, department: post.department ?? keeper.department, standIn: standIn.sub };
        requireStandIn(keeper, made, await findStandIns(tx, made.from));
        const kept = { ...made, id: randomUUID(), standInName: standIn.name, endedOn: null, absence: null };
        await insertStandIn(tx, kept);
        const { role, department, from, until } = made;
        const what = { role, standIn: standIn.name, department, from, until };
        await logChange(tx, now(), viewer, 'STAND_IN_NAMED', made.absent, what);
        return kept.id;
      });
      return getStandIn(tx, id);
    },

    async endStandIn({ viewer, tx, input: { id, on, reason }, once }) {
      await lockPosts(tx);
      await once(async () => {
        const found = await getStandIn(tx, id);
        const { department } = viewer;
        if (department !== null && found.department !== department) {
          throw problem('WRONG_DEPARTMENT', `${department} ends stand-ins of its own posts only.`, { field: 'id' });
        }
        if (reason === '') throw problem('REASON_MISSING', 'Give the reason.', { field: 'reason' });
        if (on < dayOf(now())) {
          throw problem('BAD_INPUT', "A term can't end in the past; it ends today or later.", { field: 'on' });
        }
        await endStandIns(tx, { id }, on);
        const what = { role: found.role, standIn: found.standInName, on, reason };
        await logChange(tx, now(), viewer, 'STAND_IN_ENDED', found.absent, what);
        return true;
      });
      return getStandIn(tx, id);
    },
  };
}

/** @throws {ProblemError} NOT_FOUND */
async function getStandIn(queries: NodeQueries, id: string): Promise<StandInView> {
  const { node } = queries;
  const found = (await findStandIns(queries, FIRST_DAY)).find((s) => s.id === id);
  if (!found) throw problem('NOT_FOUND', `${node} knows no such stand-in.`, { node, field: 'id' });
  return found;
}
