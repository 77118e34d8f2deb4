import type { z } from 'zod';
import type { HearingCall, HearingOffer, HearingRecord, HearingRequest } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import {
  callHearingInput,
  hearingPartyInput,
  hearPartyInput,
  holdHearingInput,
  offerHearingInput,
  recuseChairInput,
  tellInterestedInput,
} from './inputs.ts';
import { parseInput } from '../../graph/inputs.ts';
import { OPENS_ITS_CASE } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { HearingService, HearingView, InterestedPartyView } from './services.ts';
import type { RoleContext } from '../../graph/services.ts';

const PARTY = '0 the applicant; 1, 2, 3 … the interested parties.';

/** Role hearings (听证): interested parties told and heard, a hearing offered, asked for, called, held and recorded. */
export function addHearings(role: RoleBuilder): void {
  const { builder, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);

  const Interested = builder.objectRef<InterestedPartyView>('InterestedParty').implement({
    description: '利害关系人. Who it is stands apart from the log and is shown where the case is handled.',
    fields: (t) => ({
      party: t.exposeInt('party', { nullable: false, description: PARTY }),
      name: t.exposeString('name'),
      phone: t.exposeString('phone', { description: 'Masked for whoever does not handle the case.' }),
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
      text: t.exposeString('text', { description: 'Null for whoever does not handle the case.' }),
    }),
  });
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
      ownMotion: t.exposeBoolean('ownMotion', { nullable: false, description: 'Held with nobody asking (Art. 46).' }),
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
      text: t.exposeString('text', { description: 'Null for whoever does not handle the case.' }),
    }),
  });
  const Hearing = builder.objectRef<HearingView>('Hearing').implement({
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

  builder.queryType({
    fields: (t) => ({
      hearing: t.field({
        extensions: OPENS_ITS_CASE,
        type: Hearing,
        description: '听证 of a case, as the desk knows it.',
        args: { division: t.arg.id(), case: t.arg.id({ required: true }) },
        resolve: (_, args, context) => context.services(addressed(context)).hearings.ofCase(context.viewer, args.case),
      }),
    }),
  });

  const Payload = builder.objectRef<Outcome<HearingView>>('HearingPayload').implement({
    fields: (t) => ({
      hearing: t.field({ type: Hearing, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const PartyInput = builder.inputType('InterestedPartyInput', {
    fields: (t) => ({ name: t.string({ required: true }), phone: t.string({ required: true }), address: t.string() }),
  });
  const TellInput = builder.inputType('TellInterestedPartiesInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      parties: t.field({ type: [PartyInput], required: true }),
      matter: t.string({ required: true, description: 'What touches them; names nobody.' }),
      grave: t.boolean({ required: true, description: 'Whether a great interest of theirs is touched directly.' }),
      idempotencyKey: t.string(),
    }),
  });
  const HearInput = builder.inputType('HearPartyInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      party: t.int({ required: true, description: PARTY }),
      statement: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const OfferInput = builder.inputType('OfferHearingInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      notice: t.string({ required: true, description: 'What the parties are told in writing.' }),
      idempotencyKey: t.string(),
    }),
  });
  const HearingPartyInput = builder.inputType('HearingPartyInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      party: t.int({ required: true, description: PARTY }),
      idempotencyKey: t.string(),
    }),
  });
  const ChairInput = builder.inputType('HearingChairInput', {
    fields: (t) => ({
      sub: t.id({ required: true, description: "Subject of the person's token." }),
      name: t.string({ required: true }),
    }),
  });
  const CallInput = builder.inputType('CallHearingInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      at: t.field({ type: 'DateTime', required: true }),
      place: t.string({ required: true }),
      chair: t.field({ type: ChairInput, required: true, description: 'Nobody who accepted or reviewed the case.' }),
      announcement: t.string({ description: '公告; needed where nobody asked for the hearing.' }),
      idempotencyKey: t.string(),
    }),
  });
  const RecuseInput = builder.inputType('RecuseChairInput', {
    fields: (t) => ({ id: t.id({ required: true }), reason: t.string({ required: true }), idempotencyKey: t.string() }),
  });
  const UnsignedInput = builder.inputType('UnsignedInput', {
    fields: (t) => ({ party: t.int({ required: true }), reason: t.string({ required: true }) }),
  });
  const HoldInput = builder.inputType('HoldHearingInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      attended: t.intList({ required: true }),
      signed: t.intList({ required: true, description: 'Who signed the record, of those who came.' }),
      unsigned: t.field({ type: [UnsignedInput], description: 'Why the others did not.' }),
      record: t.string({ required: true, description: '听证笔录' }),
      idempotencyKey: t.string(),
    }),
  });
  const step =
    <T>(
      schema: z.ZodType<T>,
      call: (hearings: HearingService, viewer: RoleContext['viewer'], input: T) => Promise<HearingView>,
    ) =>
    (_: unknown, { input }: { input: unknown }, context: RoleContext) =>
      outcomeOf(context, () =>
        call(context.services(addressed(context)).hearings, context.viewer, parseInput(schema, input)),
      );
  builder.mutationType({
    fields: (t) => ({
      tellInterestedParties: t.field({
        type: Payload,
        description: '告知利害关系人 (Art. 36).',
        args: { input: t.arg({ type: TellInput, required: true }) },
        resolve: step(tellInterestedInput, (hearings, viewer, input) => hearings.tellInterested(viewer, input)),
      }),
      hearParty: t.field({
        type: Payload,
        description: '听取陈述申辩 of a party.',
        args: { input: t.arg({ type: HearInput, required: true }) },
        resolve: step(hearPartyInput, (hearings, viewer, input) => hearings.hearParty(viewer, input)),
      }),
      offerHearing: t.field({
        type: Payload,
        description: '告知听证权利: five working days to ask for one (Art. 47).',
        args: { input: t.arg({ type: OfferInput, required: true }) },
        resolve: step(offerHearingInput, (hearings, viewer, input) => hearings.offer(viewer, input)),
      }),
      requestHearing: t.field({
        type: Payload,
        description: '申请听证: it is held within twenty working days; the time is outside the limit (Art. 45).',
        args: { input: t.arg({ type: HearingPartyInput, required: true }) },
        resolve: step(hearingPartyInput, (hearings, viewer, input) => hearings.request(viewer, input)),
      }),
      waiveHearing: t.field({
        type: Payload,
        description: '放弃听证',
        args: { input: t.arg({ type: HearingPartyInput, required: true }) },
        resolve: step(hearingPartyInput, (hearings, viewer, input) => hearings.waive(viewer, input)),
      }),
      callHearing: t.field({
        type: Payload,
        description: '听证通知: seven working days ahead. Again, it is moved or given another chair.',
        args: { input: t.arg({ type: CallInput, required: true }) },
        resolve: step(callHearingInput, (hearings, viewer, input) => hearings.call(viewer, input)),
      }),
      recuseChair: t.field({
        type: Payload,
        description: "主持人回避, by the organ's head.",
        args: { input: t.arg({ type: RecuseInput, required: true }) },
        resolve: step(recuseChairInput, (hearings, viewer, input) => hearings.recuseChair(viewer, input)),
      }),
      holdHearing: t.field({
        type: Payload,
        description: '听证笔录, by the chair; signed by whoever came.',
        args: { input: t.arg({ type: HoldInput, required: true }) },
        resolve: step(holdHearingInput, (hearings, viewer, input) => hearings.hold(viewer, input)),
      }),
    }),
  });
}
