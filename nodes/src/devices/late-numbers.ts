import { judgeLateFiling, requireOwnDevice } from '@liandong/schema/domains/devices';
import type { FileCaseInput } from '@liandong/schema/domains/filing';
import { parseCaseNumber, problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { SharedTx } from '../db/index.ts';
import { findLateFiling, insertLateFiling, lockBlockOf } from './block-store.ts';
import { lockDevice, markSeen } from './device-store.ts';

type LateInput = NonNullable<FileCaseInput['late']>;

/** A late filing that may go on: when it counts as received, and the block of its number. */
export interface JudgedLate {
  device: string;
  number: string;
  block: string;
  receivedAt: Date;
}

/**
 * Judges a late filing by its device, number and time. Device and block stay locked until the transaction ends, so that
 * a number has one case and a device that is ended files nothing.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, DEVICE_ENDED, NUMBER_USED, NUMBER_ENDED, BAD_INPUT
 */
export async function judgeLate(tx: SharedTx, viewer: Viewer, late: LateInput, now: Date): Promise<JudgedLate> {
  const { device, number } = late;
  requireOwnDevice(await lockDevice(tx, device, 'late.device'), viewer);
  const parsed = parseCaseNumber(number);
  const block = parsed?.node === tx.node ? await lockBlockOf(tx, device, parsed) : undefined;
  if (!block) {
    throw problem('NOT_FOUND', `${number} is in no block of numbers of this device.`, { field: 'late.number' });
  }
  if (await findLateFiling(tx, number)) {
    throw problem('NUMBER_USED', `A case has the number ${number} already; find it by its number.`, {
      field: 'late.number',
    });
  }
  return { device, number, block: block.id, receivedAt: judgeLateFiling(block, late, now) };
}

/** Notes that a case has the number. */
export async function noteUsed(tx: SharedTx, late: JudgedLate, caseId: string, at: Date): Promise<void> {
  const { device, number, block, receivedAt } = late;
  await insertLateFiling(tx, { number, block, caseId, receivedAt, enteredAt: at });
  await markSeen(tx, device, at);
}
