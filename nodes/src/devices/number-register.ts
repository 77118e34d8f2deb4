import type { CaseNumberRegisterView, RegisteredBlock } from '@liandong/schema/domains/devices';
import { blockStateAt, serialGaps } from '@liandong/schema/domains/devices';
import type { Day } from '@liandong/schema/kernel';
import { caseNumberOf } from '@liandong/schema/kernel';
import { countSerials } from '../case-numbers/index.ts';
import type { NodeQueries } from '../db/index.ts';
import { findBlocksOf } from './block-store.ts';
import { findDevices } from './device-store.ts';

/** 编号登记: the numbers of a day at this node, and why each without a case has none. */
export async function numberRegister(queries: NodeQueries, day: Day, now: Date): Promise<CaseNumberRegisterView> {
  const { node } = queries;
  const given = await countSerials(queries, day);
  const numbers = Array.from({ length: given }, (_, i) => caseNumberOf(node, day, i + 1));
  const cases = await queries.query<{ number: string }>(
    `SELECT number FROM cases WHERE node = $1 AND number = ANY ($2::text[])`,
    [numbers],
  );
  const known = new Set(cases.map(({ number }) => number));
  const used = new Set(numbers.flatMap((number, i) => (known.has(number) ? [i + 1] : [])));
  const blocks = await registeredBlocks(queries, day, now);
  const gaps = serialGaps({ day, given, used, blocks }).map(({ first, last, why, block }) => ({
    first: caseNumberOf(node, day, first),
    last: caseNumberOf(node, day, last),
    count: last - first + 1,
    why,
    device: block && {
      id: block.device,
      name: block.deviceName,
      person: block.person,
      since: block.since,
      ended: block.ended,
    },
  }));
  return { division: node, day, given, used: used.size, gaps };
}

async function registeredBlocks(queries: NodeQueries, day: Day, now: Date): Promise<RegisteredBlock[]> {
  const devices = new Map((await findDevices(queries, null)).map((device) => [device.id, device]));
  const blocks = await findBlocksOf(queries, day);
  return blocks.map(({ first, size, device, state, takenAt, endedAt, expiresAt }) => {
    const why = blockStateAt({ state, expiresAt }, now);
    const end = why === 'RELEASED' ? expiresAt : (endedAt ?? expiresAt);
    const since = why === 'OPEN' ? takenAt : end;
    const { name = '', person = '', endReason: reason = null, endedBy } = devices.get(device) ?? {};
    const ended = reason && { reason, by: endedBy ?? '' };
    return { first, size, why, device, deviceName: name, person, since, ended };
  });
}
