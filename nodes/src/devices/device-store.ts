import type { DeviceEnd } from '@liandong/schema/domains/devices';
import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { DeviceRow } from './tables.ts';
import { devicesTable } from './tables.ts';

const DEVICES = `SELECT ${devicesTable.select('d')} FROM devices d`;

export async function insertDevice(tx: SharedTx, device: DeviceRow): Promise<void> {
  await insert(tx, devicesTable, [device]);
}

/** One device, locked until the transaction ends. @throws {ProblemError} NOT_FOUND */
export async function lockDevice(tx: SharedTx, id: string, field = 'device'): Promise<DeviceRow> {
  const [device] = await tx.query<DeviceRow>(`${DEVICES} WHERE d.node = $1 AND d.id = $2 FOR UPDATE`, [id]);
  if (device) return device;
  throw problem('NOT_FOUND', `${tx.node} has no such device. Register it here.`, { field });
}

/** @throws {ProblemError} NOT_FOUND */
export async function getDevice(queries: NodeQueries, id: string): Promise<DeviceRow> {
  const [device] = await queries.query<DeviceRow>(`${DEVICES} WHERE d.node = $1 AND d.id = $2`, [id]);
  if (device) return device;
  throw problem('NOT_FOUND', `${queries.node} has no such device.`, { field: 'device' });
}

/** Devices of the desk, the newest first. @param of of one person; null for those of everybody */
export function findDevices(queries: NodeQueries, of: Pick<Viewer, 'issuer' | 'sub'> | null): Promise<DeviceRow[]> {
  return queries.query<DeviceRow>(
    `${DEVICES} WHERE d.node = $1 AND ($2::text IS NULL OR (d.issuer = $2 AND d.sub = $3))
     ORDER BY d.registered_at DESC, d.id`,
    [of?.issuer ?? null, of?.sub ?? null],
  );
}

/** How many devices of a person have not ended. */
export async function countDevices(queries: NodeQueries, { issuer, sub }: Viewer): Promise<number> {
  const [row] = await queries.query<{ devices: number }>(
    `SELECT count(*)::int AS devices FROM devices WHERE node = $1 AND issuer = $2 AND sub = $3 AND ended_at IS NULL`,
    [issuer, sub],
  );
  return row?.devices ?? 0;
}

export async function markSeen(tx: SharedTx, id: string, at: Date): Promise<void> {
  await tx.query(`UPDATE devices SET seen_at = $3 WHERE node = $1 AND id = $2`, [id, at]);
}

/** Ends a device, and takes its open blocks back. */
export async function endDeviceAt(
  tx: SharedTx,
  id: string,
  { at, reason, by }: { at: Date; reason: DeviceEnd; by: string },
): Promise<void> {
  await tx.query(`UPDATE devices SET ended_at = $3, end_reason = $4, ended_by = $5 WHERE node = $1 AND id = $2`, [
    id,
    at,
    reason,
    by,
  ]);
  await tx.query(
    `UPDATE number_blocks SET state = 'TAKEN_BACK', ended_at = $3 WHERE node = $1 AND device = $2 AND state = 'OPEN'`,
    [id, at],
  );
}
