import { randomUUID } from 'node:crypto';
import type { Slot, SlotView } from '@liandong/schema/domains/appointments';
import type { ServiceWindow } from '@liandong/schema/domains/offices';
import type { Day, DivisionCode } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import {
  instantOf,
  MOST_DAYS_AHEAD,
  requireAppointmentReader,
  requireCapacity,
  requireClosingReason,
  requireNewSlot,
  requireOpenSlot,
  requireSlotKeeper,
} from '@liandong/schema/domains/appointments';
import { requirePurpose } from '@liandong/schema/domains/reads';
import { serves } from '@liandong/schema/domains/offices';
import { requireOpenNode } from '@liandong/schema/case';
import { dayOf, plusDays, problem } from '@liandong/schema/kernel';
import { requireClearReader } from '@liandong/schema/operation';
import { findItem } from '../catalogue/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { findOffices } from '../offices/index.ts';
import * as store from './appointment-store.ts';
import { bookings } from './bookings.ts';
import type { AppointmentHandlers, AppointmentsParts } from './parts.ts';
import { getBooked, getSlot, unknownAppointment, viewOf } from './parts.ts';

/** 预约服务 at one node: its slots and who booked them; needs no other node. */
export function appointmentHandlers(parts: AppointmentsParts): AppointmentHandlers {
  return { ...shown(parts), ...slotsKept(parts), ...bookings(parts) };
}

function shown(
  parts: AppointmentsParts,
): Pick<AppointmentHandlers, 'appointmentSlots' | 'appointment' | 'appointments' | 'showBookerPhone'> {
  const { node, divisions, now } = parts;
  return {
    async appointmentSlots({ queries, input: { item, from, until } }) {
      const at = now();
      const first = from ?? dayOf(at);
      const last = until ?? plusDays(first, MOST_DAYS_AHEAD);
      if (last > plusDays(first, MOST_DAYS_AHEAD)) {
        throw problem('BAD_INPUT', `Ask for ${MOST_DAYS_AHEAD} days at most.`, { field: 'until', node });
      }
      const slots = (await store.findSlots(queries, first, last)).filter(
        (slot) => slot.closedFor === null && instantOf(slot.day, slot.ends) > at,
      );
      const served = item ? await servedBy(parts, queries, item) : () => true;
      const { windows } = await findOffices(queries);
      return slots.filter(served).map((slot) => slotView(node, windows, slot));
    },

    async appointment({ queries, input: { number, code } }) {
      return viewOf(node, null, await getBooked(queries, number, code));
    },

    async appointments({ viewer, queries, input: { day } }) {
      requireAppointmentReader(viewer, node, divisions);
      return (await store.findAppointments(queries, day)).map((stored) => viewOf(node, viewer, stored));
    },

    async showBookerPhone({ viewer, queries, input: { number, purpose } }) {
      requireAppointmentReader(viewer, node, divisions);
      requireClearReader(viewer, [node], divisions);
      requirePurpose(purpose);
      const phone = (await store.findAppointment(queries, number))?.phone ?? null;
      if (phone === null) throw unknownAppointment(node);
      return phone;
    },
  };
}

/** Whether the window of a slot serves an item on the slot's day. */
async function servedBy({ node, divisions, now }: AppointmentsParts, queries: NodeQueries, code: string) {
  const item = await findItem(queries, code, { today: dayOf(now()) });
  if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${code}.`, { field: 'item', node });
  const offices = await findOffices(queries);
  const { tier } = divisions.get(node);
  return ({ window, day }: { window: string; day: Day }) =>
    offices.windows.some((w) => w.code === window && serves(offices, w, item, tier, day));
}

function slotsKept(parts: AppointmentsParts): Pick<AppointmentHandlers, 'openSlots' | 'changeSlot' | 'closeSlot'> {
  const { node, divisions, calendar, successionOf, now } = parts;
  const { tier } = divisions.get(node);
  /** The slot of an id with its window, if the person may keep it. */
  async function kept(tx: SharedTx, viewer: Viewer, id: string) {
    const { windows } = await findOffices(tx);
    const slot = await getSlot(tx, id);
    requireSlotKeeper(viewer, windowOf(node, windows, slot.window), tier);
    return { slot, windows };
  }

  return {
    openSlots: ({ viewer, tx, input, once }) => {
      requireOpenNode(node, successionOf);
      return once(async () => {
        const { window: code, begins, ends, capacity, afterHours } = input;
        await store.lockAppointments(tx);
        const { windows } = await findOffices(tx);
        const window = windowOf(node, windows, code);
        requireSlotKeeper(viewer, window, tier);
        const days = [...new Set(input.days)].toSorted();
        const known = await store.findSlots(tx, days[0] ?? '', days.at(-1) ?? '');
        const made = days.map((day): Slot => {
          const slot = { window: code, day, begins, ends, afterHours };
          const others = known.filter((s) => s.window === code && s.day === day && s.closedFor === null);
          requireNewSlot(slot, window, others, { now: now(), calendar: calendar() });
          return { ...slot, id: randomUUID(), capacity, booked: 0, last: 0, closedFor: null };
        });
        await store.insertSlots(tx, made, viewer.sub);
        return made.map((slot) => slotView(node, windows, slot));
      });
    },

    async changeSlot({ viewer, tx, input: { id, capacity }, once }) {
      return once(async () => {
        await store.lockAppointments(tx);
        const { slot, windows } = await kept(tx, viewer, id);
        requireCapacity(slot, capacity);
        await store.saveSlot(tx, { ...slot, capacity });
        return slotView(node, windows, { ...slot, capacity });
      });
    },

    async closeSlot({ viewer, tx, input: { id, reason }, once }) {
      return once(async () => {
        await store.lockAppointments(tx);
        const { slot, windows } = await kept(tx, viewer, id);
        requireOpenSlot(slot);
        requireClosingReason(reason);
        const waiting = (await store.findOfSlot(tx, id, 'BOOKED')).map(({ number }) => number);
        const closed = { ...slot, booked: slot.booked - waiting.length, closedFor: reason };
        await store.saveState(tx, waiting, 'CALLED_OFF', viewer.sub);
        await store.saveSlot(tx, closed);
        return slotView(node, windows, closed);
      });
    },
  };
}

/** A slot with its window; one whose window is gone keeps its code. */
function slotView(node: DivisionCode, windows: readonly ServiceWindow[], slot: Slot): SlotView {
  const window = windows.find(({ code }) => code === slot.window);
  return { ...slot, windowName: window?.name ?? slot.window, place: window?.place ?? null, division: node };
}

function windowOf(node: DivisionCode, windows: readonly ServiceWindow[], code: string): ServiceWindow {
  const window = windows.find((w) => w.code === code);
  if (window) return window;
  throw problem('NOT_FOUND', `${node} has no window ${code}.`, { node, field: 'window' });
}
