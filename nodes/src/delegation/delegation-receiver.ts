import type {
  DelegationDocument,
  DivisionCode,
  Divisions,
  Grant,
  GrantAnswer,
  GrantEnd,
  GrantRequest,
  Item,
  PublishedGrant,
} from '@liandong/schema';
import {
  ProblemError,
  SIGNED_TYPES,
  dayOf,
  delegationDocumentSchema,
  delegationMessageSchema,
  grantSchema,
  problem,
  requireSoundGrant,
} from '@liandong/schema';
import { findItems } from '../catalogue/index.ts';
import type { NodeTx } from '../db/index.ts';
import type { Answered, Incoming, Verdict } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { payloadOf, sha256 } from '../trust/index.ts';
import {
  endedBefore,
  lockGrant,
  lockRequest,
  newestSeq,
  saveAnswer,
  saveEnd,
  saveGrant,
  saveRefusal,
  saveRequest,
  saveRequestAnswer,
} from './delegation-store.ts';
import type { GrantPublisher } from './grant-publisher.ts';

export interface DelegationReceiverParts {
  trust: Trust;
  divisions: Divisions;
  publisher: GrantPublisher;
  now: () => Date;
}

/** What other nodes' delegation documents do here. A document that is refused is listed where it came from. */
export class DelegationReceiver {
  readonly #parts: DelegationReceiverParts;

  constructor(parts: DelegationReceiverParts) {
    this.#parts = parts;
  }

  /**
   * Takes a document between grantor and grantee, or a lower node's grant that is told here; what is wrong with it goes
   * back with its code.
   */
  readonly document = async (tx: NodeTx, message: Incoming): Promise<Verdict> => {
    const body = delegationMessageSchema.safeParse(message.body);
    if (!body.success) throw problem('MESSAGE_INVALID', 'Not a delegation document.');
    try {
      if ('published' in body.data) {
        await this.#copy(tx, message.from, body.data.published);
      } else {
        const { signer, document } = await this.#open(body.data.jws);
        await this.#take(tx, signer, document, body.data.jws);
      }
      return { outcome: 'DONE' };
    } catch (error) {
      // an unknown key or item may become known; everything else stays wrong and is told
      if (!(error instanceof ProblemError) || error.code === 'DATABASE_UNAVAILABLE') throw error;
      if (error.code === 'KEY_UNKNOWN' || error.code === 'ITEM_UNKNOWN') {
        return { outcome: 'LATER', reason: error.message };
      }
      return { outcome: 'REFUSED', code: error.code, reason: error.message };
    }
  };

  /** The grantee's refusal, listed at the grantor. */
  readonly answered = async (tx: NodeTx, { answer, body }: Answered): Promise<void> => {
    if (answer.outcome !== 'REFUSED') return;
    const sent = delegationMessageSchema.parse(body);
    // a copy that a level above does not take changes nothing between the parties
    if ('published' in sent) return;
    // one's own document: what is wrong with it is what the answer says
    const grant = grantSchema.safeParse(payloadOf(sent.jws));
    if (grant.success) await saveRefusal(tx, grant.data.id, answer.code, answer.reason);
  };

  /** Keeps a grant that came down with its grantor's feed. */
  readonly published = async (tx: NodeTx, publisher: DivisionCode, published: PublishedGrant): Promise<void> => {
    const { signer, document: grant } = await this.#open(published.grant);
    const answer = await this.#open(published.answer);
    const sound =
      grant.kind === 'GRANT' &&
      answer.document.kind === 'ANSWER' &&
      signer === publisher &&
      answer.signer === grant.grantee &&
      answer.document.digest === sha256(published.grant);
    if (!sound) throw problem('GRANT_INVALID', `${publisher} published a grant that is not its own.`);
    if (published.end !== null) {
      const { signer: ender, document: end } = await this.#open(published.end);
      const ended =
        end.kind === 'END' &&
        end.grant === grant.id &&
        ender === (end.way === 'REVOKED' ? grant.grantor : grant.grantee);
      if (!ended) throw problem('GRANT_INVALID', `${publisher} published an end that is none of ${grant.id}.`);
    }
    await saveGrant(tx, grant, published);
  };

  /** Keeps a grant that its grantor, who lies below, told this level of. */
  async #copy(tx: NodeTx, from: DivisionCode, published: PublishedGrant): Promise<void> {
    if (from === tx.node || !this.#parts.divisions.isWithin(from, tx.node)) {
      throw problem('FORBIDDEN', `${from} does not lie below ${tx.node}.`);
    }
    await this.published(tx, from, published);
  }

  async #open(jws: string): Promise<{ signer: DivisionCode; document: DelegationDocument }> {
    const { node, payload } = await this.#parts.trust.verify(jws, SIGNED_TYPES.delegation);
    const document = delegationDocumentSchema.safeParse(payload);
    if (!document.success) throw problem('GRANT_INVALID', 'The document is not what its kind says.');
    return { signer: node, document: document.data };
  }

  async #take(tx: NodeTx, signer: DivisionCode, document: DelegationDocument, jws: string): Promise<void> {
    switch (document.kind) {
      case 'GRANT':
        return this.#takeGrant(tx, signer, document, jws);
      case 'REQUEST':
        return this.#takeRequest(tx, signer, document, jws);
      case 'ANSWER':
        return this.#takeAnswer(tx, signer, document, jws);
      case 'END':
        return this.#takeEnd(tx, signer, document, jws);
      default:
        return document satisfies never;
    }
  }

  async #takeGrant(tx: NodeTx, signer: DivisionCode, grant: Grant, jws: string): Promise<void> {
    const { divisions, now } = this.#parts;
    const today = dayOf(now());
    if (grant.grantee !== tx.node) throw problem('GRANT_INVALID', `The grant is for ${grant.grantee}, not ${tx.node}.`);
    const known = new Map<string, Item>((await findItems(tx, grant.items, today)).map((item) => [item.code, item]));
    requireSoundGrant(grant, signer, (code) => known.get(code) ?? null, divisions, today);
    if (await endedBefore(tx, grant.id))
      throw problem('GRANT_ENDED', `The grant ${grant.id} was ended before it came.`);
    if ((await newestSeq(tx, grant.grantor, tx.node, grant.items)) >= grant.seq) {
      throw problem(
        'GRANT_STALE',
        `${tx.node} holds a grant of ${grant.grantor} that is as new as number ${grant.seq}.`,
      );
    }
    await saveGrant(tx, grant, { grant: jws, answer: null, end: null });
  }

  async #takeRequest(tx: NodeTx, signer: DivisionCode, request: GrantRequest, jws: string): Promise<void> {
    const sound =
      request.grantor === tx.node && request.grantee === signer && this.#parts.divisions.isWithin(signer, tx.node);
    if (!sound) throw problem('GRANT_INVALID', `${signer} can't ask ${tx.node} for that power.`);
    await saveRequest(tx, request, jws);
  }

  async #takeAnswer(tx: NodeTx, signer: DivisionCode, answer: GrantAnswer, jws: string): Promise<void> {
    const stored = await lockGrant(tx, answer.to);
    if (stored) {
      if (signer !== stored.grant.grantee || answer.digest !== sha256(stored.grantJws)) {
        throw problem('GRANT_INVALID', `${signer} can't answer the grant ${answer.to}.`);
      }
      await saveAnswer(tx, answer.to, jws);
      // who routes below must know it; nothing is known unaccepted
      if (answer.accepted) await this.#parts.publisher.publish(tx, { ...stored, answerJws: jws });
      return;
    }
    const request = await lockRequest(tx, answer.to);
    if (
      !request ||
      answer.accepted ||
      signer !== request.request.grantor ||
      answer.digest !== sha256(request.requestJws)
    ) {
      throw problem('GRANT_INVALID', `${answer.to} is nothing ${signer} can answer here.`);
    }
    await saveRequestAnswer(tx, answer.to, jws);
  }

  async #takeEnd(tx: NodeTx, signer: DivisionCode, end: GrantEnd, jws: string): Promise<void> {
    const stored = await lockGrant(tx, end.grant);
    const ender = end.way === 'REVOKED' ? stored?.grant.grantor : stored?.grant.grantee;
    if (stored && signer !== ender) throw problem('GRANT_INVALID', `${signer} can't end the grant ${end.grant}.`);
    // its end may overtake the grant: it is kept, and the grant refused when it comes
    if (!stored && !(end.way === 'REVOKED' && this.#parts.divisions.isWithin(tx.node, signer))) {
      throw problem('GRANT_INVALID', `${tx.node} knows no grant ${end.grant}.`);
    }
    await saveEnd(tx, end.grant, stored?.grant ?? { grantor: signer, grantee: tx.node }, jws);
    if (stored?.answer?.accepted && stored.grant.grantor === tx.node) {
      await this.#parts.publisher.publish(tx, { ...stored, endJws: jws });
    }
  }
}
