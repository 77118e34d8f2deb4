import type { DivisionCode } from '@liandong/schema/kernel';
import type { ParkedDecision } from '@liandong/schema/domains/operators';
import type { MessageKind } from '@liandong/schema/wire';
import type { Page, PageRequest } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';
import { cursorOf, noCursor, placesOf } from '../db/index.ts';

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

type Reads = ReturnType<HostDb['reads']>;
const OLDEST_FIRST = [{ parkedAt: 'asc' }, { id: 'asc' }] as const;

/** Messages of a node that wait for people, oldest first. */
export async function listParked(db: HostDb, node: DivisionCode): Promise<ParkedCase[]> {
  const where = { resolvedAt: null };
  const orderBy = [...OLDEST_FIRST];
  return (await db.reads(node).parked.findMany({ where, orderBy, select: SHOWN })) as ParkedCase[];
}

/** The same, page by page. @throws {ProblemError} BAD_INPUT for a cursor of another list */
export async function parkedPage(reads: Reads, { first, after }: PageRequest): Promise<Page<ParkedCase>> {
  const from = after === null ? null : placeIn(after);
  const later = from && { OR: [{ parkedAt: { gt: from.at } }, { parkedAt: from.at, id: { gt: from.id } }] };
  const found = (await reads.parked.findMany({
    where: { resolvedAt: null, ...later },
    orderBy: [...OLDEST_FIRST],
    take: first + 1,
    select: SHOWN,
  })) as ParkedCase[];
  const nodes = found.slice(0, first);
  const cursors = nodes.map(({ parkedAt, id }) => cursorOf(JSON.stringify([parkedAt, id])));
  return { nodes, cursors, hasNextPage: found.length > first, hasPreviousPage: after !== null };
}

function placeIn(cursor: string): { at: Date; id: string } {
  const [at, id] = placesOf(cursor);
  const instant = typeof at === 'string' ? new Date(at) : new Date(NaN);
  // no message is older than the clock of computers
  if (!(instant.getTime() > 0) || typeof id !== 'string' || !IS_ID.test(id)) throw noCursor();
  return { at: instant, id };
}

const IS_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws {ProblemError} BAD_INPUT */
function requireId(id: string): void {
  if (!IS_ID.test(id)) throw problem('BAD_INPUT', 'A message is named by its id (a UUID).', { field: 'id' });
}

const notParked = (node: DivisionCode, id: string) =>
  problem('NOT_FOUND', `${node} has not parked a message ${id}.`, { node, field: 'id' });

/** @throws {ProblemError} NOT_FOUND, BAD_INPUT for text that is not an id */
export async function getParked(db: HostDb, node: DivisionCode, id: string): Promise<ParkedCase> {
  requireId(id);
  const row = await db.reads(node).parked.findFirst({ where: { id }, select: SHOWN });
  if (!row) throw notParked(node, id);
  return row as ParkedCase;
}

/**
 * The body of a message, as it was sent. It may name people: only a person who has to decide about it should read it.
 * @throws {ProblemError} NOT_FOUND, BAD_INPUT for text that is not an id
 */
export async function bodyOfParked(db: HostDb, node: DivisionCode, id: string): Promise<string> {
  requireId(id);
  const row = await db.reads(node).parked.findFirst({ where: { id }, select: { body: true } });
  if (!row) throw notParked(node, id);
  return db.vault(node).open('parked.body', id, row.body);
}

/** What a message is about, for the log of reads: the case it names, or else the message itself. */
export function subjectOfParked(id: string, body: string): { kind: 'CASE' | 'MESSAGE'; subject: string } {
  try {
    const said: unknown = JSON.parse(body);
    const about = typeof said === 'object' && said !== null && 'case' in said ? said.case : null;
    if (typeof about === 'string' && about !== '') return { kind: 'CASE', subject: about };
  } catch {
    // a body that is not JSON was parked for that
  }
  return { kind: 'MESSAGE', subject: id };
}

/**
 * Records people's decision: try the message once more, or refuse it with a reason that its sender is told. The host
 * carries the decision out within seconds.
 * @param by who decided, for the record
 * @throws {ProblemError} NOT_FOUND, BAD_INPUT for one that is settled already or text that is no id
 */
export async function decideParked(
  tx: SharedTx,
  id: string,
  decision: ParkedDecision,
  by: string,
  reason: string | null,
): Promise<ParkedCase> {
  requireId(id);
  const [decided] = await tx.query<ParkedCase>(
    `UPDATE parked SET decision = $3, decided_by = $4, decided_at = now(), decision_reason = $5, retry_at = now()
     WHERE node = $1 AND id = $2 AND resolved_at IS NULL RETURNING ${COLUMNS}`,
    [id, decision, by, reason],
  );
  return decided ?? settledAlready(await parkedIn(tx, id));
}

const COLUMNS = `id, sender, kind, code, reason, parked_at AS "parkedAt", retry_at AS "retryAt", decision,
  resolved_at AS "resolvedAt"`;

/** A parked message as it is now, within a transaction. @throws {ProblemError} NOT_FOUND, BAD_INPUT */
export async function parkedIn(tx: SharedTx, id: string): Promise<ParkedCase> {
  requireId(id);
  const [found] = await tx.query<ParkedCase>(`SELECT ${COLUMNS} FROM parked WHERE node = $1 AND id = $2`, [id]);
  if (!found) throw notParked(tx.node, id);
  return found;
}

function settledAlready({ id }: ParkedCase): never {
  throw problem('BAD_INPUT', `Message ${id} is settled already.`, { field: 'id' });
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
