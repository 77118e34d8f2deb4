import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { DelegationDocument, Grant, GrantAnswer, GrantEnd } from './messages.ts';

/** A document of delegation whose signature was checked. */
export interface SignedDocument {
  signer: DivisionCode;
  document: DelegationDocument;
  /** SHA-256 of the signed text. */
  digest: string;
}

/** A grant with the digest of the very text that was signed: under one id there is only one. */
export interface GivenGrant {
  grant: Grant;
  digest: string;
}

/**
 * A grant that its grantor publishes; `requireSoundGrant` checks the signer.
 * @throws {ProblemError} GRANT_INVALID if it is not a grant, or is another node's
 */
export function requireOwnGrant({ document, digest }: SignedDocument, publisher: DivisionCode): GivenGrant {
  if (document.kind !== 'GRANT') throw problem('GRANT_INVALID', `${publisher} published no grant.`);
  if (document.grantor !== publisher) {
    throw problem('GRANT_INVALID', `${publisher} published a grant of ${document.grantor}.`, { field: 'grantor' });
  }
  return { grant: document, digest };
}

/**
 * The grantee's answer to a grant.
 * @throws {ProblemError} GRANT_INVALID where another node gave it, or it is to another document
 */
export function requireAnswerTo(given: GivenGrant, { signer, document }: SignedDocument): GrantAnswer {
  const { grant, digest } = given;
  const sound =
    document.kind === 'ANSWER' && signer === grant.grantee && document.to === grant.id && document.digest === digest;
  if (!sound) throw problem('GRANT_INVALID', `${signer} can't answer the grant ${grant.id} with this.`);
  return document;
}

/**
 * The end of a grant: the grantor revokes it, the grantee hands it back.
 * @throws {ProblemError} GRANT_INVALID where the other party signed it, or a third, or it is of another grant
 */
export function requireEndOf(grant: Pick<Grant, 'id' | 'grantor' | 'grantee'>, ended: SignedDocument): GrantEnd {
  const { signer, document } = ended;
  const sound =
    document.kind === 'END' &&
    document.grant === grant.id &&
    signer === (document.way === 'REVOKED' ? grant.grantor : grant.grantee);
  if (!sound) throw problem('GRANT_INVALID', `${signer} can't end the grant ${grant.id} with this.`);
  return document;
}
