import type { AppointmentState, Slot } from '@liandong/schema/domains/appointments';
import type { Day } from '@liandong/schema/kernel';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import type { AppointmentRow, SlotRow } from './tables.ts';
import { appointmentSlotsTable, appointmentsTable } from './tables.ts';

/** An appointment with its slot. */
export type StoredAppointment = Omit<AppointmentRow, 'slot'> & { slot: Slot };

type JoinedRow = AppointmentRow & { of: Omit<SlotRow, 'openedBy'> };

const SLOTS = `SELECT ${appointmentSlotsTable.select('s')} FROM appointment_slots s` as const;
const APPOINTMENTS = `SELECT ${appointmentsTable.selectAll('a')},
  json_build_object('id', s.id, 'windowCode', s.window_code, 'day', s.day, 'begins', s.begins, 'ends', s.ends,
    'capacity', s.capacity, 'afterHours', s.after_hours, 'booked', s.booked, 'last', s.last, 'closedFor', s.closed_for)
    AS of
  FROM appointments a JOIN appointment_slots s ON s.node = a.node AND s.id = a.slot` as const;

/** Locks this node's slots and appointments until the transaction ends: places are counted under this lock. */
export async function lockAppointments(tx: SharedTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('appointments'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}

/** Slots of days, closed ones included, by time and window. @param until inclusive */
export async function findSlots(queries: NodeQueries, from: Day, until: Day): Promise<Slot[]> {
  const rows = await queries.query<SlotRow>(
    `${SLOTS} WHERE s.node = $1 AND s.day BETWEEN $2::date AND $3::date ORDER BY s.day, s.begins, s.window_code, s.id`,
    [from, until],
  );
  return rows.map(slotOf);
}

export async function findSlot(queries: NodeQueries, id: string): Promise<Slot | null> {
  const [row] = await queries.query<SlotRow>(`${SLOTS} WHERE s.node = $1 AND s.id = $2::uuid`, [id]);
  return row ? slotOf(row) : null;
}

/** @param by subject of the person who opens them */
export async function insertSlots(tx: SharedTx, slots: readonly Slot[], by: string): Promise<void> {
  const rows = slots.map(({ window, ...slot }) => ({ ...slot, windowCode: window, openedBy: by }));
  await insert(tx, appointmentSlotsTable, rows);
}

/** Stores what can change of a slot. */
export async function saveSlot(tx: SharedTx, { id, capacity, booked, last, closedFor }: Slot): Promise<void> {
  await tx.query(
    `UPDATE appointment_slots SET capacity = $3, booked = $4, last = $5, closed_for = $6
     WHERE node = $1 AND id = $2::uuid`,
    [id, capacity, booked, last, closedFor],
  );
}

export async function insertAppointment(tx: SharedTx, appointment: AppointmentRow): Promise<void> {
  await insert(tx, appointmentsTable, [appointment]);
}

export async function findAppointment(queries: NodeQueries, number: string): Promise<StoredAppointment | null> {
  const rows = await queries.query<JoinedRow>(`${APPOINTMENTS} WHERE a.node = $1 AND a.number = $2`, [number]);
  return (await stored(queries, rows))[0] ?? null;
}

/** The appointments of a day, by window and time. */
export async function findAppointments(queries: NodeQueries, day: Day): Promise<StoredAppointment[]> {
  const rows = await queries.query<JoinedRow>(
    `${APPOINTMENTS} WHERE a.node = $1 AND a.day = $2::date ORDER BY s.window_code, s.begins, a.number`,
    [day],
  );
  return stored(queries, rows);
}

/** The appointments of a slot that are in one state. */
export async function findOfSlot(
  queries: NodeQueries,
  slot: string,
  state: AppointmentState,
): Promise<StoredAppointment[]> {
  const rows = await queries.query<JoinedRow>(
    `${APPOINTMENTS} WHERE a.node = $1 AND a.slot = $2::uuid AND a.state = $3 ORDER BY a.number`,
    [slot, state],
  );
  return stored(queries, rows);
}

/**
 * How many open appointments a phone has from a day on. Digests of a data key that was changed since are not found: for
 * these the limit begins anew.
 */
export async function countOfPhone(queries: NodeQueries, digest: string, from: Day): Promise<number> {
  const [found] = await queries.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM appointments
     WHERE node = $1 AND phone_digest = $2 AND day >= $3::date AND state = 'BOOKED'`,
    [digest, from],
  );
  return found?.count ?? 0;
}

/** @param by subject of the person of the desk; null for the booker */
export async function saveState(
  tx: SharedTx,
  numbers: readonly string[],
  state: AppointmentState,
  by: string | null,
): Promise<void> {
  await tx.query(`UPDATE appointments SET state = $3, marked_by = $4 WHERE node = $1 AND number = ANY ($2)`, [
    numbers,
    state,
    by,
  ]);
}

function slotOf({ windowCode, ...slot }: Omit<SlotRow, 'openedBy'>): Slot {
  return { ...slot, window: windowCode };
}

async function stored(queries: NodeQueries, rows: readonly JoinedRow[]): Promise<StoredAppointment[]> {
  return (await opened(queries, appointmentsTable, rows)).map(({ of: { windowCode, ...slot }, ...row }) => ({
    ...row,
    slot: { ...slot, window: windowCode },
  }));
}
