import { describe, expect, test } from 'vitest';
import type { DelegationDocument, GrantAnswer, GrantEnd } from './messages.ts';
import { COUNTY, OTHER_TOWNSHIP, sha256, TOWNSHIP } from '../../testing/fixtures.ts';
import { answerOf, endOf, grantId, grantOf } from '../../testing/grants.ts';
import { refusalCode } from '../../testing/refusals.ts';
import type { SignedDocument } from './grant-documents.ts';
import { requireAnswerTo, requireEndOf, requireOwnGrant } from './grant-documents.ts';

const grant = grantOf();
const digest = sha256('the signed text of the grant');
const signed = (signer: string, document: DelegationDocument): SignedDocument => ({ signer, document, digest });

describe('a grant that a node publishes', () => {
  test('is its grantor’s own', () => {
    expect(requireOwnGrant(signed(COUNTY, grant), COUNTY)).toEqual({ grant, digest });
  });

  test('is refused of another grantor, whoever signed it', () => {
    expect(refusalCode(() => requireOwnGrant(signed(TOWNSHIP, grant), TOWNSHIP))).toBe('GRANT_INVALID');
    expect(refusalCode(() => requireOwnGrant(signed(COUNTY, grant), TOWNSHIP))).toBe('GRANT_INVALID');
  });

  test('is refused where it is another document', () => {
    expect(refusalCode(() => requireOwnGrant(signed(COUNTY, answerOf()), COUNTY))).toBe('GRANT_INVALID');
  });
});

describe('an answer to a grant', () => {
  const answer = { ...answerOf(), digest };
  const given = { grant, digest };

  test.each([true, false])('of the grantee to the very document counts, accepted or not: %s', (accepted) => {
    const document = { ...answer, accepted };
    expect(requireAnswerTo(given, signed(TOWNSHIP, document))).toEqual(document);
  });

  test.each<[string, string, Partial<GrantAnswer>]>([
    ['of its grantor', COUNTY, {}],
    ['of another node', OTHER_TOWNSHIP, {}],
    ['to another grant', TOWNSHIP, { to: grantId(7) }],
    ['to another text under its id', TOWNSHIP, { digest: sha256('another') }],
  ])('%s is refused', (_, signer, change) => {
    expect(refusalCode(() => requireAnswerTo(given, signed(signer, { ...answer, ...change })))).toBe('GRANT_INVALID');
  });

  test('is no end', () => {
    expect(refusalCode(() => requireAnswerTo(given, signed(TOWNSHIP, endOf('HANDED_BACK', '2026-03-02'))))).toBe(
      'GRANT_INVALID',
    );
  });
});

describe('an end of a grant', () => {
  test.each<[GrantEnd['way'], string]>([
    ['REVOKED', COUNTY],
    ['HANDED_BACK', TOWNSHIP],
  ])('%s counts from %s', (way, signer) => {
    const end = endOf(way, '2026-03-02');
    expect(requireEndOf(grant, signed(signer, end))).toEqual(end);
  });

  test.each<[GrantEnd['way'], string, Partial<GrantEnd>]>([
    ['REVOKED', TOWNSHIP, {}],
    ['HANDED_BACK', COUNTY, {}],
    ['REVOKED', OTHER_TOWNSHIP, {}],
    ['REVOKED', COUNTY, { grant: grantId(7) }],
  ])('%s is refused from %s: %j', (way, signer, change) => {
    const end = { ...endOf(way, '2026-03-02'), ...change };
    expect(refusalCode(() => requireEndOf(grant, signed(signer, end)))).toBe('GRANT_INVALID');
  });

  test('is no answer', () => {
    expect(refusalCode(() => requireEndOf(grant, signed(TOWNSHIP, answerOf())))).toBe('GRANT_INVALID');
  });
});
