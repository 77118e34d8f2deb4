import { randomUUID } from 'node:crypto';
import type { CaseNoteView, Note, notes } from '@liandong/schema/domains/notes';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { requireNoteReader, writeNote } from '@liandong/schema/domains/notes';
import { readersOf } from '@liandong/schema/case';
import { problem } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import type { CaseDesk, StoredCase } from '../cases/index.ts';
import { askProtocol, lockReadableCase, readableCase } from '../cases/index.ts';
import type { NodeHandlers, SharedTx } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import type { SignalBook } from '../signals/index.ts';
import { messagesOf } from './note-messages.ts';
import type { SignedNote } from './note-store.ts';
import { findNote, findNotes, keepNote } from './note-store.ts';

export interface NotesParts {
  node: DivisionCode;
  divisions: Divisions;
  trust: Trust;
  outbox: Outbox;
  cases: CaseDesk;
  signals: SignalBook;
}

/** 内部备注 at one node: its people's notes on cases that are or were here, and other desks' notes on them. */
export function noteHandlers(parts: NotesParts): NodeHandlers<typeof notes> {
  const { node, divisions, trust } = parts;
  return {
    async addNote({ viewer, tx, input: { case: id, text }, once }) {
      const stored = await lockReadableCase(parts, tx, viewer, id, 'case');
      const key = await once(async () => {
        const context = await parts.cases.deskAt(tx, viewer, stored.file);
        const note = writeNote(context, stored.file, text, randomUUID());
        const signed = { note, jws: await trust.sign(node, SIGNED_TYPES.note, note) };
        await keepNote(tx, signed);
        await parts.signals.ofNote(tx, stored, note);
        await tell(parts, tx, stored, signed);
        return note.id;
      });
      const written = await findNote(tx, key);
      if (!written) throw problem('NOT_FOUND', `${node} has no note ${key}.`, { node });
      return viewOf(written.note);
    },

    async caseNotes({ viewer, queries, input }) {
      requireNoteReader(viewer, divisions);
      await readableCase(parts, queries, viewer, input.case, 'case');
      return (await findNotes(queries, input.case)).map(({ note }) => viewOf(note));
    },
  };
}

/** Sends a note to every other desk that holds the case or held it, and to the one it is under way to. */
async function tell({ node, trust, outbox }: NotesParts, tx: SharedTx, stored: StoredCase, signed: SignedNote) {
  const concerned = new Set([...readersOf(stored.file), stored.file.inTransitTo ?? stored.file.custodian]);
  const desks = [...concerned].filter((desk) => desk !== node && !trust.isGone(desk));
  const unasked = desks.filter((desk) => outbox.waits(node, desk, 'CASE_NOTE'));
  await outbox.enqueue(tx, [
    ...unasked.flatMap((desk) => askProtocol(stored.id, stored.lines, desk)),
    ...messagesOf(desks, [signed]),
  ]);
}

function viewOf({ id, at, node, author, text }: Note): CaseNoteView {
  return {
    id,
    at: new Date(at),
    node,
    author: author.name,
    post: author.role,
    insteadOf: author.for?.name ?? null,
    text,
  };
}
