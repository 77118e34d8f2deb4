import type { queue, QueueNumber, QueueNumberView, Serves } from '@liandong/schema/domains/queue';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import {
  callAt,
  inOrder,
  nextNumber,
  passed,
  requireAtWindow,
  requireCalledBefore,
  requireQueueReader,
  servedAt,
  waitsFor,
} from '@liandong/schema/domains/queue';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { NodeHandlers, SharedTx } from '../db/index.ts';
import type { Hall, QueueParts } from './hall.ts';
import { hallOf, servesAt } from './hall.ts';
import { findNumbers, lockQueue, saveNumber } from './queue-store.ts';
import { taken } from './taking.ts';

type QueueHandlers = NodeHandlers<typeof queue>;

/** 排队叫号 at one node: its numbers of today; needs no other node. */
export function queueHandlers(parts: QueueParts): QueueHandlers {
  const { node, divisions } = parts;
  return {
    async queueBoard({ queries }) {
      const hall = await hallOf(parts, queries);
      const { numbers, windows, now } = hall;
      const waiting = inOrder(numbers, now);
      return {
        division: node,
        day: dayOf(now),
        windows: windows.map(({ code, name, place, department }) => {
          const here = numbers.find(({ state, window }) => state === 'CALLED' && window === code);
          const count = waiting.filter((number) => waitsFor(number, servesAt(hall, code))).length;
          const { number = null, calledAt = null, calls = 0 } = here ?? {};
          return { code, name, place, department, number, calledAt, calls, waiting: count };
        }),
        waiting: waiting.map(({ number }) => number),
        passed: numbers.filter(({ state }) => state === 'PASSED').map(({ number }) => number),
      };
    },

    async queueNumbers({ viewer, queries }) {
      requireQueueReader(viewer, node, divisions);
      const hall = await hallOf(parts, queries);
      return hall.numbers.map((number) => viewOf(node, hall, number));
    },

    takeNumber: ({ viewer, tx, input, once }) =>
      changed(parts, tx, once, (hall) => taken(parts, tx, viewer, input, hall)),

    callNext: ({ viewer, tx, input: { window }, once }) =>
      changed(parts, tx, once, async (hall) => {
        const serving = at(parts, viewer, hall, window);
        return callAt(nextNumber(hall.numbers, serving, hall.now), window, hall.numbers, serving, hall.now);
      }),

    callAgain: ({ viewer, tx, input: { window, number }, once }) =>
      changed(parts, tx, once, async (hall) => {
        const serving = at(parts, viewer, hall, window);
        const found = getNumber(node, hall, number);
        requireCalledBefore(found);
        return callAt(found, window, hall.numbers, serving, hall.now);
      }),

    passNumber: ({ viewer, tx, input: { number }, once }) =>
      changed(parts, tx, once, async (hall) => {
        const found = getNumber(node, hall, number);
        requireCaller(parts, viewer, hall, found);
        return passed(found);
      }),

    finishNumber: ({ viewer, tx, input: { number }, once }) =>
      changed(parts, tx, once, async (hall) => {
        const found = getNumber(node, hall, number);
        requireCaller(parts, viewer, hall, found);
        return servedAt(found, servesAt(hall, found.window ?? ''));
      }),
  };
}

/** Changes one number once under its key, with the queue locked, and shows it as it is now. */
async function changed(
  parts: QueueParts,
  tx: SharedTx,
  once: (work: () => Promise<NumberKey>) => Promise<NumberKey>,
  change: (hall: Hall) => Promise<QueueNumber>,
): Promise<QueueNumberView> {
  const { day, serial } = await once(async () => {
    await lockQueue(tx);
    const number = await change(await hallOf(parts, tx));
    await saveNumber(tx, number);
    return { day: number.day, serial: number.serial };
  });
  const hall = { ...(await hallOf(parts, tx)), numbers: await findNumbers(tx, day) };
  const number = hall.numbers.find((n) => n.serial === serial);
  if (!number) throw problem('NOT_FOUND', `${parts.node} has no number ${serial} of ${day}.`, { node: parts.node });
  return viewOf(parts.node, hall, number);
}

/** Names a number of any day. */
type NumberKey = Pick<QueueNumber, 'day' | 'serial'>;

/** What the window serves at which a person calls. */
function at({ node }: QueueParts, viewer: Viewer, hall: Hall, code: string): Serves {
  const window = hall.offices.windows.find((w) => w.code === code);
  if (!window) throw problem('NOT_FOUND', `${node} has no window ${code}.`, { node, field: 'window' });
  requireAtWindow(viewer, window, hall.tier, hall.now);
  return servesAt(hall, code);
}

/** A number is passed and finished by the people of the window that called it. */
function requireCaller(parts: QueueParts, viewer: Viewer, hall: Hall, { window }: QueueNumber): void {
  if (window !== null) at(parts, viewer, hall, window);
}

function getNumber(node: DivisionCode, { numbers }: Hall, number: string): QueueNumber {
  const found = numbers.find((n) => n.number === number.toUpperCase());
  if (found) return found;
  throw problem('NOT_FOUND', `${node} gave no number ${number} today.`, { node, field: 'number' });
}

function viewOf(node: DivisionCode, hall: Hall, number: QueueNumber): QueueNumberView {
  const fitting = hall.windows.filter(({ code }) => waitsFor(number, servesAt(hall, code)));
  const order = inOrder(hall.numbers, hall.now);
  const place = order.findIndex(({ serial }) => serial === number.serial);
  const before = order.slice(0, Math.max(0, place));
  const ahead = before.filter((other) => fitting.some(({ code }) => waitsFor(other, servesAt(hall, code)))).length;
  return { ...number, ahead, division: node };
}
