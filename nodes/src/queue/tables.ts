import type { QueueNumber, QueueService, QueueState } from '@liandong/schema/domains/queue';
import type { RowOf } from '../db/index.ts';
import { day, instant, integer, jsonOf, nullable, table, text, textOf } from '../db/index.ts';

/** The numbers of each day. */
export const queueNumbersTable = table('queue_numbers', ['day', 'serial'], {
  day,
  serial: integer,
  number: text,
  services: jsonOf<readonly QueueService[]>(),
  appointment: nullable(jsonOf<NonNullable<QueueNumber['appointment']>>()),
  takenAt: instant,
  state: textOf<QueueState>(),
  windowCode: nullable(text),
  calledAt: nullable(instant),
  calls: integer,
});
export type QueueNumberRow = RowOf<typeof queueNumbersTable>;
