import type { QueueNumber, Serves } from '@liandong/schema/domains/queue';
import type { Offices, ServiceWindow } from '@liandong/schema/domains/offices';
import type { DivisionCode, Divisions, Tier } from '@liandong/schema/kernel';
import type { SuccessionOf } from '@liandong/schema/case';
import { holdsOn, serves } from '@liandong/schema/domains/offices';
import { dayOf } from '@liandong/schema/kernel';
import type { NodeQueries } from '../db/index.ts';
import { findOffices } from '../offices/index.ts';
import { findNumbers } from './queue-store.ts';

export interface QueueParts {
  node: DivisionCode;
  divisions: Divisions;
  successionOf: SuccessionOf;
  now: () => Date;
}

/** The queue of a node at one moment. */
export interface Hall {
  tier: Tier;
  offices: Offices;
  /** Windows that are open today. */
  windows: readonly ServiceWindow[];
  numbers: readonly QueueNumber[];
  now: Date;
}

/** The queue as it is now. */
export async function hallOf({ node, divisions, now }: QueueParts, queries: NodeQueries): Promise<Hall> {
  const at = now();
  const day = dayOf(at);
  const offices = await findOffices(queries);
  const windows = offices.windows.filter((window) => holdsOn(window, day));
  const numbers = await findNumbers(queries, day);
  return { tier: divisions.get(node).tier, offices, windows, numbers, now: at };
}

/** What a window of today serves; nothing if it is not open. */
export function servesAt({ tier, offices, windows, now }: Hall, code: string): Serves {
  const window = windows.find((w) => w.code === code);
  return ({ item, department }) =>
    window !== undefined && serves(offices, window, { code: item ?? '', department }, tier, dayOf(now));
}
