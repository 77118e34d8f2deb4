import type { handling } from '@liandong/schema/domains/handling';
import type { InputOf } from '@liandong/schema/operation';
import type { NodeHandlers } from '../db/index.ts';
import { draftDocument } from './case-documents.ts';
import type { CaseFilter } from '../work-queue/index.ts';
import type { CaseReadings } from './case-readings.ts';

/** 办理 at one node: what its desk reads of cases, and the document it issues. All other steps are rules alone. */
export function handlingHandlers(readings: CaseReadings): NodeHandlers<typeof handling> {
  return {
    cases: ({ viewer, input, page }) => readings.list(viewer, filterOf(input), page),
    resultDocument: ({ viewer, input }) => readings.document(viewer, input.case),
    caseNotice: ({ viewer, input }) => readings.notice(viewer, input.case, input.seq),
    issueDocument: async ({ tx, context, file }, take) => take(await draftDocument(tx, context, file)),
  };
}

function filterOf({ filter, orderBy }: InputOf<typeof handling.operations.cases>): CaseFilter {
  return {
    custody: filter?.custody ?? null,
    states: filter?.states ?? null,
    item: filter?.item ?? null,
    number: filter?.number ?? null,
    department: filter?.department ?? null,
    waitingFor: filter?.waitingFor ?? null,
    overdue: filter?.overdue ?? null,
    paused: filter?.paused ?? null,
    dueBefore: filter?.dueBefore ? new Date(filter.dueBefore) : null,
    orderBy: orderBy ?? null,
  };
}
