import type { Standardization } from '@liandong/schema/domains/figures';
import { day, jsonOf, table } from '../db/table.ts';

/** The node's figures of standardization on each day on which they changed. */
export const standardizationDaysTable = table('standardization_days', ['day'], {
  day,
  figures: jsonOf<Standardization>(),
});
