import { DAY_UNIT, FLOW_STEP, ONLINE_DEPTH } from '../catalogue/item-words.ts';
import { vagueClauses } from '../catalogue/vague-clauses.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { answerKeys } from '../../graph/builder.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import { addOperations } from '../../operation/graph.ts';
import { implementation } from './operations.ts';
import type { ImplementationView } from './views.ts';

type Elements = ImplementationView['implementation'];

/** Role implementation (实施清单): a deciding node's own terms for an item. Owner: the deciding node. */
export function addImplementation(role: RoleBuilder): void {
  const { builder } = role;
  const Implementation = implementationType(role);
  const Key = builder.inputType('ImplementationKey', {
    fields: (t) => ({
      item: t.id({ required: true }),
      node: t.id({ required: true }),
      at: t.id({ required: true }),
      via: t.id(),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      _implementations: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [Implementation],
        nullable: { list: false, items: true },
        args: { keys: t.arg({ type: [Key], required: true }) },
        resolve: (_, { keys }, context) =>
          answerKeys(keys, (at, asked) => context.services(at).implementation.getMany(asked)),
      }),
    }),
  });
  builder.mutationType();
  addOperations(role, implementation, { Implementation });
}

function implementationType(role: RoleBuilder) {
  const { builder, refs, enumOf } = role;
  const { Discretion, Stage, Contact, InCharge } = elementTypes(role);
  return builder.objectRef<ImplementationView>('Implementation').implement({
    description: '实施清单: how a deciding node carries an item out.',
    fields: (t) => ({
      itemCode: t.id({ nullable: false, resolve: (view) => view.implementation.item }),
      node: t.field({ type: refs.Division, nullable: false, resolve: (view) => view.implementation.node }),
      _via: t.id({ resolve: (view) => view.answeredBy }),
      version: t.int({ resolve: (view) => view.implementation.version }),
      itemVersion: t.int({ resolve: (view) => view.implementation.itemVersion }),
      promisedDays: t.float({
        description: 'Days promised from acceptance, in `promisedUnit`.',
        resolve: (view) => view.implementation.promised.days,
      }),
      promisedUnit: t.field({ type: enumOf(DAY_UNIT), resolve: (view) => view.implementation.promised.unit }),
      greenChannel: t.field({
        type: refs.Limit,
        description: "绿色通道时限 of key projects' cases, from acceptance; null where there is none.",
        resolve: (view) => view.implementation.greenChannel,
      }),
      urgent: t.field({
        type: refs.Limit,
        description: '特急时限 of urgent cases, from the day the materials are in; null where there is none.',
        resolve: (view) => view.implementation.urgent,
      }),
      materials: t.field({
        type: [refs.MaterialRequirement],
        nullable: { list: true, items: false },
        resolve: (view) => view.implementation.materials,
      }),
      maxVisits: t.int({ description: '到办事现场次数', resolve: (view) => view.implementation.maxVisits }),
      conditions: t.stringList({
        nullable: { list: true, items: false },
        description: '受理条件',
        resolve: (view) => view.implementation.conditions,
      }),
      discretion: t.field({
        type: [Discretion],
        nullable: { list: true, items: false },
        resolve: (view) => view.implementation.discretion,
      }),
      stages: t.field({
        type: [Stage],
        nullable: { list: true, items: false },
        resolve: (view) => view.implementation.stages,
      }),
      feeSchedule: t.field({
        type: refs.FeeSchedule,
        description: 'Null where the node takes what the item says.',
        resolve: (view) => view.implementation.feeSchedule,
      }),
      windows: t.stringList({
        nullable: { list: true, items: false },
        description: '办理窗口',
        resolve: (view) => view.implementation.windows,
      }),
      hours: t.string({ description: '办公时间', resolve: (view) => view.implementation.hours }),
      contacts: t.field({
        type: [Contact],
        nullable: { list: true, items: false },
        resolve: (view) => view.implementation.contacts,
      }),
      onlineDepth: t.field({ type: enumOf(ONLINE_DEPTH), resolve: (view) => view.implementation.onlineDepth }),
      place: t.string({ description: '办理地点', resolve: (view) => view.implementation.place }),
      inCharge: t.field({
        type: InCharge,
        description: '责任人: who answers for the item at the node.',
        resolve: (view) => view.implementation.inCharge,
      }),
      verified: t.boolean({
        description: 'False while what the node states of its own is not checked against the texts in force.',
        resolve: (view) => view.implementation.verified,
      }),
      vagueClauses: t.field({
        type: [refs.VagueClause],
        nullable: { list: true, items: false },
        resolve: (view) => vagueClauses(view.implementation),
      }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when a local copy answered: when it last heard from the deciding node.',
        resolve: (view) => view.staleSince,
      }),
    }),
  });
}

function elementTypes({ builder, enumOf, refs }: RoleBuilder) {
  const Discretion = builder.objectRef<Elements['discretion'][number]>('Discretion').implement({
    description: '裁量基准: under which circumstance which standard holds.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: 'What a decision cites it by.' }),
      circumstance: t.exposeString('circumstance', { nullable: false }),
      standard: t.exposeString('standard', { nullable: false }),
    }),
  });
  const Stage = builder.objectRef<Elements['stages'][number]>('Stage').implement({
    description: '办理环节 of the published flow.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      standard: t.exposeString('standard', { nullable: false, description: '审查标准' }),
      limit: t.field({ type: refs.Limit, resolve: (s) => s.limit }),
      post: t.exposeString('post', { nullable: false, description: '办理岗位' }),
      person: t.exposeString('person', { description: '办理人员' }),
      step: t.field({
        type: enumOf(FLOW_STEP),
        description: 'The step of the flow it is part of; null where its name says so.',
        resolve: (s) => s.step,
      }),
    }),
  });
  const Contact = builder.objectRef<Elements['contacts'][number]>('Contact').implement({
    description: '咨询、投诉方式',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      phone: t.exposeString('phone', { nullable: false }),
    }),
  });
  const InCharge = builder.objectRef<NonNullable<Elements['inCharge']>>('InCharge').implement({
    description: '责任人',
    fields: (t) => ({
      post: t.exposeString('post', { nullable: false }),
      person: t.exposeString('person'),
      phone: t.exposeString('phone'),
    }),
  });
  return { Discretion, Stage, Contact, InCharge };
}
