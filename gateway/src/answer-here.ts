import { executeRole } from '@liandong/schema/graph';
import { problem } from '@liandong/schema/kernel';
import type { RoleName, RoleResult } from '@liandong/schema/wire';
import type { Gathered } from './gather.ts';
import type { Asked } from './scatter.ts';

/**
 * Lets a role's own schema answer at the gateway from what was gathered from nodes, in the form that was asked for.
 * @param at the node that is named for a refusal of the whole
 * @throws a fault of the program
 */
export function answerHere(role: RoleName, asked: Asked, at: string, gathered: Gathered): Promise<RoleResult> {
  const services = (node: string): never => {
    throw problem('MISROUTED', 'The gateway is no node.', { node });
  };
  const context = { viewer: null, at, deadline: Infinity, services, gathered };
  return executeRole({ role, at, ...asked, token: null }, context, (error) => {
    throw error;
  });
}
