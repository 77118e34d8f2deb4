import type { z } from 'zod';
import type { AuthorityShare, PowerTransfer, Seal, WindowAuthority } from '../rules/offices.ts';
import { belowFull, percentOf } from '../rules/offices.ts';
import type { RoleBuilder } from './builder.ts';
import { addressed } from './builder.ts';
import { parseInput } from './inputs.ts';
import {
  authorizeWindowInput,
  closeWindowInput,
  openWindowInput,
  registerSealInput,
  revokeInput,
  transferPowersInput,
} from './offices-inputs.ts';
import { OPENS_AS_PUBLIC } from './one-case.ts';
import type { Outcome } from './problems.ts';
import { addProblem, outcomeOf } from './problems.ts';
import type { FullAuthorityView, OfficesService, RoleContext, WindowView } from './services.ts';

type Via<T> = T & { via: string };

/** Role offices (部门与窗口): windows, what departments let them do, seals, and who holds whose powers. */
export function addOffices(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);

  const Authority = builder.objectRef<Via<WindowAuthority>>('WindowAuthority').implement({
    description: '窗口授权: what a department lets a window do with an item.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (a) => ({ code: a.item, via: a.via }) }),
      department: t.exposeString('department', { nullable: false, description: 'In whose name results go out.' }),
      stages: t.field({ type: [enums.WindowStage], nullable: false, resolve: (a) => a.stages }),
      from: t.field({ type: 'Date', nullable: false, resolve: (a) => a.from }),
      until: t.field({ type: 'Date', resolve: (a) => a.until }),
      revokedOn: t.field({ type: 'Date', resolve: (a) => a.revokedOn }),
    }),
  });
  const Window = builder.objectRef<WindowView>('ServiceWindow').implement({
    description: '窗口',
    fields: (t) => ({
      code: t.id({ nullable: false, resolve: (v) => v.window.code }),
      name: t.string({ nullable: false, resolve: (v) => v.window.name }),
      department: t.string({ description: 'Null for a comprehensive window.', resolve: (v) => v.window.department }),
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
  const SealRef = builder.objectRef<Seal>('Seal').implement({
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
  const Share = builder.objectRef<Via<AuthorityShare>>('AuthorityShare').implement({
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (s) => ({ code: s.item, via: s.via }) }),
      done: t.field({ type: [enums.WindowStage], nullable: false, resolve: (s) => s.done }),
      needed: t.field({ type: [enums.WindowStage], nullable: false, resolve: (s) => s.needed }),
    }),
  });
  type Place = FullAuthorityView['places'][number];
  const PlaceRef = builder.objectRef<Via<Place>>('AuthorityPlace').implement({
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
  const FullAuthority = builder.objectRef<FullAuthorityView>('FullAuthority').implement({
    description: '充分授权: how far items can be done on the spot, at windows and at the nodes below.',
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (v) => v.division }),
      day: t.field({ type: 'Date', nullable: false, resolve: (v) => v.day }),
      places: t.field({
        type: [PlaceRef],
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

  builder.queryType({
    fields: (t) => ({
      windows: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [Window],
        nullable: { list: true, items: false },
        description: 'Windows that are open today. Needs no login.',
        args: { division: t.arg.id({ required: true }) },
        resolve: (_, _args, context) => context.services(addressed(context)).offices.windows(),
      }),
      seals: t.field({
        type: [SealRef],
        nullable: { list: true, items: false },
        args: { division: t.arg.id({ required: true }) },
        resolve: (_, _args, context) => context.services(addressed(context)).offices.seals(context.viewer),
      }),
      powerTransfers: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [Transfer],
        nullable: { list: true, items: false },
        description: 'Whose powers are with which bureau. Needs no login.',
        args: { division: t.arg.id({ required: true }) },
        resolve: (_, _args, context) => context.services(addressed(context)).offices.transfers(),
      }),
      fullAuthority: t.field({
        type: FullAuthority,
        args: { division: t.arg.id({ required: true }) },
        resolve: (_, _args, context) => context.services(addressed(context)).offices.fullAuthority(context.viewer),
      }),
    }),
  });

  const WindowPayload = builder.objectRef<Outcome<WindowView>>('WindowPayload').implement({
    fields: (t) => ({
      window: t.field({ type: Window, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const SealPayload = builder.objectRef<Outcome<Seal>>('SealPayload').implement({
    fields: (t) => ({
      seal: t.field({ type: SealRef, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const TransferPayload = builder.objectRef<Outcome<PowerTransfer[]>>('TransferPayload').implement({
    fields: (t) => ({
      transfers: t.field({ type: [Transfer], resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const OpenInput = builder.inputType('OpenWindowInput', {
    fields: (t) => ({
      code: t.id({ required: true }),
      name: t.string({ required: true }),
      department: t.string({ description: 'Left out for a comprehensive window.' }),
      from: t.field({ type: 'Date', required: true }),
      until: t.field({ type: 'Date' }),
      idempotencyKey: t.string(),
    }),
  });
  const CloseInput = builder.inputType('CloseWindowInput', {
    fields: (t) => ({
      code: t.id({ required: true }),
      until: t.field({ type: 'Date', required: true, description: 'Its last day.' }),
      idempotencyKey: t.string(),
    }),
  });
  const AuthorizeInput = builder.inputType('AuthorizeWindowInput', {
    fields: (t) => ({
      window: t.id({ required: true }),
      item: t.id({ required: true }),
      department: t.string({ required: true, description: 'The department or bureau whose power it is.' }),
      stages: t.field({ type: [enums.WindowStage], required: true }),
      from: t.field({ type: 'Date', required: true }),
      until: t.field({ type: 'Date' }),
      idempotencyKey: t.string(),
    }),
  });
  const Revoke = builder.inputType('RevokeInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      on: t.field({ type: 'Date', required: true, description: 'The first day without it.' }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const SealInput = builder.inputType('RegisterSealInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      department: t.string({ required: true }),
      keeper: t.string({ required: true }),
      from: t.field({ type: 'Date', required: true }),
      until: t.field({ type: 'Date' }),
      idempotencyKey: t.string(),
    }),
  });
  const TransferInput = builder.inputType('TransferPowersInput', {
    fields: (t) => ({
      bureau: t.string({ required: true }),
      departments: t.stringList({ required: true }),
      basis: t.string({ required: true, description: 'Say 《行政许可法》第二十五条.' }),
      from: t.field({ type: 'Date', required: true }),
      until: t.field({ type: 'Date' }),
      idempotencyKey: t.string(),
    }),
  });
  const register =
    <T, R>(
      schema: z.ZodType<T>,
      call: (offices: OfficesService, viewer: RoleContext['viewer'], input: T) => Promise<R>,
    ) =>
    (_: unknown, { input }: { input: unknown }, context: RoleContext) =>
      outcomeOf(context, () =>
        call(context.services(addressed(context)).offices, context.viewer, parseInput(schema, input)),
      );
  builder.mutationType({
    fields: (t) => ({
      openWindow: t.field({
        type: WindowPayload,
        description: '设立窗口',
        args: { input: t.arg({ type: OpenInput, required: true }) },
        resolve: register(openWindowInput, (offices, viewer, input) => offices.openWindow(viewer, input)),
      }),
      closeWindow: t.field({
        type: WindowPayload,
        description: '撤销窗口',
        args: { input: t.arg({ type: CloseInput, required: true }) },
        resolve: register(closeWindowInput, (offices, viewer, input) => offices.closeWindow(viewer, input)),
      }),
      authorizeWindow: t.field({
        type: WindowPayload,
        description: '窗口授权: a department lets a window do stages of an item.',
        args: { input: t.arg({ type: AuthorizeInput, required: true }) },
        resolve: register(authorizeWindowInput, (offices, viewer, input) => offices.authorizeWindow(viewer, input)),
      }),
      revokeWindowAuthority: t.field({
        type: WindowPayload,
        description: '收回窗口授权',
        args: { input: t.arg({ type: Revoke, required: true }) },
        resolve: register(revokeInput, (offices, viewer, input) => offices.revokeAuthority(viewer, input)),
      }),
      registerSeal: t.field({
        type: SealPayload,
        description: '印章登记',
        args: { input: t.arg({ type: SealInput, required: true }) },
        resolve: register(registerSealInput, (offices, viewer, input) => offices.registerSeal(viewer, input)),
      }),
      revokeSeal: t.field({
        type: SealPayload,
        description: '印章停用',
        args: { input: t.arg({ type: Revoke, required: true }) },
        resolve: register(revokeInput, (offices, viewer, input) => offices.revokeSeal(viewer, input)),
      }),
      transferPowers: t.field({
        type: TransferPayload,
        description: "划转: a bureau holds several departments' powers from a day on; their own seals are put away.",
        args: { input: t.arg({ type: TransferInput, required: true }) },
        resolve: register(transferPowersInput, (offices, viewer, input) => offices.transferPowers(viewer, input)),
      }),
    }),
  });
}
