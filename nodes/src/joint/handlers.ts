import type { joint } from '@liandong/schema/domains/joint';
import { problem } from '@liandong/schema/kernel';
import type { NodeHandlers } from '../db/index.ts';
import { readableCase } from '../cases/index.ts';
import { jointOf } from './joint-view.ts';
import type { CoordinationParts } from './coordination.ts';
import { coordinationHandlers } from './coordination.ts';
import type { PartyParts } from './party-handlers.ts';
import { partyHandlers } from './party-handlers.ts';
import { requestHandlers } from './request-desk.ts';

/**
 * 联合办理. At the node that decides, departments are asked, answer and meet. Departments of another node find the question
 * at their own node and answer it there.
 */
export function jointHandlers(parts: PartyParts & CoordinationParts): NodeHandlers<typeof joint> {
  const { node, trust } = parts;

  return {
    ...requestHandlers(parts),
    ...partyHandlers(parts),
    ...coordinationHandlers(parts),

    async jointHandling({ viewer, queries, input: { case: id } }) {
      return jointOf(node, await readableCase(parts, queries, viewer, id));
    },

    async openJointHandling({ input: { parties } }, take) {
      const stranger = parties.findIndex((party) => party.node !== null && !trust.knows(party.node));
      if (stranger >= 0) {
        const field = `parties.${stranger}.node`;
        throw problem('BAD_INPUT', `No node ${parties[stranger]?.node ?? ''} can be asked.`, { node, field });
      }
      return take();
    },
  };
}
