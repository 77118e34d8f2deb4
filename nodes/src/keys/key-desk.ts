import type { DivisionCode } from '@liandong/schema/kernel';
import { keyMessageSchema } from '@liandong/schema/trust';
import { problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { SharedTx } from '../db/index.ts';
import type { Incoming, Verdict } from '../handoff/index.ts';
import type { Issuing } from './issuing.ts';
import { certifyKey, readKeyRequest, stateKeys } from './issuing.ts';
import { insertKeyDocument, kidIn, logKey } from './key-store.ts';

/** The actor in the log for a step of the node itself. */
const NODE = 'node';

/** Applies other nodes' documents to the keys that this node trusts. */
export class KeyDesk {
  readonly #issuing: Issuing;
  readonly #log: Logger;

  constructor(issuing: Issuing, log: Logger) {
    this.#issuing = issuing;
    this.#log = log;
  }

  /**
   * Receives a child's request to certify its next key. A key in effect signed the envelope it came in, so no person
   * has to vouch for the node again (as EST re-enrols, RFC 7030 §3.3.2). Also receives certificates and ends of keys
   * that a node below reports to the city.
   */
  readonly receive = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = keyMessageSchema.safeParse(message.body);
    if (!body.success) throw problem('MESSAGE_INVALID', 'Not a message about keys.', { cause: body.error });
    if ('request' in body.data) {
      const request = await readKeyRequest(body.data.request);
      if (request.node !== message.from) {
        return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${message.from} asks for ${request.node}.` };
      }
      const { divisions } = this.#issuing;
      if (divisions.get(request.node).parent !== tx.node) {
        return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${tx.node} does not vouch for ${request.node}.` };
      }
      await certifyKey(tx, this.#issuing, request, { until: null, actor: NODE });
      return { outcome: 'DONE' };
    }
    await stateKeys(tx, this.#issuing, [body.data.document], { actor: NODE, why: `told by ${message.from}` });
    return { outcome: 'DONE' };
  };

  /**
   * Stores key documents of a feed. A document proves itself or is left out. A document whose signer is unknown is
   * kept, and trusted when the signer's certificate comes.
   */
  readonly published = async (tx: SharedTx, publisher: DivisionCode, documents: readonly string[]): Promise<void> => {
    const { trust, now } = this.#issuing;
    for (const { document, state, reason } of await trust.learn(documents)) {
      if (!document || state === 'REFUSED') {
        this.#log.warn({ node: tx.node, publisher, reason }, 'key document ignored: it cannot be verified');
        continue;
      }
      if (!(await insertKeyDocument(tx, document))) continue;
      const subject = document.content.node;
      const kid = kidIn(document);
      const why = `${document.kind} published by ${publisher}`;
      await logKey(tx, { at: now(), actor: NODE, action: 'LEARNED', subject, kid, why });
    }
  };
}
