import type { KeyState } from '@liandong/schema/domains/operators';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { KnownKey } from '@liandong/schema/trust';

/** A key as people see it, for a command and for the graph. */
export interface DescribedKey {
  kid: string;
  node: DivisionCode;
  state: KeyState;
  issuer: DivisionCode;
  issuedAt: string;
  notBefore: string | null;
  notAfter: string | null;
  end: { from: string; reason: string; by: DivisionCode; why: string } | null;
}

/** The state of a key at a moment, with its certificate and its end. */
export function describeKey({ kid, node, certificate, ended }: KnownKey, now: Date): DescribedKey {
  const { issuer, issuedAt, notBefore = null, notAfter = null } = certificate.content;
  const end = ended && {
    from: ended.content.from,
    reason: ended.content.reason,
    by: ended.content.issuer,
    why: ended.content.why,
  };
  const over = [notAfter, end?.from].some((at) => typeof at === 'string' && new Date(at) <= now);
  const coming = notBefore !== null && new Date(notBefore) > now;
  const state = over ? 'ENDED' : coming ? 'COMING' : end ? 'ENDING' : 'IN_EFFECT';
  return { kid, node, state, issuer, issuedAt, notBefore, notAfter, end };
}
