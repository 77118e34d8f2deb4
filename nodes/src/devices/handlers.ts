import { randomUUID } from 'node:crypto';
import type { devices, DeviceView } from '@liandong/schema/domains/devices';
import {
  MOST_DEVICES,
  requireDeviceEnder,
  requireMoreNumbers,
  requireOwnDevice,
  seesAllDevices,
} from '@liandong/schema/domains/devices';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import { requireOwnDesk, requireReaderOver } from '@liandong/schema/operation';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { blockView, blockViews, countLeft, endBlock, findDeviceOf, lockBlock, takeBlock } from './block-store.ts';
import {
  countDevices,
  endDeviceAt,
  findDevices,
  getDevice,
  insertDevice,
  lockDevice,
  markSeen,
} from './device-store.ts';
import { numberRegister } from './number-register.ts';
import type { DeviceRow } from './tables.ts';

export interface DeviceParts {
  node: DivisionCode;
  divisions: Divisions;
  now: () => Date;
}

/** 设备和预留编号 at one node. */
export function deviceHandlers({ node, divisions, now }: DeviceParts): NodeHandlers<typeof devices> {
  const viewed = (queries: NodeQueries, rows: readonly DeviceRow[]) => deviceViews(queries, rows, now());

  async function oneDevice(queries: NodeQueries, id: string): Promise<DeviceView> {
    const [view] = await viewed(queries, [await getDevice(queries, id)]);
    if (!view) throw new Error(`device ${id} has no view`);
    return view;
  }

  return {
    async registerDevice({ viewer, tx, input: { name }, once }) {
      const made = await once(async () => {
        if ((await countDevices(tx, viewer)) >= MOST_DEVICES) {
          throw problem('DEVICE_LIMIT', `You have ${MOST_DEVICES} devices; end one that is not used any more.`);
        }
        const id = randomUUID();
        const { issuer, sub, name: person } = viewer;
        const ended = { endedAt: null, endReason: null, endedBy: null };
        await insertDevice(tx, { id, name, issuer, sub, person, registeredAt: now(), seenAt: now(), ...ended });
        return id;
      });
      return oneDevice(tx, made);
    },

    async endDevice({ viewer, tx, input: { device: id, reason }, once }) {
      await once(async () => {
        const device = await lockDevice(tx, id);
        requireDeviceEnder(device, viewer, divisions);
        if (device.endReason !== null) {
          throw problem('DEVICE_ENDED', `This device was ended before (${device.endReason}).`, { field: 'device' });
        }
        await endDeviceAt(tx, id, { at: now(), reason, by: viewer.name });
        return true;
      });
      return oneDevice(tx, id);
    },

    async devices({ viewer, queries }) {
      if (seesAllDevices(viewer, node, divisions)) return viewed(queries, await findDevices(queries, null));
      requireOwnDesk(viewer, node);
      return viewed(queries, await findDevices(queries, viewer));
    },

    async takeCaseNumbers({ viewer, tx, input, once }) {
      const id = await once(async () => {
        const device = await lockDevice(tx, input.device);
        requireOwnDevice(device, viewer);
        const at = now();
        const day = input.day ?? dayOf(at);
        requireMoreNumbers(day, await countLeft(tx, device.id, day), at);
        await markSeen(tx, device.id, at);
        return takeBlock(tx, device.id, day, at);
      });
      return blockView(tx, id, now());
    },

    async returnCaseNumbers({ viewer, tx, input, once }) {
      await once(async () => {
        // locks the device before its block, as a late filing does
        const id = await findDeviceOf(tx, input.block);
        requireOwnDevice(await lockDevice(tx, id), viewer);
        const block = await lockBlock(tx, input.block);
        if (block.state !== 'OPEN' || block.expiresAt <= now()) {
          throw problem('NUMBER_ENDED', 'This block of numbers has ended already.', { field: 'block' });
        }
        await endBlock(tx, block.id, 'RETURNED', now());
        await markSeen(tx, id, now());
        return true;
      });
      return blockView(tx, input.block, now());
    },

    async caseNumberRegister({ viewer, queries, input: { day } }) {
      requireReaderOver(viewer, 'READ_CASE_NUMBERS', node, divisions);
      return numberRegister(queries, day, now());
    },
  };
}

async function deviceViews(queries: NodeQueries, rows: readonly DeviceRow[], now: Date): Promise<DeviceView[]> {
  const blocks = await blockViews(
    queries,
    rows.map(({ id }) => id),
    dayOf(now),
    now,
  );
  return rows.map(({ id, name, person, registeredAt, seenAt, endedAt, endReason, endedBy }) => ({
    id,
    name,
    division: queries.node,
    person,
    registeredAt,
    seenAt,
    ended: endedAt && endReason ? { at: endedAt, reason: endReason, by: endedBy ?? '' } : null,
    blocks: blocks.filter(({ device }) => device === id),
  }));
}
