import { readFile } from 'node:fs/promises';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Grant, GrantAnswer, GrantEnd, PublishedGrant } from '@liandong/schema/domains/delegation';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import type { TrustFile } from '../trust/index.ts';
import { Trust, sha256 } from '../trust/index.ts';
import type { TestFederation } from './test-federation.ts';
import { CITY, readKeysOf } from './test-federation.ts';

/** Signs as any node of a federation, as an attacker who controls all its hosts could. */
export async function trustOfAll(federation: TestFederation): Promise<Trust> {
  const file = JSON.parse(await readFile(federation.config(CITY).trustFile, 'utf8')) as TrustFile;
  const keys = await Promise.all(federation.nodes().map((node) => readKeysOf(federation.config(node))));
  return Trust.load(file, keys.flat(), federation.divisions);
}

export interface GrantSigners {
  /** The grantor if left out. */
  signer?: DivisionCode;
  /** The grantee if left out. */
  answerer?: DivisionCode;
  answer?: Partial<GrantAnswer>;
  end?: { signer: DivisionCode } & Pick<GrantEnd, 'way'> & Partial<GrantEnd>;
}

/** A grant with its answer, and perhaps its end, signed by the nodes a test names. */
export async function publishedGrant(
  trust: Trust,
  grant: Grant,
  { signer, answerer, answer, end }: GrantSigners = {},
): Promise<PublishedGrant> {
  const { delegation } = SIGNED_TYPES;
  const at = new Date().toISOString();
  const jws = await trust.sign(signer ?? grant.grantor, delegation, grant);
  const answered: GrantAnswer = {
    kind: 'ANSWER',
    to: grant.id,
    digest: sha256(jws),
    accepted: true,
    reason: null,
    at,
    ...answer,
  };
  const { signer: ender = '', ...given } = end ?? {};
  return {
    grant: jws,
    answer: await trust.sign(answerer ?? grant.grantee, delegation, answered),
    end: end
      ? await trust.sign(ender, delegation, { kind: 'END', grant: grant.id, reason: '收回', at, ...given })
      : null,
  };
}
