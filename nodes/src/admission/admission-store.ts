import type { AdmissionEntry, Exemption, FeeChange } from '@liandong/schema/domains/admission';
import type { FeeChangeKind } from '@liandong/schema/domains/catalogue';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';

interface EntryRow {
  item: string;
  admitted_from: string | null;
  exempt_reason: string | null;
  exempt_approver: string | null;
  exempt_until: string | null;
}

/** The node's register of the places where it handles its items. */
export async function findEntries(queries: NodeQueries): Promise<AdmissionEntry[]> {
  const rows = await queries.query<EntryRow>(
    `SELECT item, admitted_from, exempt_reason, exempt_approver, exempt_until FROM admission WHERE node = $1`,
  );
  return rows.map((row) => ({
    item: row.item,
    admittedFrom: row.admitted_from,
    exemption:
      row.exempt_until === null
        ? null
        : { reason: row.exempt_reason ?? '', approver: row.exempt_approver ?? '', until: row.exempt_until },
  }));
}

/** Records where an item is handled, in place of the earlier record. */
export async function saveEntry(tx: SharedTx, entry: AdmissionEntry, by: Viewer, at: Date): Promise<void> {
  const exemption: Exemption | null = entry.exemption;
  await tx.query(
    `INSERT INTO admission (node, item, admitted_from, exempt_reason, exempt_approver, exempt_until, changed_at, changed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (node, item) DO UPDATE SET admitted_from = excluded.admitted_from,
       exempt_reason = excluded.exempt_reason, exempt_approver = excluded.exempt_approver,
       exempt_until = excluded.exempt_until, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
    [
      entry.item,
      entry.admittedFrom,
      exemption?.reason ?? null,
      exemption?.approver ?? null,
      exemption?.until ?? null,
      at,
      by.name,
    ],
  );
}

interface FeeRow {
  item: string;
  name: string;
  change: FeeChangeKind;
  amount_fen: number | null;
  basis: string;
  effective_from: string;
}

/** Every change of the node's fees, newest first. */
export async function findFeeChanges(queries: NodeQueries): Promise<FeeChange[]> {
  const rows = await queries.query<FeeRow>(
    `SELECT item, name, change, amount_fen, basis, effective_from FROM fee_changes
     WHERE node = $1 ORDER BY effective_from DESC, item, name`,
  );
  return rows.map((row) => ({
    item: row.item,
    name: row.name,
    change: row.change,
    amountFen: row.amount_fen,
    basis: row.basis,
    effectiveFrom: row.effective_from,
  }));
}

/** Adds a change of a fee. */
export async function insertFeeChange(tx: SharedTx, change: FeeChange, by: Viewer, at: Date): Promise<void> {
  await tx.query(
    `INSERT INTO fee_changes (node, item, name, effective_from, change, amount_fen, basis, recorded_at, recorded_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [change.item, change.name, change.effectiveFrom, change.change, change.amountFen, change.basis, at, by.name],
  );
}

/** Locks the node's register until the transaction ends, so that two people can't write it at once. */
export async function lockRegister(tx: SharedTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('admission'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}
