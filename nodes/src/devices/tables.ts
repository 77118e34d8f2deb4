import type { DeviceEnd, StoredBlockState } from '@liandong/schema/domains/devices';
import type { RowOf } from '../db/index.ts';
import { day, instant, integer, nullable, table, text, textOf, uuid } from '../db/index.ts';

/** Devices of a desk's people. */
export const devicesTable = table('devices', ['id'], {
  id: uuid,
  name: text,
  issuer: text,
  sub: text,
  /** Name of the person who registered and uses it. */
  person: text,
  registeredAt: instant,
  seenAt: instant,
  endedAt: nullable(instant),
  endReason: nullable(textOf<DeviceEnd>()),
  /** Name of the person who ended it. */
  endedBy: nullable(text),
});
export type DeviceRow = RowOf<typeof devicesTable>;

/** Case numbers that a device took for a day: serials `first` to `first + size - 1`. */
export const numberBlocksTable = table('number_blocks', ['id'], {
  id: uuid,
  device: uuid,
  day,
  first: integer,
  size: integer,
  takenAt: instant,
  expiresAt: instant,
  state: textOf<StoredBlockState>(),
  endedAt: nullable(instant),
});
export type BlockRow = RowOf<typeof numberBlocksTable>;

/** Cases that were filed with a number of a block. */
export const lateFilingsTable = table('late_filings', ['number'], {
  number: text,
  block: uuid,
  caseId: text,
  /** When the desk received it, by the device's clock. */
  receivedAt: instant,
  enteredAt: instant,
});
export type LateFilingRow = RowOf<typeof lateFilingsTable>;
