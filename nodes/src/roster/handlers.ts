import { requireReaderOver } from '@liandong/schema/operation';
import { noCursor } from '../db/index.ts';
import { absenceHandlers } from './absence-handlers.ts';
import { agentHandlers } from './agent-handlers.ts';
import type { RosterHandlers, RosterParts } from './parts.ts';
import { findChanges } from './post-log.ts';
import { standInHandlers } from './stand-in-handlers.ts';

/** The posts of a desk (岗位): its roster of agents, their stand-ins, and their absences. */
export function rosterHandlers(parts: RosterParts): RosterHandlers {
  return { ...agentHandlers(parts), ...standInHandlers(parts), ...absenceHandlers(parts), ...logRead(parts) };
}

function logRead({ node, divisions }: RosterParts): Pick<RosterHandlers, 'postChanges'> {
  return {
    async postChanges({ viewer, queries, page: { first, after } }) {
      requireReaderOver(viewer, 'READ_ROSTER', node, divisions);
      const before = after === null ? null : entryOf(after);
      const found = await findChanges(queries, before, first + 1);
      const nodes = found.slice(0, first);
      return {
        nodes,
        cursors: nodes.map(({ id }) => String(id)),
        hasNextPage: found.length > first,
        hasPreviousPage: before !== null,
      };
    },
  };
}

function entryOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw noCursor();
}
