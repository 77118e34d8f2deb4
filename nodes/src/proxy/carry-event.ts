import type { CaseFile, LogActor } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { ProxyEvent } from '@liandong/schema/domains/proxy';
import { custodyAt } from '@liandong/schema/case';
import { problem } from '@liandong/schema/kernel';
import { proxyEvent } from '@liandong/schema/domains/proxy';
import type { CaseWriter } from '../cases/index.ts';
import { lockCase } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';

/**
 * Writes an event of proxy handling into a case that is held here, or sends it to the desk that holds the case.
 * @returns the desk it is sent to; null if it is written here
 * @throws {ProblemError} CASE_IN_TRANSIT, and what the event itself is refused with
 */
export async function carryProxyEvent(
  tx: SharedTx,
  { writer, outbox }: { writer: CaseWriter; outbox: Outbox },
  file: CaseFile,
  { actor, event, at }: { actor: LogActor; event: ProxyEvent; at: Date },
): Promise<DivisionCode | null> {
  const custody = custodyAt(file, tx.node);
  if (custody === 'IN_TRANSIT') {
    throw problem('CASE_IN_TRANSIT', `The case is under way to ${file.inTransitTo} and can't be changed.`);
  }
  if (custody === 'ELSEWHERE') {
    const body = { case: file.id, actor, event };
    await outbox.enqueue(tx, [{ receiver: file.custodian, kind: 'PROXY_EVENT', caseId: file.id, body }]);
    return file.custodian;
  }
  const stored = await lockCase(tx, file.id);
  if (stored) await writer.append(tx, stored, proxyEvent(stored.file, actor, event, at), at);
  return null;
}
