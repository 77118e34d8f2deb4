import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';
import type { Outbox, Outgoing, Protocols } from '../handoff/index.ts';
import { findUnasked } from '../handoff/index.ts';
import type { SignedLine } from '../case-log/index.ts';
import { readLines } from './case-store.ts';

/**
 * Asks a desk which protocol it knows, by an echo of the case's last line: every program accepts it, and a known line
 * changes nothing. The receipt states the protocol.
 */
export function askProtocol(caseId: string, lines: readonly SignedLine[], receiver: DivisionCode): Outgoing[] {
  const last = lines.at(-1);
  if (!last) return [];
  return [{ receiver, kind: 'ECHO', caseId, body: { case: caseId, lines: [last.jws] } }];
}

/**
 * Asks again for the protocol of the nodes that messages wait for, and releases messages that need not wait any more.
 */
export async function askProtocols(
  { db, outbox }: { db: HostDb; outbox: Outbox },
  protocols: Protocols,
  node: DivisionCode,
): Promise<void> {
  await protocols.release([node]);
  for (const { receiver, caseId } of await findUnasked(db, node)) {
    await db.transact(node, async (tx) => {
      await outbox.enqueue(tx, askProtocol(caseId, await readLines(tx, caseId), receiver));
    });
  }
}
