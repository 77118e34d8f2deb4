import type { EnquiryReferral } from '@liandong/schema/domains/enquiries';
import type { DivisionCode, ErrorCode } from '@liandong/schema/kernel';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { ReferralRow } from './tables.ts';
import { enquiryReferralsTable } from './tables.ts';

/** Referrals of some enquiries, in the order they were made. */
export async function findReferrals(
  queries: NodeQueries,
  enquiries: readonly string[],
): Promise<(EnquiryReferral & { enquiry: string })[]> {
  if (enquiries.length === 0) return [];
  const rows = await queries.query<ReferralRow>(
    `SELECT ${enquiryReferralsTable.selectAll('r')} FROM enquiry_referrals r
     WHERE node = $1 AND enquiry = ANY ($2) ORDER BY at, to_node`,
    [enquiries],
  );
  return (await opened(queries, enquiryReferralsTable, rows)).map((row) => ({
    enquiry: row.enquiry,
    to: row.toNode,
    at: row.at,
    question: row.question,
    reason: row.reason,
    by: row.referredByName,
    answeredAt: row.answeredAt,
    answer: row.answer,
    refusal: row.refusal,
  }));
}

/** Stores a referral; one that was refused is replaced. */
export async function addReferral(
  tx: SharedTx,
  row: Omit<ReferralRow, 'answeredAt' | 'answer' | 'refusal'>,
): Promise<void> {
  await insert(tx, enquiryReferralsTable, [{ ...row, answeredAt: null, answer: null, refusal: null }], 'REPLACE');
}

/** Whether that node was asked, and has not answered. The row is locked. */
export async function lockOpenReferral(tx: SharedTx, enquiry: string, to: DivisionCode): Promise<boolean | null> {
  const [row] = await tx.query<{ open: boolean }>(
    `SELECT answered_at IS NULL AS open FROM enquiry_referrals WHERE node = $1 AND enquiry = $2 AND to_node = $3
     FOR UPDATE`,
    [enquiry, to],
  );
  return row?.open ?? null;
}

export async function storeAnswer(
  tx: SharedTx,
  { enquiry, to, at, answer }: { enquiry: string; to: DivisionCode; at: Date; answer: string },
): Promise<void> {
  const sealed = tx.vault.seal('enquiry_referrals.answer', `${enquiry}/${to}`, answer);
  await tx.query(
    `UPDATE enquiry_referrals SET answered_at = $4, answer = $5 WHERE node = $1 AND enquiry = $2 AND to_node = $3`,
    [enquiry, to, at, sealed],
  );
}

export async function storeRefusal(tx: SharedTx, enquiry: string, to: DivisionCode, code: ErrorCode): Promise<void> {
  await tx.query(`UPDATE enquiry_referrals SET refusal = $4 WHERE node = $1 AND enquiry = $2 AND to_node = $3`, [
    enquiry,
    to,
    code,
  ]);
}

/** The enquiry made here of another desk's, if there is one. */
export async function findReferred(queries: NodeQueries, by: DivisionCode, id: string): Promise<string | null> {
  const [row] = await queries.query<{ id: string }>(
    `SELECT id FROM enquiries WHERE node = $1 AND referred_by = $2 AND referred_id = $3`,
    [by, id],
  );
  return row?.id ?? null;
}

/** Questions that another desk put here and that are not answered. */
export async function countReferred(queries: NodeQueries, by: DivisionCode): Promise<number> {
  const [row] = await queries.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM enquiries WHERE node = $1 AND referred_by = $2 AND reported_at IS NULL`,
    [by],
  );
  return row?.open ?? 0;
}
