import type { DivisionCode } from '@liandong/schema/kernel';
import type { FilingLookup } from '@liandong/schema/domains/filing';
import type { CaseReadings } from '../cases/index.ts';
import { filingView } from './filing-views.ts';

/** Applications as one node has them: those it took in, and copies. */
export function filingLookup(node: DivisionCode, readings: CaseReadings): FilingLookup {
  return {
    getMany: (viewer, ids) =>
      readings.each(viewer, ids, async () => (stored, person) => filingView(stored, node, person)),
  };
}
