import { CONSENT_WAY, CONTACT_PARTY, CONTACT_WAY } from './words.ts';
import type { CaseAgent, ProxyConsent, ProxyContact } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';

/** Types for proxy handling in every role that shows it: the consent, the agent, the contacts. */
export function addProxyParts({ builder, enumOf, refs }: RoleBuilder) {
  const { Division } = refs;
  const Consent = builder.objectRef<ProxyConsent>('ProxyConsent').implement({
    description: '委托: what the applicant consented to, and until when.',
    fields: (t) => ({
      way: t.field({ type: enumOf(CONSENT_WAY), nullable: false, resolve: (c) => c.way }),
      givenAt: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.givenAt }),
      scope: t.exposeString('scope'),
      from: t.field({
        type: 'Date',
        description: 'Its first day; null for the day it was given.',
        resolve: (c) => c.from,
      }),
      until: t.field({ type: 'Date', description: 'Its last day; null until the case ends.', resolve: (c) => c.until }),
      revokedAt: t.field({
        type: 'DateTime',
        description: 'When the applicant took it back.',
        resolve: (c) => c.revokedAt,
      }),
    }),
  });
  const Agent = builder.objectRef<CaseAgent>('CaseAgent').implement({
    description: '代办员: who looks after a case by proxy, wherever it is held.',
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (a) => a.node }),
      name: t.exposeString('name', { description: "Null for the desk's whole proxy team." }),
    }),
  });
  const Contact = builder.objectRef<ProxyContact>('ProxyContact').implement({
    description: '代办联系记录: one contact on the way.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.at }),
      node: t.field({ type: Division, description: 'The desk whose log it stands in.', resolve: (c) => c.node }),
      by: t.string({ nullable: false, description: 'Who made it.', resolve: (c) => c.actor.name }),
      with: t.field({ type: enumOf(CONTACT_PARTY), nullable: false, resolve: (c) => c.with }),
      way: t.field({ type: enumOf(CONTACT_WAY), nullable: false, resolve: (c) => c.way }),
      what: t.exposeString('what', { nullable: false }),
    }),
  });
  return { Consent, Agent, Contact };
}
