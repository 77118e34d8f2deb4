import type { AnswerTerm, Asker, EnquiryKind, EnquiryMove, EnquiryReferral } from '@liandong/schema/domains/enquiries';
import type { CaseState, EnquiryState } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { CLOSED_STATES, ENQUIRY_STATES } from '@liandong/schema/case';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { EnquiryRow } from './tables.ts';
import { findReferrals } from './referral-store.ts';
import { answerTermsTable, askersTable, enquiriesTable, enquiryMovesTable } from './tables.ts';

/** An enquiry as this node keeps it, with the asker and the state of its case as far as the node knows. */
export type StoredEnquiry = EnquiryRow & {
  /** Other nodes that were asked for the answer. */
  referrals: readonly EnquiryReferral[];
  asker: Asker | null;
  caseState: CaseState | null;
  moves: readonly EnquiryMove[];
};

/** An enquiry as it is read: instants inside JSON are text. */
type ReadEnquiry = Omit<StoredEnquiry, 'moves' | 'referrals'> & {
  moves: readonly (Omit<EnquiryMove, 'at'> & { at: string })[];
};

/** Where the list continues: the place of a state in it, and the enquiry. */
export interface EnquiryCursor {
  rank: number;
  askedAt: Date;
  id: string;
}

const COLUMNS = `${enquiriesTable.selectAll('e')}, c.state AS "caseState",
  (SELECT coalesce(json_agg(json_build_object('at', m.at, 'from', m.from_department, 'to', m.to_department,
     'reason', m.reason, 'by', m.moved_by_name) ORDER BY m.seq), '[]')
   FROM enquiry_moves m WHERE m.node = e.node AND m.enquiry = e.id) AS moves,
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
  const [found] = await queries.query<ReadEnquiry>(`SELECT ${COLUMNS} FROM ${TABLES} WHERE e.node = $1 AND e.id = $2`, [
    id,
  ]);
  return found ? openEnquiryRow(queries, found, await findReferrals(queries, [id])) : null;
}

async function openEnquiryRow<T extends ReadEnquiry>(
  queries: NodeQueries,
  row: T,
  referrals: readonly EnquiryReferral[],
): Promise<T & StoredEnquiry> {
  const { id, asker } = row;
  const [enquiry = row] = await opened(queries, enquiriesTable, [row]);
  const [known] = asker ? await opened(queries, askersTable, [{ enquiry: id, ...asker }]) : [];
  const moves = row.moves.map((move) => ({ ...move, at: new Date(move.at) }));
  return { ...row, ...enquiry, moves, referrals, asker: known ? { name: known.name, phone: known.phone } : null };
}

/** Reads an enquiry and locks it until the transaction ends, so that it is reported and linked once. */
export async function lockEnquiry(tx: SharedTx, id: string): Promise<StoredEnquiry | null> {
  await tx.query(`SELECT id FROM enquiries WHERE node = $1 AND id = $2 FOR UPDATE`, [id]);
  return findEnquiry(tx, id);
}

/** What a list of duties shows; null for all. */
export interface EnquiryFilter {
  state: EnquiryState | null;
  kind: EnquiryKind | null;
  department: string | null;
}

/** The node's duties, by {@link ENQUIRY_STATES} and within each the oldest first. */
export async function findEnquiries(
  queries: NodeQueries,
  { state, kind, department }: EnquiryFilter,
  after: EnquiryCursor | null,
  limit: number,
): Promise<(StoredEnquiry & EnquiryCursor)[]> {
  const rank = (of: EnquiryState) => ENQUIRY_STATES.indexOf(of);
  const found = await queries.query<ReadEnquiry & EnquiryCursor>(
    `SELECT * FROM (
       SELECT ${COLUMNS}, CASE WHEN e.reported_at IS NOT NULL THEN ${rank('REPORTED')}
         WHEN c.state = ANY($2::text[]) THEN ${rank('WAITING')} ELSE ${rank('OPEN')} END AS rank
       FROM ${TABLES} WHERE e.node = $1) AS listed
     WHERE ($3::int IS NULL OR rank = $3) AND ($4::int IS NULL OR (rank, "askedAt", id) > ($4, $5::timestamptz, $6::text))
       AND ($8::text IS NULL OR kind = $8) AND ($9::text IS NULL OR department = $9)
     ORDER BY rank, "askedAt", id LIMIT $7`,
    [
      [...CLOSED_STATES],
      state && rank(state),
      after?.rank ?? null,
      after?.askedAt ?? null,
      after?.id ?? null,
      limit,
      kind,
      department,
    ],
  );
  const referrals = await findReferrals(
    queries,
    found.map(({ id }) => id),
  );
  return Promise.all(
    found.map((enquiry) =>
      openEnquiryRow(
        queries,
        enquiry,
        referrals.filter((r) => r.enquiry === enquiry.id),
      ),
    ),
  );
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

/** Hands an enquiry on to a department. The caller holds its lock. */
export async function storeMove(
  tx: SharedTx,
  { id, moves, department }: StoredEnquiry,
  to: string,
  move: {
    at: Date;
    reason: string;
    by: Viewer;
  },
): Promise<void> {
  const { at, reason, by } = move;
  const row = { enquiry: id, seq: moves.length + 1, at, fromDepartment: department, toDepartment: to, reason };
  await insert(tx, enquiryMovesTable, [{ ...row, movedBy: by.sub, movedByName: by.name }]);
  await tx.query(`UPDATE enquiries SET department = $3 WHERE node = $1 AND id = $2`, [id, to]);
}

/** The terms that the node set itself. */
export async function findTerms(queries: NodeQueries): Promise<AnswerTerm[]> {
  return queries.query<AnswerTerm>(`SELECT ${answerTermsTable.select('t')} FROM answer_terms t WHERE t.node = $1`);
}

export async function saveTerm(tx: SharedTx, term: AnswerTerm): Promise<void> {
  await insert(tx, answerTermsTable, [term], 'REPLACE');
}

/** How many questions and suggestions came in online since an instant. */
export async function countOnline(queries: NodeQueries, since: Date): Promise<number> {
  const [found] = await queries.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM enquiries
     WHERE node = $1 AND asked_at >= $2 AND kind <> 'ENQUIRY' AND answered_by IS NULL AND referred_by IS NULL`,
    [since],
  );
  return found?.count ?? 0;
}
