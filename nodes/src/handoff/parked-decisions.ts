import type { DivisionCode } from '@liandong/schema/kernel';
import type { MessageKind } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { HostDb, NodeQueries } from '../db/index.ts';

/** People's decision about a message that was set aside. */
export type ParkedDecision = 'RETRY' | 'REFUSE';

/** A message that was set aside, as people see it. */
export interface ParkedCase {
  id: string;
  sender: DivisionCode;
  kind: MessageKind;
  code: string;
  reason: string;
  parkedAt: Date;
  /** When it is tried again, or the refusal is sent; null while it waits for people. */
  retryAt: Date | null;
  decision: ParkedDecision | null;
  resolvedAt: Date | null;
}

const SHOWN = {
  id: true,
  sender: true,
  kind: true,
  code: true,
  reason: true,
  parkedAt: true,
  retryAt: true,
  decision: true,
  resolvedAt: true,
} as const;

/** Messages of a node that wait for people, oldest first. */
export async function listParked(db: HostDb, node: DivisionCode): Promise<ParkedCase[]> {
  const where = { resolvedAt: null };
  return (await db.reads(node).parked.findMany({ where, orderBy: { parkedAt: 'asc' }, select: SHOWN })) as ParkedCase[];
}

/** @throws {ProblemError} NOT_FOUND, BAD_INPUT for text that is not an id */
export async function getParked(db: HostDb, node: DivisionCode, id: string): Promise<ParkedCase> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    throw problem('BAD_INPUT', 'A message is named by its id (a UUID).', { field: 'id' });
  const row = await db.reads(node).parked.findFirst({ where: { id }, select: SHOWN });
  if (!row) throw problem('NOT_FOUND', `${node} has not parked a message ${id}.`);
  return row as ParkedCase;
}

/**
 * The body of a message, as it was sent. It may name people: only a person who has to decide about it should read it.
 */
export async function bodyOfParked(db: HostDb, node: DivisionCode, id: string): Promise<string> {
  const row = await db.reads(node).parked.findFirst({ where: { id }, select: { body: true } });
  if (!row) throw problem('NOT_FOUND', `${node} has not parked a message ${id}.`);
  return db.vault(node).open('parked.body', id, row.body);
}

/**
 * Records people's decision: try the message once more, or refuse it with a reason that its sender is told. The host
 * carries the decision out within seconds.
 * @param by who decided, for the record
 * @throws {ProblemError} NOT_FOUND, BAD_INPUT for one that is settled already
 */
export async function decideParked(
  db: HostDb,
  node: DivisionCode,
  id: string,
  decision: ParkedDecision,
  by: string,
  reason: string | null,
): Promise<void> {
  const parked = await getParked(db, node, id);
  if (parked.resolvedAt) throw problem('BAD_INPUT', `Message ${id} is settled already.`);
  await db.transact(node, (tx) =>
    tx.query(
      `UPDATE parked SET decision = $3, decided_by = $4, decided_at = now(), decision_reason = $5, retry_at = now()
       WHERE node = $1 AND id = $2`,
      [id, decision, by, reason],
    ),
  );
}

/** Why a parked message is refused and not tried again: people decided so, or its sender was restored since. */
export async function refusalOf(queries: NodeQueries, id: string, sender: DivisionCode): Promise<string | null> {
  const [row] = await queries.query<{ decision: ParkedDecision | null; reason: string; forgotten: boolean }>(
    `SELECT decision, coalesce(decision_reason, reason) AS reason,
       EXISTS (SELECT 1 FROM peer_lives l WHERE l.node = $1 AND l.peer = $3 AND l.told_at > parked_at) AS forgotten
     FROM parked WHERE node = $1 AND id = $2 AND resolved_at IS NULL`,
    [id, sender],
  );
  if (row?.decision === 'REFUSE') return row.reason;
  return row?.forgotten ? `${sender} was restored since and has forgotten this message.` : null;
}
