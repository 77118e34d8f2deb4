import type { DivisionCode } from '@liandong/schema/kernel';
import type {
  Grant,
  GrantAnswer,
  GrantEnd,
  GrantRecord,
  GrantRequest,
  PublishedGrant,
} from '@liandong/schema/domains/delegation';
import { problem } from '@liandong/schema/kernel';
import type { NodeQueries, NodeReader, RowOf, SharedTx } from '../db/index.ts';
import { askedOnce, insert } from '../db/index.ts';
import { payloadOf } from '../trust/index.ts';
import { delegationRequestsTable, delegationsTable } from './tables.ts';

/** A grant as one node stores it: its signed documents. */
export interface StoredGrant extends GrantRecord {
  grantJws: string;
  answerJws: string | null;
  endJws: string | null;
}

/** A request for a power. */
export interface StoredRequest {
  request: GrantRequest;
  requestJws: string;
  answer: GrantAnswer | null;
}

type GrantRow = RowOf<typeof delegationsTable>;

const GRANTS = `${delegationsTable.select('d')} FROM delegations d`;

/** Of rows whose grant has come; signatures were checked when the documents came in. */
const storedOf = ({ grantJws, answerJws, endJws, refusalCode: code, refusalReason }: GrantRow): StoredGrant => ({
  grant: payloadOf(grantJws ?? '') as Grant,
  answer: answerJws === null ? null : (payloadOf(answerJws) as GrantAnswer),
  end: endJws === null ? null : (payloadOf(endJws) as GrantEnd),
  refusal: code === null ? null : { code, reason: refusalReason ?? '' },
  grantJws: grantJws ?? '',
  answerJws,
  endJws,
});

/** Every grant over an item that this node knows, in effect or not. */
export const findGrantsOver = askedOnce(async (queries: NodeQueries, item: string): Promise<StoredGrant[]> => {
  const rows = await queries.query<GrantRow>(
    `SELECT ${GRANTS} WHERE node = $1 AND items @> ARRAY[$2] AND grant_jws IS NOT NULL`,
    [item],
  );
  return rows.map(storedOf);
});

/** Grants by their ids. */
export const findGrants = askedOnce(async (queries: NodeQueries, ids: readonly string[]): Promise<StoredGrant[]> => {
  if (ids.length === 0) return [];
  const rows = await queries.query<GrantRow>(
    `SELECT ${GRANTS} WHERE node = $1 AND id = ANY ($2::uuid[]) AND grant_jws IS NOT NULL`,
    [ids],
  );
  return rows.map(storedOf);
});

/** Every grant this node knows, in effect or not; those over any of the items, or all. */
export async function findEveryGrant(queries: NodeQueries, items: readonly string[] | null): Promise<StoredGrant[]> {
  const rows = await queries.query<GrantRow>(
    `SELECT ${GRANTS}
     WHERE node = $1 AND grant_jws IS NOT NULL AND ($2::text[] IS NULL OR items && $2::text[]) ORDER BY grantor, seq DESC`,
    [items],
  );
  return rows.map(storedOf);
}

/** The node's own grants that were accepted, in effect or not. */
export async function findOwnAccepted(queries: NodeQueries): Promise<StoredGrant[]> {
  const rows = await queries.query<GrantRow>(
    `SELECT ${GRANTS}
     WHERE node = $1 AND grantor = $1 AND grant_jws IS NOT NULL AND answer_jws IS NOT NULL ORDER BY seq`,
  );
  return rows.map(storedOf).filter(({ answer }) => answer?.accepted === true);
}

/** The public list (授权公示): grants a node knows, newest first. */
export async function listGrants({ reads }: NodeReader, item: string | null, most: number): Promise<StoredGrant[]> {
  const rows = await reads.delegation.findMany({
    where: { grantJws: { not: null }, ...(item !== null && { items: { hasEvery: [item] } }) },
    orderBy: [{ grantor: 'asc' }, { seq: 'desc' }],
    take: most,
  });
  return rows.map(storedOf);
}

/** One grant, locked until the transaction ends. */
export async function lockGrant(tx: SharedTx, id: string): Promise<StoredGrant | null> {
  const [row] = await tx.query<GrantRow>(
    `SELECT ${GRANTS} WHERE node = $1 AND id = $2::uuid AND grant_jws IS NOT NULL FOR UPDATE`,
    [id],
  );
  return row ? storedOf(row) : null;
}

/** Whether a grant's grantor ended it before the grant came; an end from another node does not count. */
export async function endedBefore(tx: SharedTx, { id, grantor }: Pick<Grant, 'id' | 'grantor'>): Promise<boolean> {
  const rows = await tx.query(
    `SELECT id FROM delegations WHERE node = $1 AND id = $2::uuid AND grantor = $3 AND end_jws IS NOT NULL`,
    [id, grantor],
  );
  return rows.length > 0;
}

/** The highest number of a grantor's grants to a grantee over any of these items that this node knows. */
export async function newestSeq(
  tx: SharedTx,
  grantor: DivisionCode,
  grantee: DivisionCode,
  items: readonly string[],
): Promise<number> {
  const [row] = await tx.query<{ seq: number | null }>(
    `SELECT max(seq) AS seq FROM delegations
     WHERE node = $1 AND grantor = $2 AND grantee = $3 AND items && $4::text[] AND grant_jws IS NOT NULL`,
    [grantor, grantee, items],
  );
  return row?.seq ?? 0;
}

/** The next number of a node's own grants; other transactions wait for it until this one ends. */
export async function nextSeq(tx: SharedTx): Promise<number> {
  const [row] = await tx.query<{ value: string }>(
    `INSERT INTO node_settings (node, key, value) VALUES ($1, 'grant-seq', '1')
     ON CONFLICT (node, key) DO UPDATE SET value = (node_settings.value::int + 1)::text RETURNING value`,
    [],
  );
  return Number(row?.value ?? 1);
}

/**
 * Stores a grant. Stored documents stay, except an end that came ahead of the grant from another node than its grantor.
 * @throws {ProblemError} GRANT_INVALID where another document is kept under its id: nothing changes
 */
export async function saveGrant(
  tx: SharedTx,
  grant: Grant,
  documents: Omit<PublishedGrant, 'answer'> & { answer: string | null },
): Promise<void> {
  const { id, grantor, grantee, seq, items } = grant;
  const { grant: grantJws, answer: answerJws, end: endJws } = documents;
  const row = { id, grantor, grantee, seq, items, grantJws, answerJws, endJws, refusalCode: null, refusalReason: null };
  const kept = await insert(
    tx,
    delegationsTable,
    [row],
    `ON CONFLICT (node, id) DO UPDATE SET
       grantor = excluded.grantor, grantee = excluded.grantee, seq = excluded.seq, items = excluded.items,
       grant_jws = excluded.grant_jws,
       answer_jws = coalesce(delegations.answer_jws, excluded.answer_jws),
       end_jws = CASE WHEN delegations.grantor = excluded.grantor
         THEN coalesce(delegations.end_jws, excluded.end_jws) ELSE excluded.end_jws END
     WHERE delegations.grant_jws IS NULL OR delegations.grant_jws = excluded.grant_jws`,
  );
  if (kept === 0) throw problem('GRANT_INVALID', `${tx.node} keeps another grant under the id ${id}.`);
}

export async function saveAnswer(tx: SharedTx, id: string, jws: string): Promise<void> {
  await tx.query(`UPDATE delegations SET answer_jws = coalesce(answer_jws, $3) WHERE node = $1 AND id = $2::uuid`, [
    id,
    jws,
  ]);
}

/** Stores the end of a grant, also if it comes before the grant itself. */
export async function saveEnd(
  tx: SharedTx,
  id: string,
  parties: { grantor: DivisionCode; grantee: DivisionCode },
  jws: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO delegations (node, id, grantor, grantee, seq, items, end_jws) VALUES ($1, $2::uuid, $3, $4, 0, '{}', $5)
     ON CONFLICT (node, id) DO UPDATE SET end_jws = coalesce(delegations.end_jws, excluded.end_jws)`,
    [id, parties.grantor, parties.grantee, jws],
  );
}

/** Lists the grantee's refusal for the grantor. */
export async function saveRefusal(tx: SharedTx, id: string, code: string, reason: string): Promise<void> {
  await tx.query(
    `UPDATE delegations SET refusal_code = $3, refusal_reason = $4 WHERE node = $1 AND id = $2::uuid AND answer_jws IS NULL`,
    [id, code, reason],
  );
}

type RequestRow = RowOf<typeof delegationRequestsTable>;

const requestOf = ({ requestJws, answerJws }: RequestRow): StoredRequest => ({
  request: payloadOf(requestJws) as GrantRequest,
  requestJws,
  answer: answerJws === null ? null : (payloadOf(answerJws) as GrantAnswer),
});

/** Requests for powers, to or by this node, newest last. */
export async function listRequests({ reads }: NodeReader): Promise<StoredRequest[]> {
  const rows = await reads.delegationRequest.findMany({ orderBy: { id: 'asc' }, take: 500 });
  return rows.map(requestOf);
}

export async function lockRequest(tx: SharedTx, id: string): Promise<StoredRequest | null> {
  const [row] = await tx.query<RequestRow>(
    `SELECT ${delegationRequestsTable.select('r')} FROM delegation_requests r
     WHERE node = $1 AND id = $2::uuid FOR UPDATE`,
    [id],
  );
  return row ? requestOf(row) : null;
}

export async function saveRequest(tx: SharedTx, request: GrantRequest, jws: string): Promise<void> {
  const { id, grantor, grantee } = request;
  await insert(tx, delegationRequestsTable, [{ id, grantor, grantee, requestJws: jws, answerJws: null }], 'KEEP');
}

export async function saveRequestAnswer(tx: SharedTx, id: string, jws: string): Promise<void> {
  await tx.query(
    `UPDATE delegation_requests SET answer_jws = coalesce(answer_jws, $3) WHERE node = $1 AND id = $2::uuid`,
    [id, jws],
  );
}
