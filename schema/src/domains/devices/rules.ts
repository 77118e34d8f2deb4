import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { dayOf, endOfDay, plusDays } from '../../kernel/calendar.ts';
import { problem } from '../../kernel/errors.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import type { Role } from '../../kernel/words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { permittedRole } from '../../operation/permissions.ts';
import type { BlockState, DeviceEnd, StoredBlockState } from './words.ts';

/** Case numbers of one block. */
export const BLOCK_SIZE = 20;
/** A device gets another block of a day once it has fewer numbers of that day than this. */
export const FEW_LEFT = 10;
/** How many days ahead numbers can be taken: a device may be without a line for as long. */
export const DAYS_AHEAD = 7;
/** Days after its own for which a block's numbers may be filed. */
export const LATE_DAYS = 7;
/** How far the clock of a device may differ from the node's, ms. */
export const CLOCK_LEEWAY_MS = 5 * 60_000;
/** Most devices of one person that have not ended. */
export const MOST_DEVICES = 5;

/** Posts that see and end their own devices alone. */
const OWN_ONLY: readonly Role[] = ['AGENT', 'CLERK'];

const article = ARTICLES.lateFiling;

/** A person, by the issuer and subject of their token. */
export interface DevicePerson {
  issuer: string;
  sub: string;
}

/** What the rules need to know of a device. */
export interface DeviceStanding extends DevicePerson {
  endReason: DeviceEnd | null;
}

/** What the rules need to know of a block of numbers. */
export interface BlockStanding {
  day: Day;
  takenAt: Date;
  expiresAt: Date;
  state: StoredBlockState;
}

/** A late filing, as the device states it. */
export interface LateClaim {
  /** When the desk took the application in, by the device's clock. */
  receivedAt: Date;
}

/** When a block of a day expires: with the last of the {@link LATE_DAYS} days after it. */
export function blockExpiry(day: Day): Date {
  return endOfDay(plusDays(day, LATE_DAYS));
}

/**
 * What became of a block by now. An open one expires with its time; the numbers that were taken back from an ended device
 * are released then, since neither the device nor a paper that it printed can bring a use of them.
 */
export function blockStateAt({ state, expiresAt }: Pick<BlockStanding, 'state' | 'expiresAt'>, now: Date): BlockState {
  if (expiresAt > now) return state;
  if (state === 'OPEN') return 'EXPIRED';
  return state === 'TAKEN_BACK' ? 'RELEASED' : state;
}

export function isOwner(one: DevicePerson, other: DevicePerson): boolean {
  return one.issuer === other.issuer && one.sub === other.sub;
}

/**
 * A device is used by the person who registered it.
 * @throws {ProblemError} FORBIDDEN, DEVICE_ENDED
 */
export function requireOwnDevice(device: DeviceStanding, viewer: DevicePerson): void {
  if (!isOwner(device, viewer)) {
    throw problem('FORBIDDEN', 'Another person registered this device.', { field: 'device', article });
  }
  if (device.endReason === null) return;
  const way = 'What it took in is filed as a new application, with the number and date of today.';
  throw problem('DEVICE_ENDED', `This device was ended (${device.endReason}) and its numbers were taken back. ${way}`, {
    field: 'device',
    article,
  });
}

/**
 * A device is ended by its person, by the chief, head or administrator of its desk, and by those of the township above a village.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireDeviceEnder(device: DevicePerson, viewer: Viewer, divisions: Divisions): void {
  if (isOwner(device, viewer)) return;
  const { tier } = divisions.get(viewer.division);
  const roles = viewer.roles.filter((role) => !OWN_ONLY.includes(role));
  if (permittedRole({ ...viewer, roles }, 'END_DEVICE', tier) !== undefined) return;
  throw problem('FORBIDDEN', 'A device is ended by its person, or by a chief or administrator of the desk.', {
    article: ARTICLES.postDuties,
  });
}

/**
 * Whose devices a person sees at a desk: all of them, or only their own. Agents and clerks see their own.
 */
export function seesAllDevices(viewer: Viewer, division: DivisionCode, divisions: Divisions): boolean {
  const { tier } = divisions.get(viewer.division);
  const roles = viewer.roles.filter((role) => !OWN_ONLY.includes(role));
  return (
    divisions.isWithin(division, viewer.division) &&
    permittedRole({ ...viewer, roles }, 'READ_DEVICES', tier) !== undefined
  );
}

/**
 * Numbers are taken for today or one of the next {@link DAYS_AHEAD} days, and more of a day once few of it are left.
 * @param left numbers of that day the device still has
 * @throws {ProblemError} BAD_INPUT, NUMBERS_LEFT
 */
export function requireMoreNumbers(day: Day, left: number, now: Date): void {
  const today = dayOf(now);
  const last = plusDays(today, DAYS_AHEAD);
  if (day < today || day > last) {
    throw problem('BAD_INPUT', `day: numbers are given for ${today} to ${last}.`, { field: 'day' });
  }
  if (left < FEW_LEFT) return;
  throw problem('NUMBERS_LEFT', `The device has ${left} numbers of ${day} left; more are given below ${FEW_LEFT}.`, {
    field: 'day',
  });
}

/**
 * Judges the time a device claims for a number of one of its blocks. The application was received then: the desk had it
 * in hand, so limits that start at receipt run from that time (行政许可法 Art. 32), and the desk alone bears its delay.
 * @returns when it was received; a time within the leeway of the clock counts as now
 * @throws {ProblemError} NUMBER_ENDED; BAD_INPUT for a time that the block does not allow
 */
export function judgeLateFiling(block: BlockStanding, { receivedAt }: LateClaim, now: Date): Date {
  if (block.state !== 'OPEN' || now > block.expiresAt) {
    const state = block.state === 'OPEN' ? 'EXPIRED' : block.state;
    throw problem('NUMBER_ENDED', `The block of this number is ${state}. File the application with a new number.`, {
      field: 'late.number',
      article,
    });
  }
  const refused = (why: string) =>
    problem('BAD_INPUT', `late.receivedAt: ${why}.`, { field: 'late.receivedAt', article });
  if (receivedAt.getTime() > now.getTime() + CLOCK_LEEWAY_MS) throw refused('lies in the future; set the clock');
  if (receivedAt.getTime() < block.takenAt.getTime() - CLOCK_LEEWAY_MS) {
    throw refused('lies before the device took the number');
  }
  const counted = receivedAt > now ? now : receivedAt;
  if (dayOf(counted) !== block.day) throw refused(`the number is of ${block.day}, not of ${dayOf(counted)}`);
  return counted;
}
