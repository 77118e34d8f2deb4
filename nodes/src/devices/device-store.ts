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

/** How many devices of a person have not ended, and how many of their numbers no case has. */
export async function countHeld(
  queries: NodeQueries,
  { issuer, sub }: Pick<Viewer, 'issuer' | 'sub'>,
): Promise<{ devices: number; numbers: number }> {
  const [row] = await queries.query<{ devices: number; numbers: number }>(
    `SELECT count(DISTINCT d.id)::int AS devices,
       coalesce(sum(b.size - (SELECT count(*) FROM late_filings f WHERE f.node = b.node AND f.block = b.id)), 0)::int
         AS numbers
     FROM devices d LEFT JOIN number_blocks b ON b.node = d.node AND b.device = d.id AND b.state = 'OPEN'
     WHERE d.node = $1 AND d.issuer = $2 AND d.sub = $3 AND d.ended_at IS NULL`,
    [issuer, sub],
  );
  return row ?? { devices: 0, numbers: 0 };
}

/** Ends all devices of a person who left the desk. @returns how many, and how many numbers were taken back */
export async function endDevicesOf(
  tx: SharedTx,
  person: Pick<Viewer, 'issuer' | 'sub'>,
  { at, by }: { at: Date; by: string },
): Promise<{ devices: number; numbers: number }> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM devices WHERE node = $1 AND issuer = $2 AND sub = $3 AND ended_at IS NULL ORDER BY id FOR UPDATE`,
    [person.issuer, person.sub],
  );
  const held = await countHeld(tx, person);
  for (const { id } of rows) await endDeviceAt(tx, id, { at, by, reason: 'PERSON_LEFT' });
  return held;
}
