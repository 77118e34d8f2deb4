import type { Item } from '@liandong/schema/domains/catalogue';
import { MAX_ITEM_FORM_BYTES } from '@liandong/schema/domains/catalogue';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import { formWantedSchema, materialPartSchema } from '@liandong/schema/wire';
import type { SharedTx } from '../db/index.ts';
import type { Incoming, Outbox, Outgoing, Verdict } from '../handoff/index.ts';
import { addFormPart, addWish, lockForm, publishForms, takeWishes } from './form-store.ts';

/** Bytes of one message that carries a piece of a form. */
const PIECE_BYTES = 512 * 1024;

/**
 * Carries forms down, from level to level as the catalogue goes. A node asks the level above for each form that its copy
 * of the catalogue names and it does not have; a node that waits for it itself answers when it comes. So a new node, a
 * restored one and one that was offline get theirs in the same way. Messages to a host that knows no forms yet wait for
 * its upgrade.
 */
export class FormCarrier {
  readonly #divisions: Divisions;
  readonly #outbox: Outbox;

  constructor(divisions: Divisions, outbox: Outbox) {
    this.#divisions = divisions;
    this.#outbox = outbox;
  }

  /** Offers the forms of published items, and asks the level above for those that are not here. */
  readonly offer = async (tx: SharedTx, items: readonly Item[]): Promise<void> => {
    const forms = items.flatMap((item) => item.forms ?? []);
    if (forms.length === 0) return;
    const missing = await publishForms(tx, forms);
    for (const { sha256: digest, size } of forms) {
      if (!missing.includes(digest)) await this.#send(tx, digest, size, await takeWishes(tx, digest));
    }
    const { parent } = this.#divisions.get(tx.node);
    if (parent === null) return;
    const asked = missing.map((sha256) => ({
      receiver: parent,
      kind: 'FORM_WANTED' as const,
      caseId: null,
      body: { sha256 },
    }));
    await this.#outbox.enqueue(tx, asked);
  };

  /** Sends a form to a node of the level below, or notes that it waits for it. */
  readonly wanted = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const parsed = formWantedSchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'No question for a form.', { cause: parsed.error });
    const { from } = message;
    if (this.#divisions.get(from).parent !== tx.node) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${from} asks the level above it for forms.` };
    }
    const { sha256: digest } = parsed.data;
    const form = await lockForm(tx, digest);
    if (form?.arrived) await this.#send(tx, digest, form.size, [from]);
    else if (!(await addWish(tx, from, digest))) {
      return { outcome: 'REFUSED', code: 'RATE_LIMITED', reason: `${from} waits for too many forms.` };
    }
    return { outcome: 'DONE' };
  };

  /** Keeps a piece of a form; the last one goes on to those who wait for it. */
  readonly part = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const parsed = materialPartSchema.safeParse(message.body);
    const { bytes, from } = message;
    if (!parsed.success || !bytes) throw problem('MESSAGE_INVALID', 'No piece of a form.', { cause: parsed.error });
    const { sha256: digest, offset, length, size } = parsed.data;
    if (this.#divisions.get(tx.node).parent !== from) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${from} is not the level above.` };
    }
    const form = await lockForm(tx, digest);
    const sound = bytes.length === length && offset + length <= size && size <= MAX_ITEM_FORM_BYTES;
    if (!form || form.size !== size || !sound) {
      return { outcome: 'REFUSED', code: 'MATERIAL_CORRUPT', reason: `${digest} is no piece of a form named here.` };
    }
    if (form.arrived) return { outcome: 'DONE' };
    const stored = await addFormPart(tx, parsed.data, bytes);
    if (stored === 'CORRUPT') {
      return {
        outcome: 'REFUSED',
        code: 'MATERIAL_CORRUPT',
        reason: `The bytes of ${digest} are not what they should be.`,
      };
    }
    if (stored === 'WHOLE') await this.#send(tx, digest, size, await takeWishes(tx, digest));
    return { outcome: 'DONE' };
  };

  async #send(tx: SharedTx, digest: string, size: number, receivers: readonly DivisionCode[]): Promise<void> {
    const pieces = Array.from({ length: Math.ceil(size / PIECE_BYTES) }, (_, i) => {
      const offset = i * PIECE_BYTES;
      return { sha256: digest, offset, length: Math.min(PIECE_BYTES, size - offset), size };
    });
    const messages = receivers.flatMap((receiver) =>
      pieces.map((body): Outgoing => ({ receiver, kind: 'FORM_PART', caseId: null, body })),
    );
    await this.#outbox.enqueue(tx, messages);
  }
}
