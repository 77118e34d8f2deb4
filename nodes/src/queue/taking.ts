import type { queue, QueueNumber, QueueService } from '@liandong/schema/domains/queue';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import { permittedRole } from '@liandong/schema/operation';
import { requireInForce } from '@liandong/schema/domains/catalogue';
import { numberOf } from '@liandong/schema/domains/queue';
import { requireOpenNode } from '@liandong/schema/case';
import { ARTICLES, dayOf, problem } from '@liandong/schema/kernel';
import { arrive } from '../appointments/index.ts';
import { findItem } from '../catalogue/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { Hall, QueueParts } from './hall.ts';
import { servesAt } from './hall.ts';

type Wanted = InputOf<typeof queue.operations.takeNumber>;

/**
 * A number for a visitor, who waits from now on.
 * @throws {ProblemError} BAD_INPUT, ITEM_UNKNOWN, ITEM_NOT_IN_FORCE, WINDOW_UNAUTHORIZED, NOT_FOUND, ILLEGAL_STEP
 */
export async function taken(
  parts: QueueParts,
  tx: SharedTx,
  viewer: Viewer,
  wanted: Wanted,
  hall: Hall,
): Promise<QueueNumber> {
  const { node, successionOf } = parts;
  requireOpenNode(node, successionOf);
  const { services, appointment } = await purposeOf(parts, tx, viewer, wanted, hall);
  for (const service of services) requireWindow(parts, hall, service);
  const serial = (hall.numbers.at(-1)?.serial ?? 0) + 1;
  return {
    day: dayOf(hall.now),
    serial,
    number: numberOf(serial, { services, appointment }),
    services,
    appointment,
    takenAt: hall.now,
    state: 'WAITING',
    window: null,
    calledAt: null,
    calls: 0,
  };
}

async function purposeOf(
  { node, divisions }: QueueParts,
  tx: SharedTx,
  viewer: Viewer,
  { items, department, appointment }: Wanted,
  { now }: Hall,
): Promise<Pick<QueueNumber, 'services' | 'appointment'>> {
  const given = [items.length > 0, department !== null, appointment !== null].filter(Boolean);
  if (given.length !== 1) {
    throw problem('BAD_INPUT', 'Say items, or a department, or an appointment.', { article: ARTICLES.queue, node });
  }
  const serviceOf = async (code: string): Promise<QueueService> => {
    const item = await findItem(tx, code, { today: dayOf(now) });
    if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${code}.`, { field: 'items', node });
    requireInForce(item, dayOf(now));
    return { item: code, department: item.department, done: false };
  };
  if (appointment) {
    const isStaff = permittedRole(viewer, 'MARK_APPOINTMENT', divisions.get(node).tier) !== undefined;
    const code = isStaff ? appointment.code : (appointment.code ?? '');
    const { item, begins, ends } = await arrive(tx, appointment.number, code, { now, by: viewer.sub });
    return { services: [await serviceOf(item)], appointment: { begins, ends } };
  }
  if (department !== null) return { services: [{ item: null, department, done: false }], appointment: null };
  const services: QueueService[] = [];
  for (const code of new Set(items)) services.push(await serviceOf(code));
  return { services, appointment: null };
}

/** Nobody waits for what no window of today serves. */
function requireWindow({ node }: QueueParts, hall: Hall, service: QueueService): void {
  if (hall.windows.some(({ code }) => servesAt(hall, code)(service))) return;
  throw problem('WINDOW_UNAUTHORIZED', `No window of ${node} serves ${service.item ?? service.department} today.`, {
    article: ARTICLES.windowAuthority,
    field: service.item === null ? 'department' : 'items',
    node,
  });
}
