import type { Asker } from '@liandong/schema/domains/enquiries';
import type { CaseState, EnquiryState } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { CLOSED_STATES, ENQUIRY_STATES } from '@liandong/schema/case';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { EnquiryRow } from './tables.ts';
import { askersTable, enquiriesTable } from './tables.ts';

/** An enquiry as this node keeps it, with the asker and the state of its case as far as the node knows. */
export type StoredEnquiry = EnquiryRow & { asker: Asker | null; caseState: CaseState | null };

/** Where the list continues: the place of a state in it, and the enquiry. */
export interface EnquiryCursor {
  rank: number;
  askedAt: Date;
  id: string;
}

const COLUMNS = `${enquiriesTable.select('e')}, c.state AS "caseState",
  CASE WHEN a.enquiry IS NULL THEN NULL ELSE json_build_object('name', a.name, 'phone', a.phone) END AS asker`;
const TABLES = `enquiries e
  LEFT JOIN cases c ON c.node = e.node AND c.id = e.case_id
  LEFT JOIN enquiry_askers a ON a.node = e.node AND a.enquiry = e.id`;

/** Stores an enquiry with its answer; the asker is stored apart. */
export async function insertEnquiry(tx: SharedTx, enquiry: EnquiryRow, asker: Asker | null): Promise<void> {
  await insert(tx, enquiriesTable, [enquiry]);
  if (asker) await insert(tx, askersTable, [{ enquiry: enquiry.id, ...asker }]);
}

export async function findEnquiry(queries: NodeQueries, id: string): Promise<StoredEnquiry | null> {
  const [found] = await queries.query<StoredEnquiry>(
    `SELECT ${COLUMNS} FROM ${TABLES} WHERE e.node = $1 AND e.id = $2`,
    [id],
  );
  return found ? openAsker(queries, found) : null;
}

async function openAsker<T extends StoredEnquiry>(queries: NodeQueries, enquiry: T): Promise<T> {
  const { id, asker } = enquiry;
  if (!asker) return enquiry;
  const [{ name, phone } = asker] = await opened(queries, askersTable, [{ enquiry: id, ...asker }]);
  return { ...enquiry, asker: { name, phone } };
}

/** Reads an enquiry and locks it until the transaction ends, so that it is reported and linked once. */
export async function lockEnquiry(tx: SharedTx, id: string): Promise<StoredEnquiry | null> {
  await tx.query(`SELECT id FROM enquiries WHERE node = $1 AND id = $2 FOR UPDATE`, [id]);
  return findEnquiry(tx, id);
}

/** The node's duties, by {@link ENQUIRY_STATES} and within each the oldest first. */
export async function findEnquiries(
  queries: NodeQueries,
  state: EnquiryState | null,
  after: EnquiryCursor | null,
  limit: number,
): Promise<(StoredEnquiry & EnquiryCursor)[]> {
  const rank = (of: EnquiryState) => ENQUIRY_STATES.indexOf(of);
  const found = await queries.query<StoredEnquiry & EnquiryCursor>(
    `SELECT * FROM (
       SELECT ${COLUMNS}, CASE WHEN e.reported_at IS NOT NULL THEN ${rank('REPORTED')}
         WHEN c.state = ANY($2::text[]) THEN ${rank('WAITING')} ELSE ${rank('OPEN')} END AS rank
       FROM ${TABLES} WHERE e.node = $1) AS listed
     WHERE ($3::int IS NULL OR rank = $3) AND ($4::int IS NULL OR (rank, "askedAt", id) > ($4, $5::timestamptz, $6::text))
     ORDER BY rank, "askedAt", id LIMIT $7`,
    [[...CLOSED_STATES], state && rank(state), after?.rank ?? null, after?.askedAt ?? null, after?.id ?? null, limit],
  );
  return Promise.all(found.map((enquiry) => openAsker(queries, enquiry)));
}

export async function storeReport(
  tx: SharedTx,
  id: string,
  report: { at: Date; by: Viewer; result: string },
): Promise<void> {
  await tx.query(
    `UPDATE enquiries SET reported_at = $3, reported_by = $4, reported_by_name = $5, result = $6
     WHERE node = $1 AND id = $2`,
    [id, report.at, report.by.sub, report.by.name, report.result],
  );
}

export async function storeLink(tx: SharedTx, id: string, caseId: string): Promise<void> {
  await tx.query(`UPDATE enquiries SET case_id = $3 WHERE node = $1 AND id = $2`, [id, caseId]);
}
