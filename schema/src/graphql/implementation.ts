import type { RoleBuilder } from './builder.ts';
import { answerKeys } from './builder.ts';
import type { ImplementationView } from './services.ts';

/** Role implementation (实施清单): how a deciding node carries an item out. Owner: the deciding node. */
export function addImplementation({ builder, refs, enums }: RoleBuilder): void {
  const Implementation = builder.objectRef<ImplementationView>('Implementation');

  const MaterialRequirement = builder.objectRef<{ name: string; required: boolean }>('MaterialRequirement').implement({
    description: '申请材料清单',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      required: t.exposeBoolean('required', { nullable: false }),
    }),
  });

  Implementation.implement({
    description: '实施清单: how a deciding node carries an item out.',
    fields: (t) => ({
      itemCode: t.id({ nullable: false, resolve: (view) => view.implementation.item }),
      node: t.field({ type: refs.Division, nullable: false, resolve: (view) => view.implementation.node }),
      _via: t.id({ resolve: (view) => view.answeredBy }),
      version: t.int({ resolve: (view) => view.implementation.version }),
      itemVersion: t.int({ resolve: (view) => view.implementation.itemVersion }),
      promisedDays: t.int({
        description: 'Days promised from acceptance, in `promisedUnit`.',
        resolve: (view) => view.implementation.promised.days,
      }),
      promisedUnit: t.field({ type: enums.DayUnit, resolve: (view) => view.implementation.promised.unit }),
      materials: t.field({
        type: [MaterialRequirement],
        nullable: { list: true, items: false },
        resolve: (view) => view.implementation.materials,
      }),
      maxVisits: t.int({ description: '到办事现场次数', resolve: (view) => view.implementation.maxVisits }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when a local copy answered: when it last heard from the deciding node.',
        resolve: (view) => view.staleSince,
      }),
    }),
  });

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
        type: [Implementation],
        nullable: { list: false, items: true },
        args: { keys: t.arg({ type: [Key], required: true }) },
        resolve: (_, { keys }, context) =>
          answerKeys(keys, (at, asked) => context.services(at).implementation.getMany(asked)),
      }),
    }),
  });
}
