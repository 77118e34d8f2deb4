import { randomUUID } from 'node:crypto';
import type { DataLightView, DataRecord } from '@liandong/schema/domains/sharing';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { NewRowOf, NodeQueries, NodeReader, SharedTx } from '../db/index.ts';
import { coalesced, insert, opened } from '../db/index.ts';
import type { Outgoing } from '../handoff/index.ts';
import type { StoredRequest } from './tables.ts';
import { dataLogTable, dataRequestsTable, lightsTable } from './tables.ts';

const REQUESTS = `SELECT ${dataRequestsTable.selectAll('r')} FROM data_requests r`;

/** Every request for a case that this node knows, oldest first. */
export const findRequests = coalesced(async (queries: NodeQueries, cases: readonly string[]) => {
  const rows = await queries.query<StoredRequest>(
    `${REQUESTS} WHERE node = $1 AND case_id = ANY ($2) ORDER BY asked_at, id`,
    [cases],
  );
  return Promise.all(
    cases.map((id) =>
      opened(
        queries,
        dataRequestsTable,
        rows.filter(({ caseId }) => caseId === id),
      ),
    ),
  );
});

/** One request, locked until the transaction ends. */
export async function lockRequest(tx: SharedTx, id: string): Promise<StoredRequest | null> {
  const rows = await tx.query<StoredRequest>(`${REQUESTS} WHERE node = $1 AND id = $2 FOR UPDATE`, [id]);
  return (await opened(tx, dataRequestsTable, rows))[0] ?? null;
}

const UNANSWERED = { state: 'SENT', answeredAt: null, replaces: null, record: null, given: null } as const;

export async function insertRequest(
  tx: SharedTx,
  request: Omit<StoredRequest, keyof typeof UNANSWERED>,
): Promise<void> {
  await insert(tx, dataRequestsTable, [{ ...request, ...UNANSWERED }]);
}

/**
 * Stores the offering node's signed record on a request. A stored record stays, and its values are added if they come
 * later.
 * @returns whether anything was new
 */
export async function keepRecord(
  tx: SharedTx,
  record: DataRecord,
  jws: string,
  given: string | null,
): Promise<boolean> {
  const { offer, asker, provider, item, replaces } = record;
  const asked = {
    id: record.request,
    caseId: record.case,
    askedBy: record.actor.name,
    askedAt: new Date(record.askedAt),
  };
  const fields = record.fields.map((field) => field.name);
  const answer = { state: record.outcome, answeredAt: new Date(record.at), replaces, record: jws, given };
  const changed = await insert(
    tx,
    dataRequestsTable,
    [{ ...asked, ...answer, offer, asker, provider, item, fields }],
    `ON CONFLICT (node, id) DO UPDATE SET item = excluded.item, state = excluded.state,
       answered_at = excluded.answered_at, replaces = excluded.replaces, record = excluded.record,
       given = coalesce(data_requests.given, excluded.given)
     WHERE data_requests.provider = excluded.provider AND data_requests.case_id = excluded.case_id
       AND data_requests.asker = excluded.asker AND data_requests.offer = excluded.offer
       AND (data_requests.record IS NULL OR
         (data_requests.record = excluded.record AND data_requests.given IS NULL AND excluded.given IS NOT NULL))`,
  );
  return changed > 0;
}

/** Materials of a case that data sharing gave: the applicant need not hand them in (国务院令第716号第七条; 行政许可法 Art. 31). */
export const suppliedMaterials = coalesced(async (queries: NodeQueries, cases: readonly string[]) => {
  const rows = await queries.query<{ caseId: string; replaces: string }>(
    `SELECT DISTINCT case_id AS "caseId", replaces FROM data_requests
     WHERE node = $1 AND case_id = ANY ($2) AND state = 'ANSWERED' AND given IS NOT NULL AND replaces IS NOT NULL
     ORDER BY replaces`,
    [cases],
  );
  return cases.map((id) => rows.filter(({ caseId }) => caseId === id).map(({ replaces }) => replaces));
});

/** The messages that carry the data given for a case to its next custodian, who must not ask again (行政许可法 Art. 35). */
export async function carriedAnswers(
  queries: NodeQueries,
  caseId: string,
  receiver: DivisionCode,
): Promise<Outgoing[]> {
  const requests = await findRequests(queries, caseId);
  return requests.flatMap(({ record, given }): Outgoing[] =>
    record === null ? [] : [{ receiver, kind: 'DATA_ANSWER', caseId, body: { record, values: given } }],
  );
}

/** Adds a line to the data log; the database refuses to change or remove a line. */
export async function appendDataLog(tx: SharedTx, line: NewRowOf<typeof dataLogTable>): Promise<void> {
  await insert(tx, dataLogTable, [line]);
}

/** Whether this node answered a request before: a copy under a new message id is not answered again. */
export async function wasProvided(tx: SharedTx, request: string): Promise<boolean> {
  const rows = await tx.query(`SELECT 1 FROM data_log WHERE node = $1 AND request = $2 AND side = 'PROVIDED' LIMIT 1`, [
    request,
  ]);
  return rows.length > 0;
}

/** Raises a red light over a request outside its grant (预警灯). */
export async function raiseLight(
  tx: SharedTx,
  light: { about: DivisionCode; caseId: string; detail: string; at: Date },
): Promise<void> {
  await insert(tx, lightsTable, [{ ...light, id: randomUUID(), kind: 'DATA_OUT_OF_GRANT', level: 'RED' }]);
}

/** Most lights shown at once. */
const LIGHTS = 200;

/** The newest lights over data sharing that this node raised. */
export async function findLights(queries: NodeReader): Promise<DataLightView[]> {
  const found = await queries.reads.light.findMany({
    where: { kind: 'DATA_OUT_OF_GRANT' },
    orderBy: [{ at: 'desc' }, { id: 'asc' }],
    take: LIGHTS,
  });
  return (await opened(queries, lightsTable, found)).map(({ node, ...light }) => ({ ...light, raisedAt: node }));
}
