import type { RosterLookup } from '@liandong/schema/domains/roster';
import { dayOf } from '@liandong/schema/kernel';
import { inRoster, rosterGaps } from '@liandong/schema/domains/roster';
import type { NodeQueries } from '../db/index.ts';
import { findRoster } from './roster-store.ts';

/** The public part of a place's roster: how many agents it has, and the gaps in it. */
export function rosterLookup(queries: NodeQueries, now: () => Date): RosterLookup {
  return {
    async coverage() {
      const agents = await findRoster(queries);
      const day = dayOf(now());
      return { agents: agents.filter((agent) => inRoster(agent, day)).length, gaps: rosterGaps(agents, day) };
    },
  };
}
