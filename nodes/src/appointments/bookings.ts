import type { AppointmentEvent, Slot } from '@liandong/schema/domains/appointments';
import {
  afterEvent,
  appointmentNumber,
  requireBookable,
  requireTime,
  takesPlace,
} from '@liandong/schema/domains/appointments';
import { requireInForce } from '@liandong/schema/domains/catalogue';
import { serves } from '@liandong/schema/domains/offices';
import { requireOpenNode } from '@liandong/schema/case';
import { dayOf, problem } from '@liandong/schema/kernel';
import { findItem } from '../catalogue/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { trackingCodeOf, trackingHash } from '../slips/index.ts';
import { findOffices } from '../offices/index.ts';
import type { StoredAppointment } from './appointment-store.ts';
import * as store from './appointment-store.ts';
import type { AppointmentHandlers, AppointmentsParts } from './parts.ts';
import { getBooked, getSlot, unknownAppointment, viewOf } from './parts.ts';

/** Appointments booked and cancelled by the public, and marked by the desk. */
export function bookings(
  parts: AppointmentsParts,
): Pick<AppointmentHandlers, 'bookAppointment' | 'cancelAppointment' | 'markAppointment'> {
  const { node, successionOf, now } = parts;
  const known = async (tx: SharedTx, number: string) => {
    const stored = await store.findAppointment(tx, number);
    if (stored) return stored;
    throw unknownAppointment(node);
  };

  return {
    async bookAppointment({ tx, input, once }) {
      requireOpenNode(node, successionOf);
      const { number, code } = await once(async () => {
        const { slot: id, item, name, phone } = input;
        await store.lockAppointments(tx);
        const slot = await getSlot(tx, id);
        await requireServed(parts, tx, slot, item);
        const phoneDigest = tx.vault.digest(`appointment ${phone}`);
        requireBookable(slot, await store.countOfPhone(tx, phoneDigest, dayOf(now())), now());
        const last = slot.last + 1;
        const made = { number: appointmentNumber(node, slot, last), code: trackingCodeOf() };
        await store.insertAppointment(tx, {
          number: made.number,
          slot: id,
          day: slot.day,
          item,
          state: 'BOOKED',
          bookedAt: now(),
          codeHash: trackingHash(made.number, made.code),
          name,
          phone,
          phoneDigest,
          markedBy: null,
        });
        await store.saveSlot(tx, { ...slot, booked: slot.booked + 1, last });
        return made;
      });
      return { appointment: viewOf(node, null, await known(tx, number)), code };
    },

    async cancelAppointment({ tx, input: { number, code }, once }) {
      await getBooked(tx, number, code);
      await once(async () => {
        await store.lockAppointments(tx);
        await change(tx, await getBooked(tx, number, code), 'CANCEL', { now: now(), by: null });
        return true;
      });
      return viewOf(node, null, await getBooked(tx, number, code));
    },

    async markAppointment({ viewer, tx, input: { number, attended }, once }) {
      await once(async () => {
        await store.lockAppointments(tx);
        const event = attended === 'ARRIVED' ? 'ARRIVE' : 'MISS';
        await change(tx, await known(tx, number), event, { now: now(), by: viewer.sub });
        return true;
      });
      return viewOf(node, viewer, await known(tx, number));
    },
  };
}

/**
 * Changes the state of an appointment, and the places of its slot with it. The caller holds the lock.
 * @throws {ProblemError} ILLEGAL_STEP
 */
async function change(
  tx: SharedTx,
  { number, state, slot }: StoredAppointment,
  event: AppointmentEvent,
  { now, by }: { now: Date; by: string | null },
): Promise<void> {
  const next = afterEvent(state, event);
  requireTime(event, slot, now);
  await store.saveState(tx, [number], next, by);
  if (!takesPlace(next)) await store.saveSlot(tx, { ...slot, booked: slot.booked - 1 });
}

/**
 * The booker came: takes the appointment as met.
 * @param code null where a person of the desk knows who it is
 * @returns what it was booked for, and when
 * @throws {ProblemError} NOT_FOUND, ILLEGAL_STEP
 */
export async function arrive(
  tx: SharedTx,
  number: string,
  code: string | null,
  at: { now: Date; by: string },
): Promise<{ item: string; begins: string; ends: string }> {
  await store.lockAppointments(tx);
  const stored = code === null ? await store.findAppointment(tx, number) : await getBooked(tx, number, code);
  if (!stored) throw unknownAppointment(tx.node);
  await change(tx, stored, 'ARRIVE', at);
  const { item, slot } = stored;
  return { item, begins: slot.begins, ends: slot.ends };
}

/** @throws {ProblemError} ITEM_UNKNOWN, ITEM_NOT_IN_FORCE, WINDOW_UNAUTHORIZED */
async function requireServed(
  { node, divisions }: AppointmentsParts,
  queries: NodeQueries,
  slot: Slot,
  code: string,
): Promise<void> {
  const item = await findItem(queries, code, { today: slot.day });
  if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${code}.`, { field: 'item', node });
  requireInForce(item, slot.day);
  const offices = await findOffices(queries);
  const window = offices.windows.find((w) => w.code === slot.window);
  if (window && serves(offices, window, item, divisions.get(node).tier, slot.day)) return;
  throw problem('WINDOW_UNAUTHORIZED', `Window ${slot.window} does not serve ${code} on ${slot.day}.`, {
    field: 'item',
    node,
  });
}
