import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import type { HearingCall, HearingOffer, HearingRecord, HearingRequest } from './rules.ts';
import { hearings } from './operations.ts';
import type { HearingView, InterestedPartyView } from './views.ts';

/** Role hearings (听证): interested parties told and heard, a hearing offered, asked for, called, held and recorded. */
export function addHearings(role: RoleBuilder): void {
  role.builder.queryType();
  role.builder.mutationType();
  addOperations(role, hearings, { Hearing: hearingType(role) });
}

function hearingType(role: RoleBuilder) {
  const { builder, refs } = role;
  const { Division, ItemStub } = refs;
  const { Interested, Statement } = partyTypes(role);
  const { Offer, Request, Call, RecordRef } = stageTypes(role);
  return builder.objectRef<HearingView>('Hearing').implement({
    description: '听证 and interested parties of a case. Parties go by number: 0 is the applicant.',
    fields: (t) => ({
      caseId: t.id({ nullable: false, resolve: (v) => v.id }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (v) => ({ code: v.item, via: v.answeredBy }) }),
      open: t.exposeBoolean('open', {
        nullable: false,
        description: 'Whether a hearing is owed, may still be asked for, or is not held yet.',
      }),
      interested: t.field({ type: [Interested], nullable: false, resolve: (v) => v.interested }),
      statements: t.field({
        type: [Statement],
        nullable: false,
        resolve: (v) =>
          v.hearing.statements.map(({ at, party, statement }) => {
            return { at, party, text: v.papers.get(statement.sha256) ?? null };
          }),
      }),
      offers: t.field({ type: [Offer], nullable: false, resolve: (v) => v.hearing.offers }),
      requests: t.field({ type: [Request], nullable: false, resolve: (v) => v.hearing.requests }),
      waived: t.field({ type: ['Int'], nullable: false, resolve: (v) => v.hearing.waived }),
      call: t.field({ type: Call, resolve: (v) => v.hearing.call }),
      records: t.field({
        type: [RecordRef],
        nullable: false,
        resolve: (v) => v.hearing.records.map((r) => ({ ...r, text: v.papers.get(r.record.sha256) ?? null })),
      }),
      answeredBy: t.field({ type: Division, resolve: (v) => v.answeredBy }),
    }),
  });
}

/** Types for the parties and their statements. */
function partyTypes({ builder }: RoleBuilder) {
  const Interested = builder.objectRef<InterestedPartyView>('InterestedParty').implement({
    description: '利害关系人. Who it is stands apart from the log and is shown where the case is handled.',
    fields: (t) => ({
      party: t.exposeInt('party', {
        nullable: false,
        description: '0 the applicant; 1, 2, 3 … the interested parties.',
      }),
      name: t.exposeString('name'),
      phone: t.exposeString('phone', { description: 'Masked; `showPartyPhone` shows it.' }),
      address: t.exposeString('address'),
      grave: t.exposeBoolean('grave', {
        nullable: false,
        description: 'Whether a great interest is touched directly.',
      }),
      toldAt: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.toldAt }),
    }),
  });
  const Statement = builder.objectRef<{ at: Date; party: number; text: string | null }>('PartyStatement').implement({
    description: '陈述申辩',
    fields: (t) => ({
      party: t.exposeInt('party', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (s) => s.at }),
      text: t.exposeString('text', { description: 'Null for people who do not handle the case.' }),
    }),
  });
  return { Interested, Statement };
}

/** The stages of a hearing. */
function stageTypes({ builder }: RoleBuilder) {
  const Offer = builder.objectRef<HearingOffer>('HearingOffer').implement({
    description: '听证告知',
    fields: (t) => ({
      party: t.exposeInt('party', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (o) => o.at }),
      until: t.field({ type: 'DateTime', nullable: false, resolve: (o) => o.until }),
    }),
  });
  const Request = builder.objectRef<HearingRequest>('HearingRequest').implement({
    description: '听证申请 that waits for its hearing.',
    fields: (t) => ({
      party: t.exposeInt('party', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
      holdBy: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.holdBy }),
    }),
  });
  const Call = builder.objectRef<HearingCall>('HearingCall').implement({
    description: '听证通知',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.at }),
      place: t.exposeString('place', { nullable: false }),
      chair: t.string({ description: 'Null once who was named stepped back.', resolve: (c) => c.chair?.name ?? null }),
      announcement: t.exposeString('announcement', { description: '公告' }),
      ownMotion: t.exposeBoolean('ownMotion', { nullable: false, description: 'Held without a request (Art. 46).' }),
    }),
  });
  const RecordRef = builder.objectRef<HearingRecord & { text: string | null }>('HearingRecord').implement({
    description: '听证笔录, which the decision is made by (Art. 48).',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
      chair: t.string({ nullable: false, resolve: (r) => r.chair.name }),
      attended: t.field({ type: ['Int'], nullable: false, resolve: (r) => r.attended }),
      signed: t.field({ type: ['Int'], nullable: false, resolve: (r) => r.signed }),
      sha256: t.string({ nullable: false, resolve: (r) => r.record.sha256 }),
      text: t.exposeString('text', { description: 'Null for people who do not handle the case.' }),
    }),
  });
  return { Offer, Request, Call, RecordRef };
}
