import type { DataField, DataOffer } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import { parseInput, requestDataInput } from '../../graph/inputs.ts';
import { OPENS_AS_PUBLIC, OPENS_ITS_CASE } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { DataLightView, DataOfferView, DataRequestView, DataUseView, GivenField } from './services.ts';
import type { PersonalDataReadView } from '../reads/services.ts';

/** Role sharing (数据共享): what nodes offer each other, who asked whom for what. Owner: the desk that is asked. */
export function addSharing(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division } = refs;
  const Problem = addProblem(role);

  const Field = builder.objectRef<DataField>('DataField').implement({
    description: 'A field of a register that is offered.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      label: t.exposeString('label', { nullable: false }),
      essential: t.exposeBoolean('essential', {
        nullable: false,
        description: 'The material is replaced only once this field was given.',
      }),
    }),
  });
  const Askers = builder.objectRef<DataOffer['askers']>('DataAskers').implement({
    description: 'Who may ask: desks of these tiers in these divisions; an empty list does not narrow.',
    fields: (t) => ({
      tiers: t.field({ type: [enums.Tier], nullable: false, resolve: (a) => a.tiers }),
      divisions: t.field({ type: [Division], nullable: false, resolve: (a) => a.divisions }),
    }),
  });
  const Offer = builder.objectRef<DataOfferView>('DataOffer').implement({
    description: '数据共享目录: what a node gives others from a register it keeps or certificates it issued.',
    fields: (t) => ({
      id: t.id({ nullable: false, resolve: (v) => v.offer.id }),
      node: t.field({ type: Division, resolve: (v) => v.offer.node }),
      name: t.string({ nullable: false, description: 'The material it replaces.', resolve: (v) => v.offer.name }),
      kind: t.field({ type: enums.DataOfferKind, nullable: false, resolve: (v) => v.offer.kind }),
      fields: t.field({ type: [Field], nullable: false, resolve: (v) => v.offer.fields }),
      askers: t.field({ type: Askers, nullable: false, resolve: (v) => v.offer.askers }),
      purposes: t.field({
        type: [refs.ItemStub],
        nullable: { list: false, items: true },
        description: 'The items it may be asked for.',
        resolve: (v) => v.offer.purposes.map((code) => ({ code, via: v.answeredBy })),
      }),
      consentNeeded: t.boolean({ nullable: false, resolve: (v) => v.offer.consentNeeded }),
      validFrom: t.field({ type: 'Date', nullable: false, resolve: (v) => v.offer.validFrom }),
      validTo: t.field({
        type: 'Date',
        description: 'The first day it no longer holds.',
        resolve: (v) => v.offer.validTo,
      }),
      askableHere: t.boolean({
        nullable: false,
        description: 'Whether the desk that answers may ask for it today, for one of the purposes.',
        resolve: (v) => v.askableHere,
      }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when a copy answered: when it last heard from the offering node.',
        resolve: (v) => v.staleSince,
      }),
    }),
  });

  const Given = builder.objectRef<GivenField>('GivenField').implement({
    description: 'A field that was asked for, and its value once it was given.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      label: t.exposeString('label', { nullable: false }),
      value: t.exposeString('value', {
        description: 'Null before the answer, and for people who do not handle the case.',
      }),
    }),
  });
  const Request = builder.objectRef<DataRequestView>('DataRequest').implement({
    description: '数据共享请求, tied to a case.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      offer: t.exposeID('offer', { nullable: false }),
      asker: t.field({ type: Division, resolve: (r) => r.asker }),
      provider: t.field({ type: Division, resolve: (r) => r.provider }),
      item: t.field({
        type: refs.ItemStub,
        description: 'The purpose.',
        resolve: (r) => (r.item === null ? null : { code: r.item, via: r.answeredBy }),
      }),
      askedBy: t.exposeString('askedBy'),
      askedAt: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.askedAt }),
      state: t.field({ type: enums.DataState, nullable: false, resolve: (r) => r.state }),
      answeredAt: t.field({ type: 'DateTime', resolve: (r) => r.answeredAt }),
      replaces: t.exposeString('replaces', { description: 'The material that need not be handed in any more.' }),
      fields: t.field({ type: [Given], nullable: false, resolve: (r) => r.fields }),
      refusals: t.field({
        type: [Problem],
        nullable: false,
        description: 'Why it was refused; empty otherwise.',
        resolve: (r) => r.refusals,
      }),
    }),
  });
  const Read = builder.objectRef<PersonalDataReadView>('PersonalDataRead').implement({
    description: '个人信息查阅记录: who read which personal data, when, in which post; append-only.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
      division: t.field({ type: Division, description: "The reader's desk.", resolve: (r) => r.division }),
      person: t.exposeString('personName', { nullable: false }),
      posts: t.field({ type: [enums.Role], nullable: { list: false, items: false }, resolve: (r) => r.roles }),
      fields: t.exposeStringList('fields', {
        nullable: false,
        description: 'Fields of this graph; of a command: `application`, `materials`, `message`.',
      }),
      masked: t.exposeBoolean('masked', { nullable: false, description: 'Whether numbers were masked.' }),
      question: t.exposeString('question', {
        nullable: false,
        description: 'For what: the question that was asked, or the command that was run on the host.',
      }),
      purpose: t.exposeString('purpose', { description: 'Why, in the words of the operator who ran the command.' }),
    }),
  });
  const Use = builder.objectRef<DataUseView>('DataUse').implement({
    description: '个人数据使用记录: who asked whom for what, for the person it is about; no values.',
    fields: (t) => ({
      askedAt: t.field({ type: 'DateTime', nullable: false, resolve: (u) => u.askedAt }),
      asker: t.field({ type: Division, resolve: (u) => u.asker }),
      provider: t.field({ type: Division, resolve: (u) => u.provider }),
      item: t.field({
        type: refs.ItemStub,
        description: 'The purpose.',
        resolve: (u) => (u.item === null ? null : { code: u.item, via: u.answeredBy }),
      }),
      fields: t.stringList({
        nullable: false,
        description: 'Labels of the fields asked for.',
        resolve: (u) => u.fields,
      }),
      state: t.field({ type: enums.DataState, nullable: false, resolve: (u) => u.state }),
    }),
  });
  const Light = builder.objectRef<DataLightView>('DataLight').implement({
    description: '预警灯 over data sharing.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      kind: t.field({ type: enums.LightKind, nullable: false, resolve: (l) => l.kind }),
      level: t.field({ type: enums.LightLevel, nullable: false, resolve: (l) => l.level }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (l) => l.at }),
      raisedAt: t.field({ type: Division, description: 'The node that found it.', resolve: (l) => l.raisedAt }),
      about: t.field({ type: Division, description: 'The node that asked.', resolve: (l) => l.about }),
      caseId: t.exposeID('caseId'),
      detail: t.exposeString('detail', { nullable: false }),
    }),
  });

  const division = 'The desk that is asked; the own one when left out.';
  builder.queryType({
    fields: (t) => ({
      dataOffers: t.field({
        type: [Offer],
        nullable: { list: true, items: false },
        description: "What a division's desk offers and knows to be offered above it.",
        args: {
          division: t.arg.id({ required: true }),
          material: t.arg.string({ description: 'Only what replaces this material.' }),
        },
        resolve: (_, { material }, context) =>
          context.services(addressed(context)).sharing.offers(context.viewer, material ?? null),
      }),
      dataRequests: t.field({
        extensions: OPENS_ITS_CASE,
        type: [Request],
        nullable: { list: true, items: false },
        description: 'What was asked for a case, as one desk knows it.',
        args: { case: t.arg.id({ required: true }), division: t.arg.id({ description: division }) },
        resolve: (_, args, context) => context.services(addressed(context)).sharing.requests(context.viewer, args.case),
      }),
      suppliedMaterials: t.stringList({
        extensions: OPENS_ITS_CASE,
        nullable: true,
        description: 'Materials of a case that sharing gave, so that they need not be handed in.',
        args: { case: t.arg.id({ required: true }), division: t.arg.id({ description: division }) },
        resolve: (_, args, context) => context.services(addressed(context)).sharing.supplied(context.viewer, args.case),
      }),
      dataUse: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [Use],
        nullable: { list: true, items: false },
        description:
          'For the person a case is about, with number and tracking code: who asked whom for what. No login.',
        args: { number: t.arg.string({ required: true }), code: t.arg.string({ required: true }) },
        resolve: (_, { number, code }, context) => context.services(addressed(context)).sharing.use(number, code),
      }),
      personalDataReads: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [Read],
        nullable: { list: true, items: false },
        description:
          'For the person a case is about, with number and tracking code: who read what of them at the desk that took it in. No login.',
        args: { number: t.arg.string({ required: true }), code: t.arg.string({ required: true }) },
        resolve: (_, { number, code }, context) => context.services(addressed(context)).reads.ofTracked(number, code),
      }),
      personalDataReadsAt: t.field({
        type: [Read],
        nullable: { list: true, items: false },
        description: 'Who read personal data of a case or an enquiry at a node, newest first; for supervisors.',
        args: { division: t.arg.id({ required: true }), subject: t.arg.id({ required: true }) },
        resolve: (_, { subject }, context) =>
          context.services(addressed(context)).reads.ofSubject(context.viewer, subject),
      }),
      dataLights: t.field({
        type: [Light],
        nullable: { list: true, items: false },
        description: 'Requests outside their grant that a node saw, newest first; for supervisors.',
        args: { division: t.arg.id({ required: true }) },
        resolve: (_, _args, context) => context.services(addressed(context)).sharing.lights(context.viewer),
      }),
    }),
  });

  const RequestDataInput = builder.inputType('RequestDataInput', {
    fields: (t) => ({
      case: t.id({ required: true }),
      offer: t.id({ required: true }),
      fields: t.stringList({ required: true, description: 'Names of the fields, no more than the purpose needs.' }),
      idempotencyKey: t.string({ description: 'The same key asks once, however often it is sent.' }),
    }),
  });
  const RequestDataPayload = builder.objectRef<Outcome<DataRequestView>>('RequestDataPayload').implement({
    fields: (t) => ({
      request: t.field({ type: Request, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  builder.mutationType({
    fields: (t) => ({
      requestData: t.field({
        extensions: OPENS_ITS_CASE,
        type: RequestDataPayload,
        description:
          "数据共享请求: asks the offering node for data on a case's applicant; waits while the line is cut.",
        args: { input: t.arg({ type: RequestDataInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).sharing.request(context.viewer, parseInput(requestDataInput, input)),
          ),
      }),
    }),
  });
}
