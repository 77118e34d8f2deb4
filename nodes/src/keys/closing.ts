import type { Closing } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { requireClosable } from '@liandong/schema/case';
import type { SharedTx } from '../db/index.ts';
import type { Issuing } from './issuing.ts';
import { endKey, stateKeys } from './issuing.ts';

export interface ClosingCommand {
  node: DivisionCode;
  successor: DivisionCode;
  /** When the node's keys end. */
  keysUntil: Date;
  why: string;
  actor: string;
}

/**
 * Closes a node (撤并) as its parent, in the caller's transaction: signs that it is closed and which node succeeds it,
 * lets its keys end by a date, and tells all nodes. Given again it does nothing.
 * @returns whether it was open before
 * @throws {ProblemError} as `requireClosable`
 */
export async function closeNode(tx: SharedTx, issuing: Issuing, command: ClosingCommand): Promise<boolean> {
  const { trust, divisions, now } = issuing;
  const { node, successor, keysUntil, why, actor } = command;
  const { serves, successionOf } = trust;
  requireClosable(tx.node, { node, successor }, { divisions, serves, successionOf });
  const before = successionOf(node);
  const closing: Closing = {
    node,
    successor,
    issuer: tx.node,
    at: now().toISOString(),
    keysUntil: keysUntil.toISOString(),
    why,
  };
  // a closing that was signed but not stored, since its transaction failed, is stored now
  const document = before?.closing ?? (await trust.sign(tx.node, SIGNED_TYPES.closing, closing));
  const made = await stateKeys(tx, issuing, [document], { actor, why });
  for (const key of trust.keys()) {
    if (key.node !== node || key.ended !== null) continue;
    await endKey(tx, issuing, key.kid, { reason: 'CESSATION', from: keysUntil, why, actor });
  }
  return made.length > 0;
}
