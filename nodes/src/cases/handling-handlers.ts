import { handling } from '@liandong/schema/domains/handling';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import type { CitableMeeting } from '@liandong/schema/domains/meetings';
import { DOMAINS } from '@liandong/schema/domains';
import type { ProblemError } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import { stepsOf, stepStates } from '@liandong/schema/operation';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { draftDocument } from './case-documents.ts';
import type { CaseFilter, HandledBy } from '../work-queue/index.ts';
import type { CaseDesk } from './case-desk.ts';
import type { CaseReadings } from './case-readings.ts';
import { verifyDocument } from './document-codes.ts';

/** Every step of every domain. */
const STEPS = stepsOf(DOMAINS);

/** What handling asks of other parts of its node. */
export interface HandlingParts {
  /** Why the node takes no steps at all now; null if it does. */
  putOff: () => ProblemError | null;
  /** Address of the page that verifies documents; null if the host names none. */
  verifyPage: string | null;
  /** A closed meeting that discussed a case. @throws {ProblemError} NOT_FOUND */
  citable: (queries: NodeQueries, number: string, caseId: string) => Promise<CitableMeeting>;
}

/**
 * 办理 at one node: its desk's reads of cases, the meeting a decision cites, and the document it issues. All other steps
 * are rules alone.
 */
export function handlingHandlers(
  desk: CaseDesk,
  { putOff, verifyPage, citable }: HandlingParts,
): NodeHandlers<typeof handling> {
  const { readings } = desk;
  return {
    cases: async ({ viewer, queries, input, page }) => {
      return readings.list(viewer, await listFilter(readings, queries, viewer, input), page);
    },
    resultDocument: ({ viewer, input }) => readings.document(viewer, input.case),
    caseNotice: ({ viewer, input }) => readings.notice(viewer, input.case, input.seq),
    steps: async ({ viewer, queries, input }) => {
      const { file } = await readings.readable(viewer, input.case);
      return stepStates(STEPS, await desk.deskAt(queries, viewer, file), file, putOff()?.problem);
    },
    decideCase: async ({ tx, context, file, input: { meeting = null } }, take) => {
      // a person who may not decide does not learn which meetings there are
      if (meeting !== null) handling.operations.decideCase.guard(context, file);
      return take(meeting === null ? null : await citable(tx, meeting, file.id));
    },
    issueDocument: async ({ tx, context, file }, take) => take(await draftDocument(tx, context, file, verifyPage)),
    verifyDocument: ({ queries, input: { number, code } }) => verifyDocument(queries, number, code),
  };
}

type ListAsked = Pick<InputOf<typeof handling.operations.cases>, 'filter' | 'orderBy'>;

/** The filter and order of a list that a viewer asks for. @throws {ProblemError} BAD_INPUT if two handlers are given */
export async function listFilter(
  readings: CaseReadings,
  queries: NodeQueries,
  viewer: Viewer,
  asked: ListAsked,
): Promise<CaseFilter> {
  return { ...filterOf(asked), handledBy: await handledByOf(asked, () => readings.ownOf(queries, viewer)) };
}

/**
 * The handler whose cases are asked for; null for all handlers. @throws {ProblemError} BAD_INPUT if two kinds are given
 */
async function handledByOf({ filter }: ListAsked, own: () => Promise<HandledBy>): Promise<HandledBy | null> {
  const { handler = null, handledBy = null } = filter ?? {};
  if (handler && handledBy) {
    throw problem('BAD_INPUT', 'handler and handledBy ask for different cases: give one of them.', {
      field: 'filter.handledBy',
    });
  }
  if (handledBy) return { person: handledBy, insteadOf: [] };
  return handler === 'ME' ? own() : handler;
}

/** The filter and order of a list, for cases of any handler. */
export function filterOf({ filter, orderBy }: ListAsked): CaseFilter {
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
    dueWithin: filter?.dueWithin ?? null,
    orderBy: orderBy ?? null,
  };
}
