import type { DivisionCode } from '@liandong/schema/kernel';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';

/** How long a desk may still call who booked, days after the appointment. */
const KEPT_DAYS = 30;

/** Forgets names and phones of past appointments: kept no longer than needed (个人信息保护法 Art. 19). */
export async function forgetBookers(nodes: readonly DivisionCode[], db: HostDb, now: Date): Promise<void> {
  await db.queryHost(
    `UPDATE appointments SET name = NULL, phone = NULL, phone_digest = NULL
     WHERE node = ANY ($1) AND day < $2::date AND (name IS NOT NULL OR phone IS NOT NULL)`,
    [nodes, plusDays(dayOf(now), -KEPT_DAYS)],
  );
}
