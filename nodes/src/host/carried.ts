import type { DivisionCode } from '@liandong/schema/kernel';
import type { SharedTx } from '../db/index.ts';
import { pipelined } from '../db/index.ts';
import type { Outgoing } from '../handoff/index.ts';
import { carriedNotes } from '../notes/index.ts';
import { carriedAnswers } from '../sharing/index.ts';

/**
 * Messages that follow the dossier of a case that is handed off: records that data sharing gave for it, and the desks'
 * notes.
 */
export async function carriedAlong(tx: SharedTx, caseId: string, receiver: DivisionCode): Promise<Outgoing[]> {
  const [answers, notes] = await pipelined(carriedAnswers(tx, caseId, receiver), carriedNotes(tx, caseId, receiver));
  return [...answers, ...notes];
}
