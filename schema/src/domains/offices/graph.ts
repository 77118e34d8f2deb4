import { WINDOW_STAGE } from '../../kernel/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addAppointments } from '../appointments/graph.ts';
import { addQueue } from '../queue/graph.ts';
import { addOperations } from '../../operation/graph.ts';
import type { AuthorityShare, PowerTransfer, Seal, WindowAuthority } from './rules.ts';
import { belowFull, percentOf } from './rules.ts';
import { offices } from './operations.ts';
import type { AuthorityPlaceView, FullAuthorityView, WindowView } from './views.ts';

/** With the node that answered, which surely has the item. */
type Via<T> = T & { via: string };

/** Role offices (部门与窗口): windows, departments' authorizations for them, seals, and transfers of powers. */
export function addOffices(role: RoleBuilder): void {
  const { builder } = role;
  const ServiceWindow = windowType(role);
  const FullAuthority = fullAuthorityType(role);
  const SealType = builder.objectRef<Seal>('Seal').implement({
    description: '印章登记',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      name: t.exposeString('name', { nullable: false }),
      department: t.exposeString('department', { nullable: false }),
      keeper: t.exposeString('keeper', { nullable: false }),
      from: t.field({ type: 'Date', nullable: false, resolve: (s) => s.from }),
      until: t.field({ type: 'Date', resolve: (s) => s.until }),
      revokedOn: t.field({ type: 'Date', resolve: (s) => s.revokedOn }),
    }),
  });
  const Transfer = builder.objectRef<PowerTransfer>('PowerTransfer').implement({
    description: "相对集中行政许可权: a bureau holds a department's powers.",
    fields: (t) => ({
      bureau: t.exposeString('bureau', { nullable: false }),
      department: t.exposeString('department', { nullable: false }),
      basis: t.exposeString('basis', { nullable: false }),
      from: t.field({ type: 'Date', nullable: false, resolve: (p) => p.from }),
      until: t.field({ type: 'Date', resolve: (p) => p.until }),
    }),
  });
  builder.queryType();
  builder.mutationType();
  addOperations(role, offices, { ServiceWindow, Seal: SealType, PowerTransfer: Transfer, FullAuthority });
  addAppointments(role);
  addQueue(role);
}

function windowType({ builder, enumOf, refs }: RoleBuilder) {
  const Authority = builder.objectRef<Via<WindowAuthority>>('WindowAuthority').implement({
    description: '窗口授权: what a department lets a window do with an item.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      item: t.field({ type: refs.ItemStub, resolve: (a) => ({ code: a.item, via: a.via }) }),
      department: t.exposeString('department', { nullable: false, description: 'In whose name results go out.' }),
      stages: t.field({ type: [enumOf(WINDOW_STAGE)], nullable: false, resolve: (a) => a.stages }),
      from: t.field({ type: 'Date', nullable: false, resolve: (a) => a.from }),
      until: t.field({ type: 'Date', resolve: (a) => a.until }),
      revokedOn: t.field({ type: 'Date', resolve: (a) => a.revokedOn }),
    }),
  });
  return builder.objectRef<WindowView>('ServiceWindow').implement({
    description: '窗口',
    fields: (t) => ({
      code: t.id({ nullable: false, resolve: (v) => v.window.code }),
      name: t.string({ nullable: false, resolve: (v) => v.window.name }),
      department: t.string({ description: 'Null for a comprehensive window.', resolve: (v) => v.window.department }),
      place: t.string({ description: 'Where it is.', resolve: (v) => v.window.place }),
      hours: t.string({ description: '办公时间', resolve: (v) => v.window.hours }),
      phone: t.string({ resolve: (v) => v.window.phone }),
      from: t.field({ type: 'Date', nullable: false, resolve: (v) => v.window.from }),
      until: t.field({ type: 'Date', resolve: (v) => v.window.until }),
      authorities: t.field({
        type: [Authority],
        nullable: false,
        description: 'Those that hold today, and those to come.',
        resolve: (v) => v.authorities.map((a) => ({ ...a, via: v.answeredBy })),
      }),
    }),
  });
}

function fullAuthorityType({ builder, enumOf, refs }: RoleBuilder) {
  const { Division, ItemStub } = refs;
  const Share = builder.objectRef<Via<AuthorityShare>>('AuthorityShare').implement({
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (s) => ({ code: s.item, via: s.via }) }),
      done: t.field({ type: [enumOf(WINDOW_STAGE)], nullable: false, resolve: (s) => s.done }),
      needed: t.field({ type: [enumOf(WINDOW_STAGE)], nullable: false, resolve: (s) => s.needed }),
    }),
  });
  const Place = builder.objectRef<Via<AuthorityPlaceView>>('AuthorityPlace').implement({
    description: 'A window of the node, or a node below it.',
    fields: (t) => ({
      window: t.id({ resolve: (p) => p.window }),
      node: t.field({ type: Division, resolve: (p) => p.node }),
      items: t.int({ nullable: false, resolve: (p) => p.shares.length }),
      percent: t.int({
        nullable: false,
        description: 'Share of the stages that are done on the spot, rounded down.',
        resolve: (p) => percentOf(p.shares),
      }),
      belowFull: t.field({
        type: [Share],
        nullable: false,
        resolve: (p) => belowFull(p.shares).map((share) => ({ ...share, via: p.via })),
      }),
    }),
  });
  return builder.objectRef<FullAuthorityView>('FullAuthority').implement({
    description: '充分授权: how far items can be done on the spot, at windows and at the nodes below.',
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (v) => v.division }),
      day: t.field({ type: 'Date', nullable: false, resolve: (v) => v.day }),
      places: t.field({
        type: [Place],
        nullable: false,
        resolve: (v) => v.places.map((place) => ({ ...place, via: v.division })),
      }),
      unauthorized: t.field({
        type: [ItemStub],
        nullable: false,
        description: 'Items of the node that no window is authorized for.',
        resolve: (v) => v.unauthorized.map((code) => ({ code, via: v.division })),
      }),
    }),
  });
}
