import type { PowerTransfer, Seal, ServiceWindow, WindowAuthority } from '@liandong/schema/domains/offices';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { askedOnce, insert } from '../db/index.ts';
import { powerTransfersTable, sealsTable, windowAuthoritiesTable, windowsTable } from './tables.ts';

/** All registers of a node: they are short, and the rules read them together. */
export interface Registers {
  windows: ServiceWindow[];
  authorities: WindowAuthority[];
  seals: Seal[];
  transfers: PowerTransfer[];
}

/** The four registers as JSON in the rules' own form, each in its reading order. */
const REGISTERS = `SELECT
  (SELECT coalesce(json_agg(json_build_object('code', code, 'name', name, 'department', department,
       'from', from_day, 'until', until_day, 'place', place, 'hours', hours, 'phone', phone) ORDER BY code), '[]')
   FROM windows WHERE node = $1) AS windows,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'window', window_code, 'item', item, 'department', department,
       'stages', stages, 'revokedOn', revoked_on, 'from', from_day, 'until', until_day)
       ORDER BY window_code, item, from_day, id), '[]')
   FROM window_authorities WHERE node = $1) AS authorities,
  (SELECT coalesce(json_agg(json_build_object('id', id, 'name', name, 'department', department, 'keeper', keeper,
       'revokedOn', revoked_on, 'from', from_day, 'until', until_day) ORDER BY department, name, from_day, id), '[]')
   FROM seals WHERE node = $1) AS seals,
  (SELECT coalesce(json_agg(json_build_object('department', department, 'bureau', bureau, 'basis', basis,
       'from', from_day, 'until', until_day) ORDER BY bureau, department, from_day), '[]')
   FROM power_transfers WHERE node = $1) AS transfers` as const;

/** A node's departments, windows and seals, past ones included. */
export function findOffices(queries: NodeQueries): Promise<Registers> {
  return registersOf(queries, undefined);
}

const registersOf = askedOnce(async (queries: NodeQueries): Promise<Registers> => {
  // read with every step of a case: one statement
  const [registers] = await queries.query<Registers>(REGISTERS);
  return registers ?? { windows: [], authorities: [], seals: [], transfers: [] };
});

/** Locks this node's registers until the transaction ends. */
export async function lockOffices(tx: SharedTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('offices'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}

/** Opens a window, or gives one its last day. */
export async function saveWindow(tx: SharedTx, { from, until, ...window }: ServiceWindow): Promise<void> {
  await insert(tx, windowsTable, [{ ...window, fromDay: from, untilDay: until }], 'REPLACE');
}

/** Stores an authorization. @param by name of the person who gave it */
export async function insertAuthority(tx: SharedTx, authority: WindowAuthority, by: string): Promise<void> {
  const { window, from, until, ...kept } = authority;
  const term = { fromDay: from, untilDay: until, revokedReason: null };
  await insert(tx, windowAuthoritiesTable, [{ ...kept, ...term, windowCode: window, authorizedBy: by }]);
}

/** Ends an authorization; an earlier revocation stays. */
export async function revokeAuthority(tx: SharedTx, id: string, on: string, reason: string): Promise<void> {
  await tx.query(
    `UPDATE window_authorities SET revoked_on = $3, revoked_reason = $4
     WHERE node = $1 AND id = $2 AND (revoked_on IS NULL OR revoked_on > $3::date)`,
    [id, on, reason],
  );
}

/** Adds a seal to the register. */
export async function insertSeal(tx: SharedTx, { from, until, ...seal }: Seal): Promise<void> {
  await insert(tx, sealsTable, [{ ...seal, fromDay: from, untilDay: until, revokedReason: null }]);
}

/** Ends a seal; an earlier revocation stays. */
export async function revokeSeal(tx: SharedTx, id: string, on: string, reason: string): Promise<void> {
  await tx.query(
    `UPDATE seals SET revoked_on = $3, revoked_reason = $4
     WHERE node = $1 AND id = $2 AND (revoked_on IS NULL OR revoked_on > $3::date)`,
    [id, on, reason],
  );
}

/** Records that a bureau holds a department's powers. */
export async function insertTransfer(tx: SharedTx, { from, until, ...transfer }: PowerTransfer): Promise<void> {
  await insert(tx, powerTransfersTable, [{ ...transfer, fromDay: from, untilDay: until }]);
}
