import type { Answer, MessageKind } from '@liandong/schema/wire';
import { ERRORS, ProblemError } from '@liandong/schema/kernel';
import type { Verdict } from './messages.ts';
import { isAboutKeys } from './parked.ts';

/** What became of a message, also where nothing could be done with it. */
export type Settled = Verdict | { outcome: 'PARKED'; code: string; reason: string };

/** A reason is a sentence or two: what it quotes of a message may be as long as anything. */
const REASON_CHARACTERS = 1_000;

/** Most materials asked for at once; the rest is asked for when these have come. */
const MOST_WANTED = 2_000;

/** What is said to the sender; null when nothing is said yet. */
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

/** What a receiver's error comes to: later where trying again helps, else set aside for people. */
export function parkedBy(error: unknown, kind: MessageKind): Settled {
  if (!(error instanceof ProblemError))
    return { outcome: 'PARKED', code: 'INTERNAL', reason: 'See the log of the host.' };
  const { code, message } = error.problem;
  // a feed states its entries again by itself, also when another feed has brought what they rest on
  if (kind === 'FEED' && (isAboutKeys(code) || code === 'ITEM_UNKNOWN')) return { outcome: 'LATER', reason: message };
  // what waits for a key is shown
  if (isAboutKeys(code)) return { outcome: 'PARKED', code, reason: message };
  return ERRORS[code].retry ? { outcome: 'LATER', reason: message } : { outcome: 'PARKED', code, reason: message };
}

/** Whether the database could not do it for the moment: nothing is wrong with what came. */
export function isLost(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'DATABASE_UNAVAILABLE';
}
