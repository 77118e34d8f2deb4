import { LIGHT_KIND, LIGHT_LEVEL } from './light-words.ts';
import { DATA_OFFER_KIND, DATA_STATE } from './words.ts';
import { TIER } from '../../kernel/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addProblem } from '../../graph/problems.ts';
import { addOperations } from '../../operation/graph.ts';
import { addReads } from '../reads/graph.ts';
import { sharing } from './operations.ts';
import type { DataField, DataOffer } from './rules.ts';
import type { DataLightView, DataOfferView, DataRequestView, DataUseView, GivenField } from './views.ts';

/** Role sharing (数据共享): data that nodes offer each other, and requests for it. Owner: the desk that is asked. */
export function addSharing(role: RoleBuilder): void {
  role.builder.queryType();
  role.builder.mutationType();
  addOperations(role, sharing, {
    DataOffer: offerType(role),
    DataRequest: requestType(role),
    DataUse: useType(role),
    DataLight: lightType(role),
  });
  addReads(role);
}

function offerType({ builder, enumOf, refs }: RoleBuilder) {
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
      tiers: t.field({ type: [enumOf(TIER)], nullable: false, resolve: (a) => a.tiers }),
      divisions: t.field({ type: [refs.Division], nullable: false, resolve: (a) => a.divisions }),
    }),
  });
  return builder.objectRef<DataOfferView>('DataOffer').implement({
    description: '数据共享目录: what a node gives others from a register it keeps or certificates it issued.',
    fields: (t) => ({
      id: t.id({ nullable: false, resolve: (v) => v.offer.id }),
      node: t.field({ type: refs.Division, resolve: (v) => v.offer.node }),
      name: t.string({ nullable: false, description: 'The material it replaces.', resolve: (v) => v.offer.name }),
      kind: t.field({ type: enumOf(DATA_OFFER_KIND), nullable: false, resolve: (v) => v.offer.kind }),
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
}

function requestType(role: RoleBuilder) {
  const { builder, enumOf, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);
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
  return builder.objectRef<DataRequestView>('DataRequest').implement({
    description: '数据共享请求, tied to a case.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      offer: t.exposeID('offer', { nullable: false }),
      asker: t.field({ type: Division, resolve: (r) => r.asker }),
      provider: t.field({ type: Division, resolve: (r) => r.provider }),
      item: t.field({
        type: ItemStub,
        description: 'The purpose.',
        resolve: (r) => (r.item === null ? null : { code: r.item, via: r.answeredBy }),
      }),
      askedBy: t.exposeString('askedBy'),
      askedAt: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.askedAt }),
      state: t.field({ type: enumOf(DATA_STATE), nullable: false, resolve: (r) => r.state }),
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
}

function useType({ builder, enumOf, refs }: RoleBuilder) {
  const { Division, ItemStub } = refs;
  return builder.objectRef<DataUseView>('DataUse').implement({
    description: '个人数据使用记录: who asked whom for what, for the person it is about; no values.',
    fields: (t) => ({
      askedAt: t.field({ type: 'DateTime', nullable: false, resolve: (u) => u.askedAt }),
      asker: t.field({ type: Division, resolve: (u) => u.asker }),
      provider: t.field({ type: Division, resolve: (u) => u.provider }),
      item: t.field({
        type: ItemStub,
        description: 'The purpose.',
        resolve: (u) => (u.item === null ? null : { code: u.item, via: u.answeredBy }),
      }),
      fields: t.stringList({
        nullable: false,
        description: 'Labels of the fields asked for.',
        resolve: (u) => u.fields,
      }),
      state: t.field({ type: enumOf(DATA_STATE), nullable: false, resolve: (u) => u.state }),
    }),
  });
}

function lightType({ builder, enumOf, refs }: RoleBuilder) {
  const { Division } = refs;
  return builder.objectRef<DataLightView>('DataLight').implement({
    description: '预警灯 over data sharing.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      kind: t.field({ type: enumOf(LIGHT_KIND), nullable: false, resolve: (l) => l.kind }),
      level: t.field({ type: enumOf(LIGHT_LEVEL), nullable: false, resolve: (l) => l.level }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (l) => l.at }),
      raisedAt: t.field({ type: Division, description: 'The node that found it.', resolve: (l) => l.raisedAt }),
      about: t.field({ type: Division, description: 'The node that asked.', resolve: (l) => l.about }),
      caseId: t.exposeID('caseId'),
      detail: t.exposeString('detail', { nullable: false }),
    }),
  });
}
