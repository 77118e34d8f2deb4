import type { AdmissionEntry, FeeChange } from '@liandong/schema/domains/admission';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, RowOf, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import { admissionTable, feeChangesTable } from './tables.ts';

/** The node's register of the places where it handles its items. */
export async function findEntries(queries: NodeQueries): Promise<AdmissionEntry[]> {
  const rows = await queries.query<RowOf<typeof admissionTable>>(
    `SELECT ${admissionTable.select('a')} FROM admission a WHERE a.node = $1`,
  );
  return rows.map(({ item, admittedFrom, exemptReason, exemptApprover, exemptUntil: until }) => ({
    item,
    admittedFrom,
    exemption: until === null ? null : { reason: exemptReason ?? '', approver: exemptApprover ?? '', until },
  }));
}

/** Records where an item is handled, in place of the earlier record. */
export async function saveEntry(tx: SharedTx, entry: AdmissionEntry, by: Viewer, at: Date): Promise<void> {
  const { item, admittedFrom, exemption } = entry;
  const row = {
    item,
    admittedFrom,
    exemptReason: exemption?.reason ?? null,
    exemptApprover: exemption?.approver ?? null,
    exemptUntil: exemption?.until ?? null,
    changedAt: at,
    changedBy: by.name,
  };
  await insert(tx, admissionTable, [row], 'REPLACE');
}

/** Every change of the node's fees, newest first. */
export async function findFeeChanges(queries: NodeQueries): Promise<FeeChange[]> {
  return queries.query<FeeChange>(
    `SELECT item, name, change, amount_fen AS "amountFen", basis, effective_from AS "effectiveFrom" FROM fee_changes
     WHERE node = $1 ORDER BY effective_from DESC, item, name`,
  );
}

/** Adds a change of a fee. */
export async function insertFeeChange(tx: SharedTx, change: FeeChange, by: Viewer, at: Date): Promise<void> {
  await insert(tx, feeChangesTable, [{ ...change, recordedAt: at, recordedBy: by.name }]);
}

/** Locks the node's register until the transaction ends, so that two people can't write it at once. */
export async function lockRegister(tx: SharedTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('admission'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}
