import type { Meeting } from '@liandong/schema/domains/meetings';
import type { Viewer } from '@liandong/schema/operation';
import { minutesNumber, minutesText, requireClosable } from '@liandong/schema/domains/meetings';
import { dayOf } from '@liandong/schema/kernel';
import type { SharedTx } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';
import type { MeetingParts } from './agenda.ts';
import { nextSerial } from './meeting-store.ts';

/**
 * A meeting with its minutes fixed under the next number of the desk.
 * @throws {ProblemError} ILLEGAL_STEP, MEETING_INCOMPLETE
 */
export async function closed(
  { node, divisions, now }: MeetingParts,
  tx: SharedTx,
  meeting: Meeting,
  { name: by }: Viewer,
): Promise<{ meeting: Meeting; serial: number }> {
  const at = now();
  requireClosable(meeting, at);
  const year = dayOf(at).slice(0, 4);
  const serial = await nextSerial(tx, year);
  const number = minutesNumber(year, serial);
  const text = minutesText(meeting, number, divisions.get(node).name, at);
  const minutes = { number, at, by, digest: sha256(text), text };
  return { meeting: { ...meeting, state: 'HELD', minutes }, serial };
}
