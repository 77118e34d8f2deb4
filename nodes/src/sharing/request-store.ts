import { randomUUID } from 'node:crypto';
import type { DataLightView, DataRecord, DataState } from '@liandong/schema/domains/sharing';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { coalesced } from '../db/index.ts';
import type { Outgoing } from '../handoff/index.ts';

/** A request for data as a node of the case keeps it. */
export interface StoredRequest {
  id: string;
  caseId: string;
  offer: string;
  asker: DivisionCode;
  provider: DivisionCode;
  item: string | null;
  askedBy: string;
  askedAt: Date;
  fields: string[];
  state: DataState;
  answeredAt: Date | null;
  replaces: string | null;
  /** The offering node's signed record (JWS). */
  record: string | null;
  /** Exact JSON text of the values. */
  given: string | null;
}

const COLUMNS = `id, case_id AS "caseId", offer, asker, provider, item, asked_by AS "askedBy", asked_at AS "askedAt",
  fields, state, answered_at AS "answeredAt", replaces, record, given`;

/** Every request for a case that this node knows, oldest first. */
export const findRequests = coalesced(async (queries: NodeQueries, cases: readonly string[]) => {
  const rows = await queries.query<StoredRequest>(
    `SELECT ${COLUMNS} FROM data_requests WHERE node = $1 AND case_id = ANY ($2) ORDER BY asked_at, id`,
    [cases],
  );
  return Promise.all(
    cases.map((id) =>
      Promise.all(
        rows.filter(({ caseId }) => caseId === id).map((row): Promise<StoredRequest> => openGiven(queries, row)),
      ),
    ),
  );
});

async function openGiven({ vault }: NodeQueries, request: StoredRequest): Promise<StoredRequest> {
  return { ...request, given: await vault.openNullable('data_requests.given', request.id, request.given) };
}

/** One request, locked until the transaction ends. */
export async function lockRequest(tx: SharedTx, id: string): Promise<StoredRequest | null> {
  const [row] = await tx.query<StoredRequest>(
    `SELECT ${COLUMNS} FROM data_requests WHERE node = $1 AND id = $2 FOR UPDATE`,
    [id],
  );
  return row ? openGiven(tx, row) : null;
}

export async function insertRequest(
  tx: SharedTx,
  request: Omit<StoredRequest, 'state' | 'answeredAt' | 'replaces' | 'record' | 'given'>,
): Promise<void> {
  const { id, caseId, offer, asker, provider, item, askedBy, askedAt, fields } = request;
  await tx.query(
    `INSERT INTO data_requests (node, id, case_id, offer, asker, provider, item, asked_by, asked_at, fields, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'SENT')`,
    [id, caseId, offer, asker, provider, item, askedBy, askedAt, fields],
  );
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
  const rows = await tx.query(
    `INSERT INTO data_requests (node, id, case_id, offer, asker, provider, item, asked_by, asked_at, fields, state,
       answered_at, replaces, record, given)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     ON CONFLICT (node, id) DO UPDATE SET item = excluded.item, state = excluded.state,
       answered_at = excluded.answered_at, replaces = excluded.replaces, record = excluded.record,
       given = coalesce(data_requests.given, excluded.given)
     WHERE data_requests.provider = excluded.provider AND data_requests.case_id = excluded.case_id
       AND data_requests.asker = excluded.asker AND data_requests.offer = excluded.offer
       AND (data_requests.record IS NULL OR
         (data_requests.record = excluded.record AND data_requests.given IS NULL AND excluded.given IS NOT NULL))
     RETURNING id`,
    [
      record.request,
      record.case,
      record.offer,
      record.asker,
      record.provider,
      record.item,
      record.actor.name,
      record.askedAt,
      record.fields.map((field) => field.name),
      record.outcome,
      record.at,
      record.replaces,
      jws,
      given === null ? null : tx.vault.seal('data_requests.given', record.request, given),
    ],
  );
  return rows.length > 0;
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

/** A line of the data log (数据使用日志). */
export interface DataLogLine {
  at: Date;
  /** Whether this node asked or gave. */
  side: 'ASKED' | 'PROVIDED';
  request: string;
  caseId: string;
  offer: string;
  asker: DivisionCode;
  provider: DivisionCode;
  person: { sub: string; name: string };
  item: string | null;
  fields: readonly string[];
  outcome: DataState;
}

/** Adds a line to the data log; the database refuses to change or remove a line. */
export async function appendDataLog(tx: SharedTx, line: DataLogLine): Promise<void> {
  await tx.query(
    `INSERT INTO data_log (node, at, side, request, case_id, offer, asker, provider, person, person_name, item, fields,
       outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      line.at,
      line.side,
      line.request,
      line.caseId,
      line.offer,
      line.asker,
      line.provider,
      line.person.sub,
      line.person.name,
      line.item,
      line.fields,
      line.outcome,
    ],
  );
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
  { about, caseId, detail, at }: { about: DivisionCode; caseId: string; detail: string; at: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO lights (node, id, kind, level, at, about, case_id, detail)
     VALUES ($1, $2, 'DATA_OUT_OF_GRANT', 'RED', $3, $4, $5, $6)`,
    [randomUUID(), at, about, caseId, detail],
  );
}

/** Most lights shown at once. */
const LIGHTS = 200;

/** The newest lights over data sharing that this node raised. */
export async function findLights(queries: NodeQueries): Promise<DataLightView[]> {
  return queries.query<DataLightView>(
    `SELECT id, kind, level, at, node AS "raisedAt", about, case_id AS "caseId", detail FROM lights
     WHERE node = $1 AND kind = 'DATA_OUT_OF_GRANT' ORDER BY at DESC, id LIMIT ${LIGHTS}`,
  );
}
