import type { Answer, MessageKind } from '@liandong/schema/wire';
import { ERRORS, ProblemError } from '@liandong/schema/kernel';
import type { Verdict } from './messages.ts';
import { isAboutKeys } from './parked.ts';

/** The result of a message, also if it could not be processed. */
export type Settled = Verdict | { outcome: 'PARKED'; code: string; reason: string };

/** A reason is a sentence or two. It may quote a message, and such a quote has no limit of its own. */
const REASON_CHARACTERS = 1_000;

/** Most materials asked for at once; the rest is asked for when these have come. */
const MOST_WANTED = 2_000;

/** The answer to the sender; null if there is no answer yet. */
export function answerOf(id: string, digest: string, verdict: Settled): Answer | null {
  switch (verdict.outcome) {
    case 'DONE':
      return { id, outcome: 'DONE', digest, line: verdict.line ?? null };
    case 'REFUSED':
      return { id, outcome: 'REFUSED', digest, code: verdict.code, reason: shortened(verdict.reason) };
    case 'PARKED':
      return { id, outcome: 'PARKED', digest, code: verdict.code };
    case 'WANTS':
      return { id, outcome: 'WANTS', materials: verdict.materials.slice(0, MOST_WANTED) };
    case 'WATERMARK':
      return { id, ...verdict };
    case 'LATER':
      return null;
    default:
      return verdict satisfies never;
  }
}

function shortened(reason: string): string {
  return reason.length <= REASON_CHARACTERS ? reason : `${reason.slice(0, REASON_CHARACTERS - 1)}…`;
}

/** The result of a receiver's error: later where trying again helps, else the message is set aside for people. */
export function parkedBy(error: unknown, kind: MessageKind): Settled {
  if (!(error instanceof ProblemError))
    return { outcome: 'PARKED', code: 'INTERNAL', reason: 'See the log of the host.' };
  const { code, message } = error.problem;
  // a feed states its entries again without being asked, also when another feed has brought what they need
  if (kind === 'FEED' && (isAboutKeys(code) || code === 'ITEM_UNKNOWN')) return { outcome: 'LATER', reason: message };
  // a message that waits for a key is shown to people
  if (isAboutKeys(code)) return { outcome: 'PARKED', code, reason: message };
  return ERRORS[code].retry ? { outcome: 'LATER', reason: message } : { outcome: 'PARKED', code, reason: message };
}

/** Whether the database was unavailable for the moment: nothing is wrong with the message. */
export function isLost(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'DATABASE_UNAVAILABLE';
}
