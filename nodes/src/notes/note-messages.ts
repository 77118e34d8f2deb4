import type { DivisionCode } from '@liandong/schema/kernel';
import { caseNoteSchema, noteSchema } from '@liandong/schema/domains/notes';
import { hasPart, readersOf, wasConcerned } from '@liandong/schema/case';
import { problem } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import type { StoredCase } from '../cases/index.ts';
import { findCase } from '../cases/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import type { Incoming, Outbox, Outgoing, Verdict } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import type { SignalBook } from '../signals/index.ts';
import type { SignedNote } from './note-store.ts';
import { findNotes, findNotesSince, keepNote } from './note-store.ts';

/** Each note is a message of its own, as it was signed, so that a desk recognizes a note it has. */
export function messagesOf(desks: readonly DivisionCode[], notes: readonly SignedNote[]): Outgoing[] {
  return desks.flatMap((receiver) =>
    notes.map(({ note, jws }): Outgoing => {
      const body = { case: note.case, note: jws };
      return { receiver, kind: 'CASE_NOTE', caseId: note.case, body };
    }),
  );
}

/** The messages that follow a case to its next custodian: every note on it. */
export async function carriedNotes(queries: NodeQueries, caseId: string, receiver: DivisionCode): Promise<Outgoing[]> {
  return messagesOf([receiver], await findNotes(queries, caseId));
}

/** The notes for a restored peer: those written since a moment on cases that it holds or held. */
export async function notesForRestored(tx: SharedTx, peer: DivisionCode, since: Date): Promise<Outgoing[]> {
  const given: SignedNote[] = [];
  for (const signed of await findNotesSince(tx, since)) {
    const stored = await findCase(tx, signed.note.case);
    if (stored && readersOf(stored.file).includes(peer)) given.push(signed);
  }
  return messagesOf([peer], given);
}

/** Takes in notes that other desks of a case wrote; the case's custodian or a former custodian brings them. */
export class NoteReceiver {
  readonly #trust: Trust;
  readonly #outbox: Outbox;
  readonly #signals: SignalBook;

  constructor(trust: Trust, outbox: Outbox, signals: SignalBook) {
    this.#trust = trust;
    this.#outbox = outbox;
    this.#signals = signals;
  }

  /** Takes a note if the desk that signed it has, or had, a part in its case, and so has the node that brings it. */
  readonly receive = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = caseNoteSchema.safeParse(message.body);
    if (!body.success) throw invalid(body.error);
    const { jws, signer, note } = await this.#opened(body.data.note);
    if (note.node !== signer) throw problem('SIGNATURE_INVALID', `${signer} signed a note of ${note.node}.`);
    if (note.case !== body.data.case) throw invalid();
    const stored = await findCase(tx, note.case);
    if (!stored) return { outcome: 'LATER', reason: `${note.case} is not known here yet` };
    if (!hasPart(message.from, stored.file)) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${message.from} has no part in ${note.case}.` };
    }
    const lines = stored.lines.map(({ line }) => line);
    if (!wasConcerned(lines, note.node, this.#trust.successionOf)) {
      // the line by which the case came to that desk may still be under way
      return { outcome: 'LATER', reason: `${note.case} did not come to ${note.node} as far as is known here` };
    }
    const kept = await keepNote(tx, { note, jws });
    if (kept === 'ANOTHER') {
      return { outcome: 'REFUSED', code: 'MESSAGE_INVALID', reason: `Another note is kept under ${note.id}.` };
    }
    if (kept === 'FRESH') {
      await this.#signals.ofNote(tx, stored, note);
      await this.#passOn(tx, stored, message.from, { note, jws });
    }
    return { outcome: 'DONE' };
  };

  /** Sends a note on to where the case went from here: its author may not have known of that yet. */
  async #passOn(tx: SharedTx, { file }: StoredCase, from: DivisionCode, signed: SignedNote): Promise<void> {
    const next = file.inTransitTo ?? file.custodian;
    if ([tx.node, from, signed.note.node].includes(next) || this.#trust.isGone(next)) return;
    await this.#outbox.enqueue(tx, messagesOf([next], [signed]));
  }

  async #opened(jws: string) {
    const { node: signer, payload } = await this.#trust.verify(jws, SIGNED_TYPES.note);
    const parsed = noteSchema.safeParse(payload);
    if (!parsed.success) throw invalid(parsed.error);
    return { jws, signer, note: parsed.data };
  }
}

function invalid(cause?: unknown) {
  return problem(
    'MESSAGE_INVALID',
    'The body of the message is no note on a case.',
    cause === undefined ? {} : { cause },
  );
}
