import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { devices } from './operations.ts';
import type {
  CaseNumberBlockView,
  CaseNumberGapView,
  CaseNumberRegisterView,
  DeviceView,
  UsedNumberView,
} from './views.ts';
import { BLOCK_STATE, DEVICE_END, NUMBER_GAP } from './words.ts';

/** Fields of devices and their numbers. */
export function addDevices(role: RoleBuilder): void {
  const CaseNumberBlock = blockType(role);
  const Device = deviceType(role, CaseNumberBlock);
  addOperations(role, devices, { Device, CaseNumberBlock, CaseNumberRegister: registerType(role) });
}

function blockType({ builder, enumOf }: RoleBuilder) {
  const UsedCaseNumber = builder.objectRef<UsedNumberView>('UsedCaseNumber').implement({
    fields: (t) => ({
      number: t.exposeString('number', { nullable: false }),
      case: t.exposeID('case', { nullable: false, description: 'Id of the case.' }),
      receivedAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: "When the desk took it in, by the device's clock.",
        resolve: (u) => u.receivedAt,
      }),
      enteredAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'When it was filed.',
        resolve: (u) => u.enteredAt,
      }),
    }),
  });
  return builder.objectRef<CaseNumberBlockView>('CaseNumberBlock').implement({
    description: '预留编号: case numbers that a device has for one day.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      device: t.exposeID('device', { nullable: false }),
      day: t.field({ type: 'Date', nullable: false, resolve: (b) => b.day }),
      left: t.exposeStringList('left', {
        nullable: { list: false, items: false },
        description: 'Numbers that can still be used, in order.',
      }),
      used: t.field({
        type: [UsedCaseNumber],
        nullable: { list: false, items: false },
        resolve: (b) => b.used,
      }),
      takenAt: t.field({ type: 'DateTime', nullable: false, resolve: (b) => b.takenAt }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'Until when its numbers can be filed.',
        resolve: (b) => b.expiresAt,
      }),
      state: t.field({ type: enumOf(BLOCK_STATE), nullable: false, resolve: (b) => b.state }),
      endedAt: t.field({ type: 'DateTime', resolve: (b) => b.endedAt }),
    }),
  });
}

function deviceType({ builder, enumOf, refs }: RoleBuilder, CaseNumberBlock: ReturnType<typeof blockType>) {
  return builder.objectRef<DeviceView>('Device').implement({
    description: '设备: what a person of a desk takes applications in with while there is no line.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      name: t.exposeString('name', { nullable: false }),
      division: t.field({ type: refs.Division, resolve: (d) => d.division }),
      person: t.exposeString('person', { nullable: false, description: 'Who registered and uses it.' }),
      registeredAt: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.registeredAt }),
      seenAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'When it last took or gave back numbers, or filed with one.',
        resolve: (d) => d.seenAt,
      }),
      left: t.int({
        nullable: false,
        description: 'Numbers that it can still use, of all days.',
        resolve: (d) => d.blocks.reduce((sum, block) => sum + block.left.length, 0),
      }),
      blocks: t.field({
        type: [CaseNumberBlock],
        nullable: { list: false, items: false },
        description: 'Open ones, and those of the last 30 days.',
        resolve: (d) => d.blocks,
      }),
      endedAt: t.field({ type: 'DateTime', resolve: (d) => d.ended?.at ?? null }),
      endReason: t.field({ type: enumOf(DEVICE_END), resolve: (d) => d.ended?.reason ?? null }),
      endedBy: t.string({ resolve: (d) => d.ended?.by ?? null }),
    }),
  });
}

function registerType({ builder, enumOf, refs }: RoleBuilder) {
  const CaseNumberGap = builder.objectRef<CaseNumberGapView>('CaseNumberGap').implement({
    description: '空号: numbers that follow each other, and why no case has them.',
    fields: (t) => ({
      first: t.exposeString('first', { nullable: false }),
      last: t.exposeString('last', { nullable: false }),
      count: t.exposeInt('count', { nullable: false }),
      why: t.field({ type: enumOf(NUMBER_GAP), nullable: false, resolve: (g) => g.why }),
      device: t.id({ description: 'The device that had them.', resolve: (g) => g.device?.id ?? null }),
      deviceName: t.string({ resolve: (g) => g.device?.name ?? null }),
      person: t.string({ description: 'Whose device it is.', resolve: (g) => g.device?.person ?? null }),
      since: t.field({ type: 'DateTime', resolve: (g) => g.device?.since ?? null }),
      deviceEnd: t.field({
        type: enumOf(DEVICE_END),
        description: 'Why the device was ended; null while it is in use.',
        resolve: (g) => g.device?.ended?.reason ?? null,
      }),
      deviceEndedBy: t.string({ resolve: (g) => g.device?.ended?.by ?? null }),
    }),
  });
  return builder.objectRef<CaseNumberRegisterView>('CaseNumberRegister').implement({
    description: '编号登记: every number of a day has a case, or a reason why not.',
    fields: (t) => ({
      division: t.field({ type: refs.Division, resolve: (r) => r.division }),
      day: t.field({ type: 'Date', nullable: false, resolve: (r) => r.day }),
      given: t.exposeInt('given', { nullable: false, description: 'Numbers given out so far, from 1 on.' }),
      used: t.exposeInt('used', { nullable: false, description: 'Numbers that cases have.' }),
      gaps: t.field({ type: [CaseNumberGap], nullable: { list: false, items: false }, resolve: (r) => r.gaps }),
    }),
  });
}
