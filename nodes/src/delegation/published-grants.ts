import type { DivisionCode, Divisions, ErrorCode } from '@liandong/schema/kernel';
import type { Grant, PublishedGrant, SignedDocument } from '@liandong/schema/domains/delegation';
import type { Item } from '@liandong/schema/domains/catalogue';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import {
  delegationDocumentSchema,
  publishedGrantSchema,
  requireAnswerTo,
  requireEndOf,
  requireOwnGrant,
  requireSoundGrant,
} from '@liandong/schema/domains/delegation';
import type { Logger } from 'pino';
import { findItems } from '../catalogue/index.ts';
import type { HostDb, NodeQueries, NodeTx, SharedTx } from '../db/index.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import { lockGrant, saveGrant } from './delegation-store.ts';

export interface PublishedGrantsParts {
  trust: Trust;
  divisions: Divisions;
  log: Logger;
}

/** Grants that their grantors publish: down with the catalogue feed, up by message, and back to a restored node. */
export class PublishedGrants {
  readonly #parts: PublishedGrantsParts;

  constructor(parts: PublishedGrantsParts) {
    this.#parts = parts;
  }

  /**
   * Stores a grant that its grantor published, or what was added to a stored one. The right party must have signed
   * every document. What is stored under its id stays.
   * @throws {ProblemError} KEY_UNKNOWN or ITEM_UNKNOWN while it can't be judged; GRANT_INVALID,
   *   GRANT_OUT_OF_COMPETENCE, GRANT_EXPIRED and what a signature is refused with, for good
   */
  async take(tx: SharedTx, publisher: DivisionCode, published: PublishedGrant): Promise<void> {
    const { trust, divisions } = this.#parts;
    const signed = await openDocument(trust, published.grant);
    const given = requireOwnGrant(signed, publisher);
    const { grant } = given;
    const answer = requireAnswerTo(given, await openDocument(trust, published.answer));
    if (!answer.accepted) throw problem('GRANT_INVALID', `${grant.grantee} declined the grant ${grant.id}.`);
    if (published.end !== null) requireEndOf(grant, await openDocument(trust, published.end));
    const stored = await lockGrant(tx, grant.id);
    // a stored grant was judged when it came; its grantor can end it even if it would be refused now
    if (!stored) await requireSoundThen(tx, divisions, grant, signed.signer);
    await saveGrant(tx, grant, published);
  }

  /**
   * Takes a grant out of the catalogue feed. An invalid one is left out, and one that can't be judged yet waits apart:
   * the entries behind it are read all the same.
   */
  readonly entry = async (tx: NodeTx, publisher: DivisionCode, published: PublishedGrant): Promise<void> => {
    const code = await this.#attempt(tx, publisher, published);
    if (code === null) return;
    await tx.query(
      `INSERT INTO waiting_grants (node, digest, publisher, documents, code) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (node, digest) DO NOTHING`,
      [sha256(JSON.stringify(published)), publisher, JSON.stringify(published), code],
    );
  };

  /** Judges waiting grants again, in the order they came: an item or a key has become known. */
  readonly judgeWaiting = async (tx: NodeTx): Promise<void> => {
    const rows = await tx.query<{ digest: string; publisher: DivisionCode; documents: string }>(
      `SELECT digest, publisher, documents FROM waiting_grants WHERE node = $1 ORDER BY since, digest FOR UPDATE`,
    );
    for (const { digest, publisher, documents } of rows) {
      const code = await this.#attempt(tx, publisher, publishedGrantSchema.parse(JSON.parse(documents)));
      if (code !== null) continue;
      await tx.query(`DELETE FROM waiting_grants WHERE node = $1 AND digest = $2`, [digest]);
    }
  };

  /** Judges waiting grants again at some nodes of a host. */
  async judgeWaitingAt(db: HostDb, nodes: readonly DivisionCode[]): Promise<void> {
    const waiting = await db.queryHost<{ node: DivisionCode }>(
      `SELECT DISTINCT node FROM waiting_grants WHERE node = ANY ($1)`,
      [nodes],
    );
    for (const { node } of waiting) await db.transact(node, this.judgeWaiting);
  }

  /** @returns why it can't be judged yet; null if it was taken, or is invalid for good */
  async #attempt(tx: NodeTx, publisher: DivisionCode, published: PublishedGrant): Promise<ErrorCode | null> {
    const { log } = this.#parts;
    const { node } = tx;
    try {
      await tx.attempt(() => this.take(tx, publisher, published));
      return null;
    } catch (error) {
      if (!(error instanceof ProblemError)) {
        log.error({ err: error, node, publisher }, 'published grant skipped');
        return null;
      }
      const { code, message: reason } = error.problem;
      // nothing is wrong with the grant: the whole batch is tried again
      if (code === 'DATABASE_UNAVAILABLE') throw error;
      const waits = isNotYetJudged(error);
      log.warn({ node, publisher, code, reason }, waits ? 'published grant waits' : 'published grant skipped');
      return waits ? code : null;
    }
  }
}

/** Whether a document may still prove valid: a key or an item it rests on may become known. */
export function isNotYetJudged({ code }: ProblemError): boolean {
  return code === 'KEY_UNKNOWN' || code === 'ITEM_UNKNOWN';
}

/**
 * Opens a document of delegation and names its signer.
 * @throws {ProblemError} GRANT_INVALID, and what a signature is refused with
 */
export async function openDocument(trust: Trust, jws: string): Promise<SignedDocument> {
  const { node: signer, payload } = await trust.verify(jws, SIGNED_TYPES.delegation);
  const document = delegationDocumentSchema.safeParse(payload);
  if (!document.success) throw problem('GRANT_INVALID', 'The document is not what its kind says.');
  return { signer, document: document.data, digest: sha256(jws) };
}

/**
 * Checks that a grant was sound on the day it was signed, by the items and the register of that day. Later changes are
 * judged where the power is used.
 * @throws {ProblemError} as `requireSoundGrant`
 */
export async function requireSoundThen(
  queries: NodeQueries,
  divisions: Divisions,
  grant: Grant,
  signer: DivisionCode,
): Promise<void> {
  const day = dayOf(new Date(grant.at));
  const items = await findItems(queries, grant.items, day);
  const known = new Map<string, Item>(items.map((item) => [item.code, item]));
  requireSoundGrant(grant, signer, (code) => known.get(code) ?? null, divisions.asOf(day), day);
}
