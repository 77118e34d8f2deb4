import { randomUUID } from 'node:crypto';
import type { RosterAgent, RosterAgentView } from '@liandong/schema/domains/roster';
import type { Day } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import {
  inRoster,
  isTrained,
  requireRosterEntry,
  requireRosterKeeper,
  rosterGaps,
} from '@liandong/schema/domains/roster';
import type { Viewer } from '@liandong/schema/operation';
import { requireReaderOver } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { unkeyed } from '../idempotency/index.ts';
import type { Once, RosterHandlers, RosterParts } from './parts.ts';
import { logChange } from './post-log.ts';
import { findRoster, insertTraining, lockPosts, saveAgent } from './roster-store.ts';

type AgentHandlers = Pick<RosterHandlers, 'roster' | 'keepRosterAgent' | 'endRosterAgent' | 'recordTraining'>;

/** 代办员名册: the agents of a place, their terms and their training. */
export function agentHandlers({ node, divisions, now }: RosterParts): AgentHandlers {
  /** Changes one entry, once under its key, with the registers locked. @returns the entry after the change */
  async function change(
    { viewer, tx, input: { sub }, once }: { viewer: Viewer; tx: SharedTx; input: { sub: string }; once: Once },
    work: () => Promise<void>,
  ): Promise<RosterAgentView> {
    requireRosterKeeper(viewer, node, divisions);
    await lockPosts(tx);
    await once(async () => {
      await work();
      return true;
    });
    return agentView(await getEntry(tx, sub), dayOf(now()));
  }

  return {
    async roster({ viewer, queries }) {
      requireReaderOver(viewer, 'READ_ROSTER', node, divisions);
      const agents = await findRoster(queries);
      const day = dayOf(now());
      return { division: node, agents: agents.map((agent) => agentView(agent, day)), gaps: rosterGaps(agents, day) };
    },

    keepRosterAgent: (asked) =>
      change(asked, async () => {
        const { viewer, tx, input } = asked;
        const { division: _desk, ...agent } = unkeyed(input);
        requireRosterEntry(agent);
        await saveAgent(tx, agent);
        const { sub, name, ...what } = agent;
        await logChange(tx, now(), viewer, 'AGENT_KEPT', { sub, name }, what);
      }),

    endRosterAgent: (asked) =>
      change(asked, async () => {
        const { viewer, tx, input } = asked;
        const { sub, until, reason } = input;
        const { training: _, ...entry } = await getEntry(tx, sub);
        if (reason === '') throw problem('REASON_MISSING', 'Give the reason.', { field: 'reason' });
        const ended = { ...entry, until };
        requireRosterEntry(ended);
        await saveAgent(tx, ended);
        await logChange(tx, now(), viewer, 'AGENT_ENDED', entry, { until, reason });
      }),

    recordTraining: (asked) =>
      change(asked, async () => {
        const { viewer, tx, input } = asked;
        const { sub, what, on, validUntil } = input;
        const entry = await getEntry(tx, sub);
        if (validUntil !== null && validUntil < on) {
          throw problem('BAD_INPUT', `A training held on ${on} can't be valid until ${validUntil}, which is earlier.`, {
            field: 'validUntil',
          });
        }
        await insertTraining(tx, randomUUID(), sub, { what, on, validUntil });
        await logChange(tx, now(), viewer, 'TRAINED', entry, { what, on, validUntil });
      }),
  };
}

const agentView = (agent: RosterAgent, day: Day): RosterAgentView => ({
  ...agent,
  inRoster: inRoster(agent, day),
  trained: isTrained(agent, day),
});

/** @throws {ProblemError} NOT_FOUND */
async function getEntry(queries: NodeQueries, sub: string): Promise<RosterAgent> {
  const found = (await findRoster(queries)).find((agent) => agent.sub === sub);
  if (!found) throw unknownAgent(queries);
  return found;
}

export const unknownAgent = ({ node }: Pick<NodeQueries, 'node'>) =>
  problem('NOT_FOUND', `The roster of ${node} has no such agent.`, { node, field: 'sub' });
