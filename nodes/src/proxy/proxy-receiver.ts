import type { CaseFile } from '@liandong/schema/case';
import type { Divisions } from '@liandong/schema/kernel';
import type { ProxyEvent } from '@liandong/schema/domains/proxy';
import { custodyAt, hasPart, isClosed } from '@liandong/schema/case';
import {
  isSameAgent,
  proxyEvent,
  proxyEventSchema,
  takeOverCase,
  takeOverSchema,
} from '@liandong/schema/domains/proxy';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { CaseWriter } from '../cases/index.ts';
import { lockCase } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { Incoming, Outbox, Verdict } from '../handoff/index.ts';

export interface ProxyReceiverParts {
  divisions: Divisions;
  writer: CaseWriter;
  outbox: Outbox;
  now: () => Date;
}

/** Receives other nodes' events and requests of proxy handling. */
export class ProxyReceiver {
  readonly #parts: ProxyReceiverParts;

  constructor(parts: ProxyReceiverParts) {
    this.#parts = parts;
  }

  /** Hands a case over to the township that asks for it, if the case is held here. */
  readonly takeOver = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const { divisions, writer, now } = this.#parts;
    const body = takeOverSchema.safeParse(message.body);
    if (!body.success) throw problem('MESSAGE_INVALID', 'No request to take a case over.', { cause: body.error });
    const stored = await lockCase(tx, body.data.case);
    if (!stored) return { outcome: 'REFUSED', code: 'NOT_FOUND', reason: `${tx.node} never held the case.` };
    if (custodyAt(stored.file, tx.node) === 'IN_TRANSIT') {
      return { outcome: 'LATER', reason: 'the case is under way' };
    }
    const { actor, reason } = body.data;
    return settled(async () => {
      const at = { node: tx.node, divisions };
      await writer.append(tx, stored, takeOverCase(at, stored.file, message.from, actor, reason), now());
    });
  };

  /** Writes a contact or a revocation at the case's custodian; passes it on if the case moved on. */
  readonly event = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const { writer, outbox, now } = this.#parts;
    const parsed = proxyEventSchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'No event of proxy handling.', { cause: parsed.error });
    const { data: body } = parsed;
    const stored = await lockCase(tx, body.case);
    if (!stored || !hasPart(message.from, stored.file)) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${message.from} never held the case.` };
    }
    const custody = custodyAt(stored.file, tx.node);
    if (custody === 'IN_TRANSIT') return { outcome: 'LATER', reason: 'the case is under way' };
    if (custody === 'HELD' && isAhead(stored.file, body.event)) {
      return { outcome: 'LATER', reason: 'the change of agent ahead of it has not come' };
    }
    if (custody === 'ELSEWHERE') {
      await outbox.enqueue(tx, [{ receiver: stored.file.custodian, kind: 'PROXY_EVENT', caseId: body.case, body }]);
      return { outcome: 'DONE' };
    }
    return settled(async () => {
      await writer.append(tx, stored, proxyEvent(stored.file, body.actor, body.event, now()), now());
    });
  };
}

/**
 * Whether a change of agent came ahead of the change it builds on: both are of the same desk, and messages may overtake
 * each other.
 */
function isAhead({ proxy, state }: CaseFile, event: ProxyEvent): boolean {
  if (event.action !== 'AGENT_CHANGED' || !proxy || proxy.consent.revokedAt || isClosed(state)) return false;
  const { from } = event.data;
  return from.node === proxy.agent.node && !isSameAgent(from, proxy.agent);
}

async function settled(work: () => Promise<void>): Promise<Verdict> {
  try {
    await work();
    return { outcome: 'DONE' };
  } catch (error) {
    if (error instanceof ProblemError) return { outcome: 'REFUSED', code: error.code, reason: error.message };
    throw error;
  }
}
