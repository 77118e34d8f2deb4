import type { WindowStage } from '@liandong/schema/kernel';
import { day, nullable, table, text, textsOf, uuid } from '../db/index.ts';

/** Windows of a node: one row each; a window that is opened again replaces its row. */
export const windowsTable = table('windows', ['code'], {
  code: text,
  name: text,
  department: nullable(text),
  fromDay: day,
  untilDay: nullable(day),
  place: nullable(text),
  hours: nullable(text),
  phone: nullable(text),
});

/** Authority that a department gave a window over an item's stages. */
export const windowAuthoritiesTable = table('window_authorities', ['id'], {
  id: uuid,
  windowCode: text,
  item: text,
  department: text,
  stages: textsOf<WindowStage>(),
  fromDay: day,
  untilDay: nullable(day),
  revokedOn: nullable(day),
  revokedReason: nullable(text),
  /** The name of the person who gave it. */
  authorizedBy: text,
});

/** A seal of a department, and who keeps it. */
export const sealsTable = table('seals', ['id'], {
  id: uuid,
  name: text,
  department: text,
  keeper: text,
  fromDay: day,
  untilDay: nullable(day),
  revokedOn: nullable(day),
  revokedReason: nullable(text),
});

/** A department's powers held by a bureau from a day on. */
export const powerTransfersTable = table('power_transfers', ['department', 'fromDay'], {
  department: text,
  fromDay: day,
  untilDay: nullable(day),
  bureau: text,
  basis: text,
});
