import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type {
  Grant,
  GrantAnswer,
  GrantEnd,
  GrantRequest,
  PublishedGrant,
  SignedDocument,
} from '@liandong/schema/domains/delegation';
import type { Item } from '@liandong/schema/domains/catalogue';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import {
  delegationMessageSchema,
  grantSchema,
  requireAnswerTo,
  requireEndOf,
  requireSoundGrant,
} from '@liandong/schema/domains/delegation';
import { findItems } from '../catalogue/index.ts';
import type { SharedTx } from '../db/index.ts';
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
import type { PublishedGrants } from './published-grants.ts';
import { isNotYetJudged, openDocument } from './published-grants.ts';

export interface DelegationReceiverParts {
  trust: Trust;
  divisions: Divisions;
  publisher: GrantPublisher;
  published: PublishedGrants;
  now: () => Date;
}

/** Applies other nodes' delegation documents here. The sender of a refused document lists it. */
export class DelegationReceiver {
  readonly #parts: DelegationReceiverParts;

  constructor(parts: DelegationReceiverParts) {
    this.#parts = parts;
  }

  /**
   * Takes a document between grantor and grantee, or a lower node's grant that this level is told of. A refusal goes
   * back with its code.
   */
  readonly document = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = delegationMessageSchema.safeParse(message.body);
    if (!body.success) throw problem('MESSAGE_INVALID', 'Not a delegation document.');
    try {
      if ('published' in body.data) {
        await this.#copy(tx, message.from, body.data.published);
      } else {
        await this.#take(tx, message.from, body.data.jws);
      }
      return { outcome: 'DONE' };
    } catch (error) {
      // an unknown key or item may become known; any other fault is final and goes back to the sender
      if (!(error instanceof ProblemError) || error.code === 'DATABASE_UNAVAILABLE') throw error;
      if (isNotYetJudged(error)) return { outcome: 'LATER', reason: error.message };
      return { outcome: 'REFUSED', code: error.code, reason: error.message };
    }
  };

  /** The grantee's refusal, listed at the grantor. */
  readonly answered = async (tx: SharedTx, { answer, body }: Answered): Promise<void> => {
    if (answer.outcome !== 'REFUSED') return;
    const sent = delegationMessageSchema.parse(body);
    // if a level above refuses its copy, nothing changes between the parties
    if ('published' in sent) return;
    // one's own document: the answer says what is wrong with it
    const grant = grantSchema.safeParse(payloadOf(sent.jws));
    if (grant.success) await saveRefusal(tx, grant.data.id, answer.code, answer.reason);
  };

  /** Stores a grant that its grantor, a node below, told this level of. */
  async #copy(tx: SharedTx, from: DivisionCode, published: PublishedGrant): Promise<void> {
    if (from === tx.node || !this.#parts.divisions.isWithin(from, tx.node)) {
      throw problem('FORBIDDEN', `${from} does not lie below ${tx.node}.`);
    }
    await this.#parts.published.take(tx, from, published);
  }

  async #take(tx: SharedTx, from: DivisionCode, jws: string): Promise<void> {
    const signed = await openDocument(this.#parts.trust, jws);
    // the signer sends its own word, also a second time: no other node brings it
    if (signed.signer !== from) throw problem('GRANT_INVALID', `${from} sent what ${signed.signer} signed.`);
    const { document } = signed;
    switch (document.kind) {
      case 'GRANT':
        return this.#takeGrant(tx, document, jws, from);
      case 'REQUEST':
        return this.#takeRequest(tx, document, jws, from);
      case 'ANSWER':
        return this.#takeAnswer(tx, document, jws, signed);
      case 'END':
        return this.#takeEnd(tx, document, jws, signed);
      default:
        return document satisfies never;
    }
  }

  async #takeGrant(tx: SharedTx, grant: Grant, jws: string, signer: DivisionCode): Promise<void> {
    const { divisions, now } = this.#parts;
    const today = dayOf(now());
    if (grant.grantee !== tx.node) throw problem('GRANT_INVALID', `The grant is for ${grant.grantee}, not ${tx.node}.`);
    // a second copy, for example from a restored grantor
    if ((await lockGrant(tx, grant.id))?.grantJws === jws) return;
    const known = new Map<string, Item>((await findItems(tx, grant.items, today)).map((item) => [item.code, item]));
    requireSoundGrant(grant, signer, (code) => known.get(code) ?? null, divisions, today);
    if (await endedBefore(tx, grant)) throw problem('GRANT_ENDED', `The grant ${grant.id} was ended before it came.`);
    if ((await newestSeq(tx, grant.grantor, tx.node, grant.items)) >= grant.seq) {
      throw problem(
        'GRANT_STALE',
        `${tx.node} holds a grant of ${grant.grantor} that is as new as number ${grant.seq}.`,
      );
    }
    await saveGrant(tx, grant, { grant: jws, answer: null, end: null });
  }

  async #takeRequest(tx: SharedTx, request: GrantRequest, jws: string, signer: DivisionCode): Promise<void> {
    const sound =
      request.grantor === tx.node && request.grantee === signer && this.#parts.divisions.isWithin(signer, tx.node);
    if (!sound) throw problem('GRANT_INVALID', `${signer} can't ask ${tx.node} for that power.`);
    await saveRequest(tx, request, jws);
  }

  async #takeAnswer(tx: SharedTx, answer: GrantAnswer, jws: string, signed: SignedDocument): Promise<void> {
    const stored = await lockGrant(tx, answer.to);
    if (stored) {
      requireAnswerTo({ grant: stored.grant, digest: sha256(stored.grantJws) }, signed);
      if (stored.answerJws === jws) return;
      if (stored.answerJws !== null) throw problem('GRANT_INVALID', `The grant ${answer.to} was answered before.`);
      await saveAnswer(tx, answer.to, jws);
      // nodes below must know it to route; an unaccepted grant is not published
      if (answer.accepted) await this.#parts.publisher.publish(tx, { ...stored, answerJws: jws });
      return;
    }
    const { signer } = signed;
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

  async #takeEnd(tx: SharedTx, end: GrantEnd, jws: string, signed: SignedDocument): Promise<void> {
    const { signer } = signed;
    const stored = await lockGrant(tx, end.grant);
    if (stored) requireEndOf(stored.grant, signed);
    // the first end counts
    if (stored?.end) return;
    // its end may overtake the grant: the end is stored, and the grant is refused when it comes
    if (!stored && !(end.way === 'REVOKED' && this.#parts.divisions.isWithin(tx.node, signer))) {
      throw problem('GRANT_INVALID', `${tx.node} knows no grant ${end.grant}.`);
    }
    await saveEnd(tx, end.grant, stored?.grant ?? { grantor: signer, grantee: tx.node }, jws);
    if (stored?.answer?.accepted && stored.grant.grantor === tx.node) {
      await this.#parts.publisher.publish(tx, { ...stored, endJws: jws });
    }
  }
}
