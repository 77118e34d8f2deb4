import type { Day } from '../../kernel/calendar.ts';
import type { DeviceEnd, NumberGap } from './words.ts';

/** A block of numbers, as the register of a day needs it. */
export interface RegisteredBlock {
  /** First serial of the day, and how many. */
  first: number;
  size: number;
  why: NumberGap;
  device: string;
  deviceName: string;
  person: string;
  since: Date;
  /** Why the device was ended, and by whom; null while it is in use. */
  ended: { reason: DeviceEnd; by: string } | null;
}

/** 空号: serials that follow each other, which no case has for one reason. */
export interface SerialGap {
  first: number;
  last: number;
  why: NumberGap;
  /** The block they belong to; null where a filing at the desk asked for them. */
  block: RegisteredBlock | null;
}

/** The numbers of a day at one node. */
export interface DaySerials {
  day: Day;
  /** Serials 1 to this were given out. */
  given: number;
  /** Serials that cases have. */
  used: ReadonlySet<number>;
  blocks: readonly RegisteredBlock[];
}

/** Explains every serial that no case has. Together with those that cases have they are all, each once. */
export function serialGaps({ given, used, blocks }: DaySerials): SerialGap[] {
  const gaps: SerialGap[] = [];
  const inOrder = blocks.toSorted((a, b) => a.first - b.first);
  let at = 0;
  for (let serial = 1; serial <= given; serial++) {
    while (at < inOrder.length && endOf(inOrder[at]) < serial) at++;
    if (used.has(serial)) continue;
    const candidate = inOrder[at];
    const block = candidate && candidate.first <= serial ? candidate : null;
    const last = gaps.at(-1);
    if (last && last.last === serial - 1 && last.block === block) last.last = serial;
    else gaps.push({ first: serial, last: serial, why: block?.why ?? 'NOT_USED', block });
  }
  return gaps;
}

const endOf = (block: RegisteredBlock | undefined) => (block ? block.first + block.size - 1 : 0);
